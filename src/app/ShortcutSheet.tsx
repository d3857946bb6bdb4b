import { Modal, Switch } from '@mantine/core';
import type { KeyEntry, KeyTable } from '../state/key-tables.ts';
import { GALLERY_KEYS, GLOBAL_KEYS, INSPECT_KEYS, PAGE_KEYS, QUIZ_KEYS, RUN_KEYS } from '../state/key-tables.ts';
import { KeyboardStore } from '../state/keyboard.ts';
import { NoticesStore } from '../state/notices.ts';
import styles from './CommandLayer.module.css';

const ALWAYS: KeyTable = {
  palette: { keys: ['Ctrl K'], meaning: 'Go to a place or do something' },
  close: { keys: ['Esc'], meaning: 'Close what is open' },
};

const GROUPS: { title: string; table: KeyTable }[] = [
  { title: 'Everywhere', table: { ...ALWAYS, ...GLOBAL_KEYS } },
  { title: 'Pages', table: PAGE_KEYS },
  { title: 'Inspect', table: INSPECT_KEYS },
  { title: 'Gallery', table: GALLERY_KEYS },
  { title: 'Training run', table: RUN_KEYS },
  { title: 'Blind quiz', table: QUIZ_KEYS },
];

const NAMES: Record<string, string> = { ' ': 'Space', ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };

/** `Shift+ArrowLeft` → `Shift ←`; `P` → `Shift P`. */
export function describeKey(key: string): string {
  if (/^[A-Z]$/.test(key)) return `Shift ${key}`;
  return key.replace(/^Shift\+/, 'Shift ').replace(/ $|Arrow\w+$/, (name) => NAMES[name] ?? name);
}

/** The key that is pressed for a usual one; both keys of `g d`. */
function ownKey(key: string, map: Readonly<Record<string, string>>): string {
  const own = (usual: string) => Object.keys(map).find((pressed) => map[pressed] === usual) ?? usual;
  return key.length > 1 && key.includes(' ') ? key.split(' ').map(own).join(' ') : own(key);
}

function Row({ entry }: { entry: KeyEntry }) {
  const map = KeyboardStore.use((state) => state.map);
  return (
    <div>
      <dt>
        {entry.keys.map((key) => (
          <kbd key={key}>{describeKey(ownKey(key, map))}</kbd>
        ))}
      </dt>
      <dd>{entry.meaning}</dd>
    </div>
  );
}

function SingleKeysSwitch() {
  const { singleKeys, setSingleKeys } = KeyboardStore.use((state) => state);
  const notices = NoticesStore.useApi();
  return (
    <Switch
      data-testid="single-keys"
      label="Keys of one character"
      description="Off for speech input, or when keys go off by accident. Ctrl K, arrows, Space and Esc stay."
      checked={singleKeys}
      onChange={(event) => {
        setSingleKeys(event.currentTarget.checked).catch((error: unknown) => notices.getState().raise(error));
      }}
    />
  );
}

/** All keys on one sheet, and the switch that turns the short ones off. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Keyboard" size="xl">
      <SingleKeysSwitch />
      <div className={styles.sheet}>
        {GROUPS.map(({ title, table }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl className={styles.keys}>
              {Object.entries(table).map(([name, entry]) => (
                <Row key={name} entry={entry} />
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}

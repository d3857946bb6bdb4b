import { Modal, Switch } from '@mantine/core';
import { type KeyEntry, KEY_GROUPS } from '../state/key-tables.ts';
import { KeyboardStore } from '../state/keyboard.ts';
import { NoticesStore } from '../state/notices.ts';
import styles from './CommandLayer.module.css';
import { describeKey, ownKey } from './describe-key.ts';

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
        {KEY_GROUPS.map(({ title, table }) => (
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

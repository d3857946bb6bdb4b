// What the user decides about the page itself: look, numbers, keys, and that the browser keeps the data.
import '../../theme/mantine-forms.ts';
import { Button, Select, Switch, useMantineColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { formatBytes, formatFigure, formatPercent } from '../../components/format.ts';
import { LabelMark } from '../../components/LabelMark.tsx';
import { Page, Panel } from '../../components/Page.tsx';
import { Pills } from '../../components/Pills.tsx';
import { JournalStore } from '../../state/journal.ts';
import { KeyboardStore } from '../../state/keyboard.ts';
import { NoticesStore } from '../../state/notices.ts';
import type { Preferences } from '../../state/preferences.ts';
import { PreferencesStore } from '../../state/preferences.ts';
import { StorageStore } from '../../state/storage.ts';
import { KeyMap } from './KeyMap.tsx';
import { SettingsFilePanel } from './SettingsFilePanel.tsx';
import styles from './SettingsPage.module.css';

/** `#/settings` */
export function SettingsPage() {
  return (
    <Page title="Settings" width="text" lead="How this page looks and behaves in this browser. Each choice holds at once and is kept.">
      <LookPanel />
      <NumbersPanel />
      <KeysPanel />
      <KeepPanel />
      <Panel title="Telemetry">
        <p>
          None exists. The page measures nothing about you and has nowhere to send it; the counter in the top bar shows every request that
          tries.
        </p>
      </Panel>
      <SettingsFilePanel />
    </Page>
  );
}

/** Changes a preference; a choice that could not be stored is told. */
function useChange(): (patch: Partial<Preferences>) => void {
  const store = PreferencesStore.useApi();
  const notices = NoticesStore.useApi();
  return (patch) => {
    store
      .getState()
      .change(patch)
      .catch((error: unknown) => notices.getState().raise(error));
  };
}

/** One setting: its name, what it does, and the control. */
function Row({ name, text, children }: { name: string; text: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.row}>
      <div>
        <h3>{name}</h3>
        <p className={styles.text}>{text}</p>
      </div>
      {children}
    </div>
  );
}

function LookPanel() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { palette, motion } = PreferencesStore.use((state) => state.preferences);
  const change = useChange();
  const journal = JournalStore.useApi();
  const choose = (theme: typeof colorScheme) => {
    setColorScheme(theme);
    void journal.getState().note('settings', `theme: ${theme}`);
  };
  return (
    <Panel title="Look">
      <Row name="Theme" text="System follows the operating system, also when it changes at night.">
        <div data-testid="setting-theme" data-value={colorScheme}>
          <Pills
            label="Theme"
            value={colorScheme}
            onChange={choose}
            options={[
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
              { value: 'auto', label: 'System' },
            ]}
          />
        </div>
      </Row>
      <Row
        name="Colours"
        text="Okabe-Ito is a set that people with any kind of colour vision tell apart. Marks, dashes and words say the same in both."
      >
        <div className={styles.control}>
          <div data-testid="setting-palette" data-value={palette}>
            <Pills
              label="Colours"
              value={palette}
              onChange={(value) => change({ palette: value })}
              options={[
                { value: 'bench', label: 'Workbench' },
                { value: 'safe', label: 'Okabe-Ito' },
              ]}
            />
          </div>
          <span className={styles.sample}>
            <LabelMark label="real" /> <LabelMark label="fake" />
          </span>
        </div>
      </Row>
      <Row name="Motion" text="Reduced switches off every transition and animation.">
        <div data-testid="setting-motion" data-value={motion}>
          <Pills
            label="Motion"
            value={motion}
            onChange={(value) => change({ motion: value })}
            options={[
              { value: 'system', label: 'As the system says' },
              { value: 'reduced', label: 'Reduced' },
            ]}
          />
        </div>
      </Row>
    </Panel>
  );
}

const DIGITS = [
  { value: '-1', label: 'One fewer' },
  { value: '0', label: 'As usual' },
  { value: '1', label: 'One more' },
  { value: '2', label: 'Two more' },
];

function NumbersPanel() {
  const { decimalMark, extraDigits } = PreferencesStore.use((state) => state.preferences);
  const change = useChange();
  const digits = DIGITS.find(({ value }) => value === String(extraDigits)) ?? DIGITS[1];
  return (
    <Panel title="Numbers" aside={`so: ${formatFigure(1234.5678)}, ${formatPercent(0.8346)}, ${formatBytes(1.2e9)}`}>
      <Row name="Decimal mark" text="On the page. Files that leave always have a point, so that programs read them.">
        <div data-testid="setting-decimal-mark" data-value={decimalMark}>
          <Pills
            label="Decimal mark"
            value={decimalMark}
            onChange={(value) => change({ decimalMark: value })}
            options={[
              { value: 'point', label: '0.5' },
              { value: 'comma', label: '0,5' },
            ]}
          />
        </div>
      </Row>
      <Row name="Digits after it" text="For figures and percentages. Stored values keep all theirs.">
        <Select
          aria-label="Digits after it"
          data-testid="setting-digits"
          allowDeselect={false}
          data={DIGITS}
          value={digits?.value ?? '0'}
          onChange={(value) => change({ extraDigits: extraDigitsOf(value) })}
        />
      </Row>
    </Panel>
  );
}

function extraDigitsOf(value: string | null): Preferences['extraDigits'] {
  return value === '-1' ? -1 : value === '1' ? 1 : value === '2' ? 2 : 0;
}

function KeysPanel() {
  const singleKeys = KeyboardStore.use((state) => state.singleKeys);
  const keyboard = KeyboardStore.useApi();
  const notices = NoticesStore.useApi();
  return (
    <Panel title="Keys" aside="all of them: press ? or the question mark in the top bar">
      <Switch
        data-testid="setting-single-keys"
        label="Keys of one character"
        description="Off for speech input, or when keys go off by accident. Ctrl K, arrows, Space and Esc stay."
        checked={singleKeys}
        onChange={(event) => {
          keyboard
            .getState()
            .setSingleKeys(event.currentTarget.checked)
            .catch((error: unknown) => notices.getState().raise(error));
        }}
      />
      <KeyMap />
    </Panel>
  );
}

function KeepPanel() {
  const persisted = StorageStore.use((state) => state.persisted);
  const offlineReady = StorageStore.use((state) => state.offlineReady);
  const storage = StorageStore.useApi();
  return (
    <Panel title="Keeping the data" aside={<Link to="/device">What is stored, with sizes</Link>}>
      {persisted ? (
        <p>The browser has promised not to delete what is stored here by itself.</p>
      ) : (
        <div className={styles.row}>
          <p>
            Not promised yet. A browser that runs out of disk space deletes everything of a site at once: images, answers, checkpoints.
            Asking for protection prevents that; nothing else changes.
          </p>
          <Button variant="default" onClick={() => void storage.getState().persist()} data-testid="setting-persist">
            Protect my data
          </Button>
        </div>
      )}
      <p className={styles.text} data-testid="offline" data-ready={offlineReady}>
        {offlineReady
          ? 'Works without a network: the page and the built-in model are stored. A new version takes over when all its tabs are closed.'
          : 'Without a network the page will not open yet; it is being stored, or this browser does not allow it here.'}
      </p>
    </Panel>
  );
}

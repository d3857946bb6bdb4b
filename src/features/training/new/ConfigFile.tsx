// Settings of the form out to a file and in from one, JSON or YAML. What cannot be taken is said here or beside its field.
import { Button, FileButton, Menu } from '@mantine/core';
import { IconDownload, IconUpload } from '@tabler/icons-react';
import { formatPlural } from '../../../components/format.ts';
import { saveFile } from '../../../components/save-file.ts';
import { readTrainConfig, writeTrainConfig } from '../../../shared/config/config-file.ts';
import type { TrainConfig } from '../../../shared/config/config.ts';
import type { ErrorRecord } from '../../../shared/errors.ts';
import { toErrorRecord } from '../../../shared/errors.ts';
import { noteText } from './settings-notes.ts';
import type { Draft, SettingsFile } from './use-draft.ts';
import styles from '../Training.module.css';

const FILE_INPUT = { 'aria-label': 'Settings file', 'data-testid': 'settings-input' };

/** The parser is large, so it is loaded when a file is first touched. */
const settingsText = () => import('../../../shared/config/settings-text.ts');

/** Saves settings as a file that this form reads again. */
async function saveSettings(config: TrainConfig, name: string, format: 'json' | 'yaml'): Promise<void> {
  if (format === 'json') return saveFile(`${name}.json`, writeTrainConfig(config), 'application/json');
  return saveFile(`${name}.yaml`, (await settingsText()).writeTrainConfigYaml(config), 'application/yaml');
}

/** "Save settings" with its two forms. */
export function SaveSettings({ config, name }: { config: TrainConfig; name: string }) {
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={14} aria-hidden />}>
          Save settings
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void saveSettings(config, name, 'yaml')}>YAML</Menu.Item>
        <Menu.Item onClick={() => void saveSettings(config, name, 'json')}>JSON</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function FileReport({ file, draft }: { file: SettingsFile; draft: Draft }) {
  const shownBeside = new Set(draft.fields.map(({ name }) => name));
  const here = file.notes.filter(({ field }) => field === null || !shownBeside.has(field));
  const refused = file.notes.filter(({ kind }) => kind === 'refused').length;
  const verdict = refused === 0 ? 'all known values were taken' : `${formatPlural(refused, 'value')} refused`;
  return (
    <div role="status" data-testid="settings-report" data-notes={file.notes.length}>
      <p className={styles.muted}>
        {file.name}: {verdict}
        {file.notes.length > here.length ? '; see the marked fields' : ''}.
      </p>
      {here.length > 0 ? (
        <ul className={styles.notes}>
          {here.map((note) => (
            <li key={note.key}>{noteText(note)}</li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

export interface ConfigFileProps {
  draft: Draft;
  onError: (error: ErrorRecord | null) => void;
}

/** Read and save, with a report on the file that was read last. */
export function ConfigFile({ draft, onError }: ConfigFileProps) {
  const read = async (file: File | null) => {
    if (!file) return;
    try {
      const { parseSettings } = await settingsText();
      draft.load({ name: file.name, ...readTrainConfig(parseSettings(await file.text())) });
      onError(null);
    } catch (error) {
      onError(toErrorRecord(error));
    }
  };
  return (
    <>
      <div className={styles.buttons}>
        <FileButton
          accept="application/json,application/yaml,.json,.yaml,.yml"
          onChange={(file) => void read(file)}
          inputProps={FILE_INPUT}
        >
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconUpload size={14} aria-hidden />}>
              Read settings
            </Button>
          )}
        </FileButton>
        <SaveSettings config={draft.config} name={`${draft.config.algorithm}-settings`} />
      </div>
      {draft.file ? <FileReport file={draft.file} draft={draft} /> : null}
    </>
  );
}

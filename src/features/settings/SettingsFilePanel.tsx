import { Button, useMantineColorScheme } from '@mantine/core';
import { IconDownload, IconUpload } from '@tabler/icons-react';
import { FilePicker } from '../../components/DropZone.tsx';
import { Panel } from '../../components/Page.tsx';
import { saveFile } from '../../components/save-file.ts';
import { KeyboardStore } from '../../state/keyboard.ts';
import { NoticesStore } from '../../state/notices.ts';
import { DEFAULT_PREFERENCES, PreferencesStore } from '../../state/preferences.ts';
import type { SettingsFile } from '../../state/settings-file.ts';
import { readSettingsFile, writeSettingsFile } from '../../state/settings-file.ts';
import styles from './SettingsPage.module.css';

const DEFAULTS: SettingsFile = { theme: 'auto', singleKeys: true, keyMap: {}, preferences: DEFAULT_PREFERENCES };

/** All settings out as a file, back in, or back to how they came. */
export function SettingsFilePanel() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const preferences = PreferencesStore.useApi();
  const keyboard = KeyboardStore.useApi();
  const notices = NoticesStore.useApi();
  const apply = async ({ theme, singleKeys, keyMap, preferences: chosen }: SettingsFile) => {
    setColorScheme(theme);
    await keyboard.getState().setSingleKeys(singleKeys);
    await keyboard.getState().setMap(keyMap);
    await preferences.getState().change(chosen);
  };
  const guarded = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      notices.getState().raise(error);
    }
  };
  const file = () =>
    writeSettingsFile({
      theme: colorScheme,
      singleKeys: keyboard.getState().singleKeys,
      keyMap: keyboard.getState().map,
      preferences: preferences.getState().preferences,
    });
  return (
    <Panel title="These settings as a file">
      <div className={styles.buttons}>
        <Button
          variant="default"
          leftSection={<IconDownload size={15} aria-hidden />}
          data-testid="settings-export"
          onClick={() => void saveFile('prpo-workbench-settings.json', file(), 'application/json')}
        >
          Export settings
        </Button>
        <FilePicker
          label="Import settings"
          icon={<IconUpload size={15} aria-hidden />}
          testId="settings-import"
          onFiles={(walk) =>
            void guarded(async () => {
              const [entry] = await walk(() => undefined);
              if (entry) await apply(readSettingsFile(await entry.file.text()));
            })
          }
        />
        <Button variant="subtle" data-testid="settings-reset" onClick={() => void guarded(() => apply(DEFAULTS))}>
          Back to the defaults
        </Button>
      </div>
    </Panel>
  );
}

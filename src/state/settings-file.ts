// All settings as a small JSON file that can leave this browser and come back.
import * as v from 'valibot';
import { WorkbenchError } from '../shared/errors.ts';
import { Preferences } from './preferences.ts';

/** Everything on the Settings page, as it leaves in a file. */
export interface SettingsFile {
  theme: 'light' | 'dark' | 'auto';
  singleKeys: boolean;
  /** Moved keys; see keyboard.ts. */
  keyMap: Readonly<Record<string, string>>;
  preferences: Preferences;
}

const SettingsShape = v.object({
  kind: v.literal('prpo-workbench-settings'),
  theme: v.picklist(['light', 'dark', 'auto']),
  singleKeys: v.boolean(),
  keyMap: v.record(v.string(), v.string()),
  preferences: Preferences,
});

/** The file's text. */
export function writeSettingsFile(settings: SettingsFile): string {
  return `${JSON.stringify({ kind: 'prpo-workbench-settings', ...settings }, null, 2)}\n`;
}

/** The other way. @throws E-SCHEMA naming what is wrong; nothing is changed */
export function readSettingsFile(text: string): SettingsFile {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), SettingsShape), text);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new WorkbenchError(
    'E-SCHEMA',
    `This is no settings file of the workbench: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`,
    {
      safe: 'Your settings are as they were.',
      remedy: 'Choose a file that "Export settings" wrote.',
    },
  );
}

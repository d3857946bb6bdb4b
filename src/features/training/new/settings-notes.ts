// What a settings file said that could not be taken, in words.
import type { SettingsNote } from '../../../shared/config/config-file.ts';

/** `Line 7, "temperature": 0 is refused. Allowed: 0.1 to 2. …` */
export function noteText({ key, line, kind, message }: SettingsNote): string {
  const place = line === null ? `"${key}"` : `Line ${line}, "${key}"`;
  return `${place}: ${message}${kind === 'refused' ? ' The preset stays.' : ''}`;
}

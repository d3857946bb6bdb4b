// The text of a settings file, JSON or YAML, as flat entries with line numbers. Nothing is evaluated: tags, anchors with many
// aliases and keys that are not plain text are refused. Loaded when a file is first read or written, as the parser is large.
import { isAlias, isMap, isScalar, LineCounter, parseDocument, stringify } from 'yaml';
import type { YAMLMap } from 'yaml';
import { WorkbenchError } from '../errors.ts';
import type { TrainConfig } from './config.ts';
import type { SettingsEntry } from './config-file.ts';
import { settingsObject } from './config-file.ts';

/** Far more than any settings need. */
const MOST_CHARACTERS = 200_000;
const MOST_DEPTH = 8;
const UNCHANGED = { safe: 'The form is unchanged.', remedy: 'Correct the file, or begin with one that was saved here.' };

function refuse(code: 'E-JSON' | 'E-SCHEMA', message: string): WorkbenchError {
  return new WorkbenchError(code, message, UNCHANGED);
}

/** Entries of a map and of the maps in it; keys joined by dots. */
function entriesOf(map: YAMLMap, prefix: string, lines: LineCounter, depth: number): SettingsEntry[] {
  if (depth > MOST_DEPTH) throw refuse('E-SCHEMA', `The settings file nests deeper than ${MOST_DEPTH} levels.`);
  return map.items.flatMap(({ key, value }): SettingsEntry[] => {
    const line = isScalar(key) && key.range ? lines.linePos(key.range[0]).line : null;
    const name = isScalar(key) ? String(key.value) : null;
    if (name === null || isAlias(value)) throw refuse('E-SCHEMA', `Line ${line ?? 1} of the settings file is not a plain "name: value".`);
    const path = `${prefix}${name}`;
    if (isMap(value)) return entriesOf(value, `${path}.`, lines, depth + 1);
    const plain: unknown = isScalar(value) ? value.value : JSON.parse(JSON.stringify(value ?? null));
    return [{ key: path, value: plain, line }];
  });
}

/**
 * Reads JSON or YAML.
 * @throws E-JSON for broken JSON, E-SCHEMA for broken YAML or another form, each with line and column
 */
export function parseSettings(text: string): SettingsEntry[] {
  if (text.length > MOST_CHARACTERS)
    throw refuse('E-SCHEMA', `The settings file has ${text.length} characters; at most ${MOST_CHARACTERS} are read.`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'core', customTags: [], uniqueKeys: true, prettyErrors: true });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault) {
    const { line, col } = lines.linePos(fault.pos[0]);
    const [kind, code] = /^\s*[[{]/.test(text) ? (['JSON', 'E-JSON'] as const) : (['YAML', 'E-SCHEMA'] as const);
    const [reason = ''] = fault.message.split('\n');
    throw refuse(
      code,
      `The settings file is not ${kind}: line ${line}, column ${col}: ${reason.replace(/ at line \d+, column \d+:?$/, '')}.`,
    );
  }
  const { contents } = document;
  if (!isMap(contents)) throw refuse('E-SCHEMA', 'The settings file must hold one list of "name: value", in YAML or JSON.');
  return entriesOf(contents, '', lines, 0);
}

/** PyYAML follows YAML 1.1, where a power of ten without a point is a text. */
const POINTLESS = /^(\w+: -?\d+)(e[+-]\d+)$/gm;

/** Settings as YAML, in form order. Texts have quotes: to PyYAML a bare `no` is false. */
export function writeTrainConfigYaml(config: TrainConfig): string {
  const yaml = stringify(settingsObject(config), { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
  return `# Training settings of PRPO Workbench in the names of TRL.\n${yaml.replace(POINTLESS, '$1.0$2')}`;
}

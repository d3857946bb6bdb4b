// Training settings as a flat file in TRL's names; the LLaVA and verl names are read too (spec/formats.md 6). How a text becomes
// values with line numbers is in settings-text.ts.
import type { Algorithm, TrainConfig } from './config.ts';
import type { FieldValue, TrainField } from './fields/field.ts';
import { fieldsFor, TRAIN_FIELDS } from './fields.ts';
import type { PresetName } from './presets.ts';
import { PRESET_NAMES, presetConfig } from './presets.ts';
import { numberProblem } from './validate.ts';

const FORMAT = 'prpo-workbench/train-config';
const ALGORITHMS: readonly Algorithm[] = ['sft-stage1', 'sft-stage2', 'grpo', 'prpo'];
const HEAD_KEYS = ['format', 'algorithm', 'preset', 'domains', 'splits'];
/** Shares of the run where this project counts steps, with the rounding of who reads them: transformers' Trainer, verl's FSDP worker. */
const WARMUP_RATIOS = { warmup_ratio: Math.ceil, lr_warmup_steps_ratio: Math.floor };

/** A key of a settings file. Nested keys are joined by dots. */
export interface SettingsEntry {
  key: string;
  value: unknown;
  /** Counted from 1; null where the values did not come from a text. */
  line: number | null;
}

/** What became of an entry that was not simply taken. */
export interface SettingsNote {
  key: string;
  line: number | null;
  /** The field that it is about; null for an unknown key. */
  field: string | null;
  kind: 'refused' | 'unknown' | 'unused' | 'converted';
  message: string;
}

export interface ReadConfig {
  config: TrainConfig;
  /** In the order of the file. */
  notes: SettingsNote[];
}

/** Settings as one flat object, one key per field that the configuration uses. */
export function settingsObject(config: TrainConfig): Record<string, FieldValue | readonly string[]> {
  const fields = fieldsFor(config).map((field) => [field.name, field.get(config)] as const);
  const { domains, splits } = config.filter;
  return { format: FORMAT, algorithm: config.algorithm, preset: config.preset, domains, splits, ...Object.fromEntries(fields) };
}

/** Settings as JSON. */
export function writeTrainConfig(config: TrainConfig): string {
  return JSON.stringify(settingsObject(config), null, 2);
}

const aliasesOf = (field: TrainField): string[] =>
  [field.name, field.llava?.replace(/^--/, ''), field.verl].filter((name) => name !== undefined);

/** A nested verl file names `actor_rollout_ref.rollout.n` where a short form is listed, or the other way round. */
const isNameOf = (key: string, alias: string): boolean =>
  key === alias || key.endsWith(`.${alias}`) || (key.includes('.') && alias.endsWith(`.${key}`));

/** Parts of a verl file that have settings by the policy's names, but are not about its training. */
const OTHER_PARTS = /(?:^|\.)(?:val_kwargs|critic|reward_model|ref)\./;

/** The field that a key means: one of this algorithm before one of another. */
function fieldOf(key: string, algorithm: Algorithm): TrainField | undefined {
  if (OTHER_PARTS.test(key)) return undefined;
  const bare = key.replace(/^--/, '');
  const named = TRAIN_FIELDS.filter((field) => aliasesOf(field).some((alias) => isNameOf(bare, alias)));
  return named.find((field) => field.algorithms.includes(algorithm)) ?? named[0];
}

const quoted = (value: unknown): string => JSON.stringify(value) ?? String(value);

/** Sets one value after checking its type and range; the reason where it is refused. */
function applyValue(config: TrainConfig, field: TrainField, value: unknown): TrainConfig | string {
  if (field.kind === 'number') {
    if (typeof value !== 'number') return `${quoted(value)} is not a number.`;
    const problem = numberProblem(field, value);
    return problem === null ? field.set(config, value) : `${value} is refused. ${problem}`;
  }
  if (field.kind === 'switch') return typeof value === 'boolean' ? field.set(config, value) : `${quoted(value)} is not true or false.`;
  const text = Array.isArray(value) ? value.join(',') : value;
  const options = field.choices.map((option) => option.value);
  if (typeof text !== 'string' || !options.includes(text)) return `${quoted(value)} is not one of ${options.join(', ')}.`;
  return field.set(config, text);
}

const SPLITS = ['train', 'val', 'test', 'none'] as const;

/** A list of names or one name, and a folder may be called by a number; null where it is neither. */
function namesIn(value: unknown): string[] | null {
  const names: unknown[] = Array.isArray(value) ? value : [value];
  return names.every((name) => typeof name === 'string' || typeof name === 'number') ? names.map(String) : null;
}

/** The preset that the file names, with its choice of data. */
function startingPoint(entries: readonly SettingsEntry[]): ReadConfig {
  const entryOf = (key: string): SettingsEntry | undefined => entries.find((entry) => entry.key === key);
  const notes: SettingsNote[] = [];
  const named = <Name extends string>(key: string, names: readonly Name[], fallback: Name): Name => {
    const entry = entryOf(key);
    const known = names.find((name) => name === entry?.value);
    if (entry && known === undefined)
      notes.push({
        ...entry,
        field: key,
        kind: 'refused',
        message: `${quoted(entry.value)} is not one of ${names.join(', ')}; ${fallback} is used.`,
      });
    return known ?? fallback;
  };
  const chosen = (key: string, wanted: string, isKnown: (name: string) => boolean): string[] | null => {
    const entry = entryOf(key);
    const names = entry ? namesIn(entry.value) : null;
    if (!entry || names?.every(isKnown)) return names;
    notes.push({ ...entry, field: key, kind: 'refused', message: `${quoted(entry.value)} is not ${wanted}.` });
    return null;
  };
  const preset: PresetName = named('preset', PRESET_NAMES, 'tiny-demo');
  const config = presetConfig(preset, named('algorithm', ALGORITHMS, 'prpo'));
  const domains = chosen('domains', 'a list of names', () => true);
  if (domains) config.filter.domains = domains;
  const splits = chosen('splits', `a list of ${SPLITS.join(', ')}`, (name) => SPLITS.some((split) => split === name));
  if (splits) config.filter.splits = SPLITS.filter((split) => splits.includes(split));
  return { config, notes };
}

/** LLaVA and verl give the warm-up as a share of the run, transformers 5 where it is below 1; here it is counted in steps. */
function warmupSteps({ key, value }: SettingsEntry, maxSteps: number): Translated {
  if (typeof value !== 'number') return { value, message: null };
  const [, named] = Object.entries(WARMUP_RATIOS).find(([name]) => isNameOf(key.replace(/^--/, ''), name)) ?? [];
  const round = named ?? (value > 0 && value < 1 ? Math.ceil : null);
  if (round === null) return { value, message: null };
  const steps = round(value * maxSteps);
  return { value: steps, message: `${value} of ${maxSteps} steps is taken as ${steps} steps.` };
}

interface Translated {
  value: unknown;
  /** What a reader of the file should know; null where the value is taken as it stands. */
  message: string | null;
}

/** A value in this project's terms, where another dialect means something else by it. */
function translated(entry: SettingsEntry, field: TrainField, config: TrainConfig): Translated {
  const { key, value } = entry;
  if (field.name === 'warmup_steps') return warmupSteps(entry, config.maxSteps);
  if (field.name === 'lr_scheduler_type' && value === 'constant' && isNameOf(key, field.verl ?? ''))
    return { value: 'constant_with_warmup', message: "verl's constant warms up first: taken as constant_with_warmup." };
  return { value, message: null };
}

/**
 * Reads settings over their preset. Refused values keep the preset's and are noted with their line; nothing is taken silently.
 * @param entries as `parseSettings` gives them
 */
export function readTrainConfig(entries: readonly SettingsEntry[]): ReadConfig {
  let { config, notes } = startingPoint(entries);
  const places = new Map(entries.map(({ key }, place) => [key, place]));
  const meant = entries
    .filter(({ key }) => !HEAD_KEYS.includes(key))
    .map((entry) => ({ entry, field: fieldOf(entry.key, config.algorithm) }));
  // What depends on another setting comes after it: adapter sizes before the switch, the warm-up after the number of steps.
  const rank = (field: TrainField | undefined): number => (field?.name === 'warmup_steps' ? 2 : field?.isUsed ? 0 : 1);
  const seen = new Map<string, SettingsEntry>();
  for (const { entry, field } of meant.toSorted((a, b) => rank(a.field) - rank(b.field))) {
    const note = (kind: SettingsNote['kind'], message: string) =>
      notes.push({ key: entry.key, line: entry.line, field: field?.name ?? null, kind, message });
    if (!field) {
      note('unknown', 'Unknown setting, left out.');
      continue;
    }
    if (!field.algorithms.includes(config.algorithm)) {
      note('unused', `Not used by ${config.algorithm}.`);
      continue;
    }
    if (field.name === 'warmup_steps' && field.isUsed?.(config) === false) {
      note('unused', 'The schedule `constant` has no warm-up; `constant_with_warmup` has one.');
      continue;
    }
    const twin = seen.get(field.name);
    if (twin) {
      note('refused', `Says the same setting as ${twin.key}, which is used.`);
      continue;
    }
    seen.set(field.name, entry);
    const { value, message } = translated(entry, field, config);
    const result = applyValue(config, field, value);
    if (typeof result === 'string') note('refused', result);
    else config = result;
    if (message !== null && typeof result !== 'string') note('converted', message);
  }
  return { config, notes: notes.sort((a, b) => (places.get(a.key) ?? 0) - (places.get(b.key) ?? 0)) };
}

/** Fields whose value differs from the preset, with both values. */
export function changedFields(config: TrainConfig, preset: PresetName): Map<string, { preset: FieldValue; now: FieldValue }> {
  const base = presetConfig(preset, config.algorithm);
  const changed = new Map<string, { preset: FieldValue; now: FieldValue }>();
  for (const field of fieldsFor(config)) {
    const [before, now] = [field.get(base), field.get(config)];
    if (before !== now) changed.set(field.name, { preset: before, now });
  }
  return changed;
}

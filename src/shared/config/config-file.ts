// Training settings as a flat JSON file in TRL's names; the LLaVA and verl names are read too (spec/formats.md 6).
import type { Algorithm } from '../domain/run.ts';
import { WorkbenchError } from '../errors.ts';
import type { TrainConfig } from './config.ts';
import type { FieldValue, TrainField } from './fields.ts';
import { fieldsFor, TRAIN_FIELDS } from './fields.ts';
import type { PresetName } from './presets.ts';
import { PRESET_NAMES, presetConfig } from './presets.ts';
import { numberProblem } from './validate.ts';

const FORMAT = 'prpo-workbench/train-config';
const ALGORITHMS: readonly Algorithm[] = ['sft-stage1', 'sft-stage2', 'grpo', 'prpo'];

export interface ReadConfig {
  config: TrainConfig;
  /** Keys that were not used, each with the reason. */
  notes: string[];
}

/** Settings as JSON, one key per field of the algorithm. */
export function writeTrainConfig(config: TrainConfig): string {
  const fields = fieldsFor(config.algorithm).map((field) => [field.name, field.get(config)] as const);
  const head = {
    format: FORMAT,
    algorithm: config.algorithm,
    preset: config.preset,
    domains: config.filter.domains,
    splits: config.filter.splits,
  };
  return JSON.stringify({ ...head, ...Object.fromEntries(fields) }, null, 2);
}

function parseObject(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new WorkbenchError('E-JSON', `The settings file is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      safe: 'The form is unchanged.',
    });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new WorkbenchError('E-SCHEMA', 'The settings file must hold one JSON object.', { safe: 'The form is unchanged.' });
  }
  return { ...parsed };
}

const aliasesOf = (field: TrainField): string[] =>
  [field.name, field.llava?.replace(/^--/, ''), field.verl].filter((name) => name !== undefined);

/** Sets one value after checking its type and range; the reason where it is refused. */
function applyValue(config: TrainConfig, field: TrainField, value: unknown): TrainConfig | string {
  const refused = (reason: string): string => `${field.name}: ${reason}`;
  if (field.kind === 'number') {
    if (typeof value !== 'number') return refused('must be a number.');
    const problem = numberProblem(field, value);
    return problem === null ? field.set(config, value) : refused(problem);
  }
  if (field.kind === 'switch') return typeof value === 'boolean' ? field.set(config, value) : refused('must be true or false.');
  const options = field.choices.map((option) => option.value);
  if (typeof value !== 'string' || !options.includes(value)) return refused(`must be one of ${options.join(', ')}.`);
  return field.set(config, value);
}

function startingPoint(object: Record<string, unknown>): TrainConfig {
  const algorithm = ALGORITHMS.find((name) => name === object['algorithm']) ?? 'prpo';
  const preset: PresetName = PRESET_NAMES.find((name) => name === object['preset']) ?? 'tiny-demo';
  const config = presetConfig(preset, algorithm);
  const domains = object['domains'];
  if (Array.isArray(domains)) config.filter.domains = domains.filter((domain) => typeof domain === 'string');
  const splits = object['splits'];
  if (Array.isArray(splits)) config.filter.splits = (['train', 'val', 'test', 'none'] as const).filter((split) => splits.includes(split));
  return config;
}

/**
 * Reads a settings file over its preset. Refused values keep the preset's and are noted; nothing is taken silently.
 * @throws E-JSON, E-SCHEMA
 */
export function readTrainConfig(text: string): ReadConfig {
  const object = parseObject(text);
  let config = startingPoint(object);
  const notes: string[] = [];
  const known = new Set(['format', 'algorithm', 'preset', 'domains', 'splits']);
  for (const field of TRAIN_FIELDS) {
    const name = aliasesOf(field).find((alias) => object[alias] !== undefined);
    if (name === undefined) continue;
    known.add(name);
    if (!field.algorithms.includes(config.algorithm)) {
      notes.push(`${name}: not used by ${config.algorithm}.`);
      continue;
    }
    const result = applyValue(config, field, object[name]);
    if (typeof result === 'string') notes.push(result);
    else config = result;
  }
  for (const name of Object.keys(object)) if (!known.has(name)) notes.push(`${name}: unknown setting, left out.`);
  return { config, notes };
}

/** Fields whose value differs from the preset, with both values. */
export function changedFields(config: TrainConfig, preset: PresetName): Map<string, { preset: FieldValue; now: FieldValue }> {
  const base = presetConfig(preset, config.algorithm);
  const changed = new Map<string, { preset: FieldValue; now: FieldValue }>();
  for (const field of fieldsFor(config.algorithm)) {
    const [before, now] = [field.get(base), field.get(config)];
    if (before !== now) changed.set(field.name, { preset: before, now });
  }
  return changed;
}

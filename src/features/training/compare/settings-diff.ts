// What the settings of runs differ in, nested values by their path. Pure.
import { writeTrainConfig } from '../../../shared/config/config-file.ts';
import type { RunRecord } from '../../../shared/domain/run.ts';

export interface Setting {
  /** TRL's name; parts of a nested value are joined by dots. */
  name: string;
  /** JSON of the value. */
  value: string;
}

function flatten(name: string, value: unknown): Setting[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ name, value: JSON.stringify(value) }];
  return Object.entries(value).flatMap(([key, inner]) => flatten(name === '' ? key : `${name}.${key}`, inner));
}

/** Every setting of a run with its data and start model. */
export function runSettings(run: RunRecord): Setting[] {
  const { format: _format, ...config }: Record<string, unknown> = { ...JSON.parse(writeTrainConfig(run.config)) };
  return flatten('', { ...config, prompt: run.config.prompt, data_hash: run.datasetHash, start_model: run.baseModelId });
}

export interface SettingRow {
  name: string;
  /** By run; an en dash where a run has no such setting. */
  values: string[];
}

/** Settings that are not the same in all runs, whichever run has them. */
export function settingsDiff(runs: readonly RunRecord[]): SettingRow[] {
  const tables = runs.map((run) => new Map(runSettings(run).map(({ name, value }) => [name, value])));
  const names = [...new Set(tables.flatMap((table) => [...table.keys()]))];
  return names
    .map((name) => ({ name, values: tables.map((table) => table.get(name) ?? '–') }))
    .filter(({ values }) => new Set(values).size > 1);
}

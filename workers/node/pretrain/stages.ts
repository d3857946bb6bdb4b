// Stages of pretraining on disk: each stage's weights are written when it ends, and a finished stage is read, not repeated.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SafetensorsFile } from '../../../src/shared/safetensors.ts';
import type { ParameterSpec } from '../../ml/model/parameters.ts';
import { Weights } from '../../ml/model/weights.ts';

const ROOT = fileURLToPath(new URL('../../../.cache/pretrain/', import.meta.url));

/** Prints a line with the seconds since the start. */
export function createLog(): (line: string) => void {
  const start = performance.now();
  return (line) => console.log(`${((performance.now() - start) / 1000).toFixed(0).padStart(5)} s  ${line}`);
}

/** File of a stage; changes with everything in `recipe`. */
export function stageFile(name: string, recipe: unknown): string {
  return `${ROOT}${name}-${createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12)}.safetensors`;
}

/** Writes all parameters, whole or not at all. */
export async function saveWeights(file: string, weights: Weights): Promise<void> {
  mkdirSync(ROOT, { recursive: true });
  const bytes = Buffer.from(await new Blob(await weights.toSafetensors()).arrayBuffer());
  writeFileSync(`${file}.part`, bytes);
  renameSync(`${file}.part`, file);
}

/** The weights of a stage that ended, or null. Owned by the caller. */
export async function loadStage(file: string, specs: ParameterSpec[]): Promise<Weights | null> {
  if (!existsSync(file)) return null;
  const { weights } = await Weights.load(specs, await SafetensorsFile.open(new Uint8Array(await readFile(file))));
  return weights;
}

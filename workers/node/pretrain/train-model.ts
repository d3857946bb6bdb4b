// From finished towers to detectors: alignment once, then instruction tuning on any choice of domains.
import type { DemoDomain } from '../../data/demo/domains.ts';
import type { DemoKey } from '../../data/demo/generate.ts';
import { Detector } from '../../ml/model/detector.ts';
import { DxLlava } from '../../ml/model/dx-llava.ts';
import { dxLlavaParameters } from '../../ml/model/parameters.ts';
import type { Weights } from '../../ml/model/weights.ts';
import type { Label } from '../../../src/shared/domain/sample.ts';
import { encodeSet, type EncodedSet } from './encoded-set.ts';
import { benchmarkKeys } from './image-keys.ts';
import { drawingHash, renderImages } from './images.ts';
import { alignLanguage, createLanguageWeights, tuneInstructions, type LanguageStage } from './language.ts';
import { IMAGE_SIZE, type NanoParts } from './nano.ts';
import { loadStage, saveWeights, stageFile } from './stages.ts';
import type { TowerRecipe, Towers } from './train-towers.ts';

/** What the language stages need beside the towers. */
export interface LanguageRecipe {
  align: LanguageStage & { images: number };
  tune: LanguageStage & { perClass: number };
}

/** Everything that a detector is built on. */
export interface Workbench {
  parts: NanoParts;
  towers: Towers;
  towerRecipe: TowerRecipe;
  recipe: LanguageRecipe;
  log: (line: string) => void;
}

/** A labelled set of the benchmark, encoded. */
export interface LabelledSet {
  set: EncodedSet;
  labels: Label[];
  domains: DemoDomain[];
}

/** A detector with its own weights; dispose with `disposeDetector`. */
export function createDetector({ parts, towers }: Workbench, weights: Weights): Detector {
  return new Detector({
    model: new DxLlava(parts.config, weights),
    clip: towers.clip,
    tokenizer: parts.tokenizer,
    clipTokenizer: parts.clipTokenizer,
  });
}

/** Frees model and weights; towers stay. */
export function disposeDetector(detector: Detector): void {
  detector.model.dispose();
  detector.model.weights.dispose();
}

/** Pictures of the benchmark with their labels, through the tower. */
export async function labelledSet(detector: Detector, keys: readonly DemoKey[]): Promise<LabelledSet> {
  const set = await encodeSet(detector, await renderImages(keys, IMAGE_SIZE));
  return { set, labels: keys.map(({ label }) => label), domains: keys.map(({ domain }) => domain) };
}

/** Stage 2, or its file. Owned by the caller. */
async function alignedWeights(bench: Workbench): Promise<Weights> {
  const { parts, towers, towerRecipe, recipe, log } = bench;
  const file = stageFile('aligned', [towerRecipe, recipe.align, parts.config, parts.clipConfig]);
  const known = await loadStage(file, dxLlavaParameters(parts.config));
  if (known) return known;
  const weights = createLanguageWeights(parts, towers.weights, recipe.align.seed);
  const detector = createDetector(bench, weights);
  const keys = Array.from({ length: recipe.align.images }, (_, broad) => ({ broad, seed: towerRecipe.seed }));
  const set = await encodeSet(detector, await renderImages(keys, IMAGE_SIZE));
  log('alignment');
  await alignLanguage(detector, set, recipe.align, log);
  detector.model.dispose();
  await saveWeights(file, weights);
  return weights;
}

/**
 * Stage 3 on some domains' training splits, or its file.
 * @param benchmarkSeed which benchmark the pictures come from
 * @returns a detector, owned by the caller
 */
export async function tunedDetector(bench: Workbench, domains: readonly DemoDomain[], benchmarkSeed: number): Promise<Detector> {
  const { parts, towerRecipe, recipe, log } = bench;
  const file = stageFile(`tuned-${domains.join('-')}`, [towerRecipe, recipe, benchmarkSeed, drawingHash(), parts.config, parts.clipConfig]);
  const known = await loadStage(file, dxLlavaParameters(parts.config));
  if (known) return createDetector(bench, known);
  const detector = createDetector(bench, await alignedWeights(bench));
  log(`instruction tuning on ${domains.join(', ')}`);
  const { set, labels } = await labelledSet(detector, benchmarkKeys(benchmarkSeed, domains, 'train', recipe.tune.perClass));
  await tuneInstructions(detector, set, labels, recipe.tune, log);
  await saveWeights(file, detector.model.weights);
  return detector;
}

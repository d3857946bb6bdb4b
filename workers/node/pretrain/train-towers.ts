// The CLIP towers from nothing to finished, stage by stage, with their accuracy on pictures of another seed.
import { tensor } from '@tensorflow/tfjs-core';
import { ClipModel } from '../../ml/model/clip.ts';
import { clipParameters } from '../../ml/model/parameters.ts';
import { Weights } from '../../ml/model/weights.ts';
import type { ImageKey } from './image-keys.ts';
import { renderImages, type ImageSet } from './images.ts';
import { IMAGE_SIZE, LAYER_SCALE, type NanoParts } from './nano.ts';
import { phraseAccuracy, type PhraseAccuracy } from './phrase-accuracy.ts';
import { loadStage, saveWeights, stageFile } from './stages.ts';
import { poolTokens, trainContrastive, trainHeads } from './towers.ts';
import { warmTrunk } from './warm-trunk.ts';

export interface TowerRecipe {
  seed: number;
  images: number;
  /** Cycles of stage 0, each with its own cosine. */
  warm: { steps: number; batchSize: number; learningRate: number; seed: number; emphasis: boolean }[];
  contrastive: { steps: number; batchSize: number; learningRate: number };
  heads: { steps: number; batchSize: number; learningRate: number };
}

/** Finished towers. `weights` is owned by the caller. */
export interface Towers {
  weights: Weights;
  clip: ClipModel;
  accuracy: PhraseAccuracy[];
}

type Specs = ReturnType<typeof clipParameters>;

const broadKeys = (seed: number, count: number): ImageKey[] => Array.from({ length: count }, (_, broad) => ({ broad, seed }));

/** Trains, or reads the stages that are on disk. */
export async function trainTowers(parts: NanoParts, recipe: TowerRecipe, log: (line: string) => void): Promise<Towers> {
  const specs = clipParameters(parts.clipConfig, LAYER_SCALE);
  const file = stageFile('towers', [recipe, parts.clipConfig]);
  const known = await loadStage(file, specs);
  const weights = known ?? (await trainStages(parts, recipe, specs, log));
  if (!known) await saveWeights(file, weights);
  const clip = new ClipModel(parts.clipConfig, weights.get);
  return { weights, clip, accuracy: await measure(parts, clip, recipe, log) };
}

async function trainStages(
  parts: NanoParts,
  recipe: TowerRecipe,
  specs: ReturnType<typeof clipParameters>,
  log: (line: string) => void,
): Promise<Weights> {
  const set = await renderImages(broadKeys(recipe.seed, recipe.images), IMAGE_SIZE);
  const weights = await warmStages(parts, recipe, specs, set, log);
  const clip = new ClipModel(parts.clipConfig, weights.get);
  await neutraliseAnswerWords(parts, weights);
  await trainContrastive(parts, clip, weights, set, { ...recipe.contrastive, seed: recipe.seed, log });
  const pooled = await poolTokens(clip, set);
  await trainHeads(parts, clip, weights, set, pooled, { ...recipe.heads, seed: recipe.seed, log });
  pooled.dispose();
  return weights;
}

/** The cycles of stage 0; the newest one on disk is where it goes on. Owned by the caller. */
async function warmStages(
  parts: NanoParts,
  recipe: TowerRecipe,
  specs: Specs,
  set: ImageSet,
  log: (line: string) => void,
): Promise<Weights> {
  const fileOf = (cycles: number): string =>
    stageFile(`warm${cycles}`, [recipe.images, recipe.seed, recipe.warm.slice(0, cycles), parts.clipConfig]);
  let [weights, done] = [Weights.create(specs, { seed: recipe.seed }), 0];
  for (let cycles = recipe.warm.length; cycles > 0 && done === 0; cycles--) {
    const known = await loadStage(fileOf(cycles), specs);
    if (!known) continue;
    weights.dispose();
    [weights, done] = [known, cycles];
  }
  const clip = new ClipModel(parts.clipConfig, weights.get);
  for (const [i, cycle] of recipe.warm.entries()) {
    if (i < done) continue;
    await warmTrunk(clip, weights, set, { ...cycle, log });
    await saveWeights(fileOf(i + 1), weights);
  }
  return weights;
}

/** `real` and `fake` are in no caption: they start equal and stay equal, so that VCR takes no side on the answer line. */
async function neutraliseAnswerWords(parts: NanoParts, weights: Weights): Promise<void> {
  const [real, fake] = ['real', 'fake'].map((word) => parts.clipTokenizer.encode(word, false).ids);
  if (real?.length !== 1 || fake?.length !== 1) throw new Error('real and fake must be one token each.');
  const table = weights.get('token_embedding.weight');
  const values = Float32Array.from(await table.data<'float32'>());
  const width = table.shape[1] ?? 0;
  values.copyWithin((fake[0] ?? 0) * width, (real[0] ?? 0) * width, ((real[0] ?? 0) + 1) * width);
  const copy = tensor(values, table.shape);
  weights.set('token_embedding.weight', copy);
  copy.dispose();
}

async function measure(parts: NanoParts, clip: ClipModel, recipe: TowerRecipe, log: (line: string) => void): Promise<PhraseAccuracy[]> {
  const set = await renderImages(broadKeys(recipe.seed + 1000, 800), IMAGE_SIZE);
  const pooled = await poolTokens(clip, set);
  const accuracy = await phraseAccuracy(parts, clip, set, pooled);
  pooled.dispose();
  for (const { kind, hit, falseAlarm } of accuracy)
    log(`${kind.padEnd(10)} phrase wins ${(100 * hit).toFixed(0)} % of pictures with it, ${(100 * falseAlarm).toFixed(0)} % without`);
  return accuracy;
}

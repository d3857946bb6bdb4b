// Stages 1 and 1b of pretraining: both CLIP towers, from synthetic pictures and true phrases.
import { dispose, gather, mean, tensor, tidy, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { RandomStream } from '../../../src/shared/random.ts';
import type { ClipModel } from '../../ml/model/clip.ts';
import { computeGradients } from '../../ml/model/gradients.ts';
import type { Weights } from '../../ml/model/weights.ts';
import { batchIndices } from '../../ml/train/data-order.ts';
import { AdamwOptimizer } from '../../ml/train/optimizer.ts';
import { batchPixels, type ImageSet } from './images.ts';
import type { NanoParts } from './nano.ts';
import { phraseBatch, phraseLoss } from './phrase-loss.ts';
import { pixelTensor, rateAt, TOWER_ADAMW, type StageOptions } from './tower-steps.ts';

/** Stage 1: both towers contrastively; the trunk moves at a quarter of the rate. */
export async function trainContrastive(
  parts: NanoParts,
  clip: ClipModel,
  weights: Weights,
  set: ImageSet,
  options: StageOptions,
): Promise<void> {
  const trunk = weights.trainable(['visual.trunk.stem.*', 'visual.trunk.stages.*']);
  const all = weights.trainable(['*']);
  const heads = Object.fromEntries(Object.entries(all).filter(([name]) => !(name in trunk)));
  const optimizers = [new AdamwOptimizer(trunk, TOWER_ADAMW), new AdamwOptimizer(heads, TOWER_ADAMW)];
  for (let step = 0; step < options.steps; step++) {
    const random = RandomStream.fromText(`contrastive/${options.seed}/${step}`);
    const indices = batchIndices(options.seed + 1, set.keys.length, options.batchSize, step);
    const pixels = pixelTensor(set, indices, random);
    const phrases = phraseBatch(set, indices, random);
    const ids = phrases.texts.map((text) => parts.clipTokenizer.encode(text).ids);
    const { value, gradients } = computeGradients(
      () => phraseLoss(clip, clip.encodeImage(pixels), phrases, ids, { contrastive: 0.3, pairs: 8 }),
      all,
    );
    const [loss] = await applySplit(optimizers, [trunk, heads], gradients, [rateAt(step, options) / 4, rateAt(step, options)], value);
    if (step % 50 === 49) options.log(`contrastive ${step + 1}/${options.steps} loss ${loss?.toFixed(4)}`);
    dispose([value, pixels]);
  }
  for (const optimizer of optimizers) optimizer.dispose();
}

async function applySplit(
  optimizers: AdamwOptimizer[],
  groups: Record<string, Variable>[],
  gradients: Record<string, Tensor>,
  rates: number[],
  value: Tensor,
): Promise<number[]> {
  let scalars: number[] = [];
  for (const [i, optimizer] of optimizers.entries()) {
    const own = Object.fromEntries(Object.keys(groups[i] ?? {}).flatMap((name) => (gradients[name] ? [[name, gradients[name]]] : [])));
    scalars = (await optimizer.step(own, rates[i] ?? 0, [value])).scalars;
  }
  return scalars;
}

/** Mean of each picture's tokens, [N, 1, D]; the trunk is frozen from here on. Owned by the caller. */
export async function poolTokens(clip: ClipModel, set: ImageSet): Promise<Tensor> {
  const width = clip.config.vision.dims.at(-1) ?? 0;
  const pooled = new Float32Array(set.keys.length * width);
  for (let start = 0; start < set.keys.length; start += 128) {
    const indices = Array.from({ length: Math.min(128, set.keys.length - start) }, (_, i) => start + i);
    const pixels = tensor(batchPixels(set, indices), [indices.length, set.size, set.size, 3]);
    const means = tidy(() => mean(clip.vision.encode(pixels), 1));
    pooled.set(await means.data<'float32'>(), start * width);
    dispose([pixels, means]);
  }
  return tensor(pooled, [set.keys.length, 1, width]);
}

/** Stage 1b: heads only, on pooled features. @param pooled [N, 1, D]; borrowed */
export async function trainHeads(
  parts: NanoParts,
  clip: ClipModel,
  weights: Weights,
  set: ImageSet,
  pooled: Tensor,
  options: StageOptions,
): Promise<void> {
  const heads = weights.trainable([
    'visual.trunk.head.*',
    'visual.head.*',
    'token_embedding.weight',
    'positional_embedding',
    'transformer.*',
    'ln_final.*',
    'text_projection',
    'logit_scale',
  ]);
  const optimizer = new AdamwOptimizer(heads, TOWER_ADAMW);
  for (let step = 0; step < options.steps; step++) {
    const random = RandomStream.fromText(`heads/${options.seed}/${step}`);
    const indices = batchIndices(options.seed + 2, set.keys.length, options.batchSize, step);
    const features = gather(pooled, indices);
    const phrases = phraseBatch(set, indices, random);
    const ids = phrases.texts.map((text) => dropWords(parts.clipTokenizer.encode(text).ids, random));
    const { value, gradients } = computeGradients(
      () => phraseLoss(clip, clip.imageFeatures(features), phrases, ids, { contrastive: 0.3, pairs: 4 }),
      heads,
    );
    const { scalars } = await optimizer.step(gradients, rateAt(step, options), [value]);
    if (step % 100 === 99) options.log(`heads ${step + 1}/${options.steps} loss ${scalars[0]?.toFixed(4)}`);
    dispose([value, features]);
  }
  optimizer.dispose();
}

/** Leaves out one word in twenty, never the frame tokens, so that keywords cut by YAKE still match. */
function dropWords(ids: number[], random: RandomStream): number[] {
  return ids.filter((_, i) => i === 0 || i === ids.length - 1 || !random.chance(0.05));
}

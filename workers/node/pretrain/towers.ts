// Stages 0 to 1b of pretraining: the ConvNeXt trunk and both CLIP towers, from synthetic pictures and true phrases.
// Departs from CLIP in two points, both said in the README: the trunk is warmed up on the eight presence bits of the
// artefacts (never on real/fake), and each phrase also competes with phrases that are false of the same region.
import {
  add,
  dispose,
  gather,
  keep,
  log1p,
  abs,
  exp,
  mean,
  mul,
  neg,
  relu,
  reshape,
  sub,
  tensor,
  tidy,
  variable,
  zeros,
  matMul,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { RandomStream } from '../../../src/shared/random.ts';
import { ARTEFACT_KINDS, REGIONS, type ArtefactKind } from '../../data/demo/artefacts.ts';
import { falseClaims, phraseOf, trueClaims, twoRegionCaption } from '../../data/demo/captions.ts';
import { GENERIC_PHRASES } from '../../data/demo/phrases.ts';
import { embedding } from '../../ml/kernels/embedding.ts';
import { linear } from '../../ml/kernels/linear.ts';
import { ClipModel } from '../../ml/model/clip.ts';
import { computeGradients } from '../../ml/model/gradients.ts';
import type { Weights } from '../../ml/model/weights.ts';
import { batchIndices } from '../../ml/train/data-order.ts';
import { AdamwOptimizer, type AdamwSettings } from '../../ml/train/optimizer.ts';
import { learningRateAt } from '../../ml/train/schedule.ts';
import { batchPixels, type ImageSet } from './images.ts';
import type { NanoParts } from './nano.ts';

const SETTINGS: AdamwSettings = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.02, maxGradNorm: 1 };

export interface StageOptions {
  steps: number;
  batchSize: number;
  learningRate: number;
  seed: number;
  log: (line: string) => void;
}

const rate = (step: number, { steps, learningRate }: StageOptions): number =>
  learningRateAt(step, steps, { learningRate, warmupSteps: 40, lrSchedulerType: 'cosine' });

/** A batch of the set with random mirror images. Owned by the caller. */
function pixelTensor(set: ImageSet, indices: readonly number[], random: RandomStream): Tensor {
  const flips = indices.map(() => random.chance(0.5));
  return tensor(batchPixels(set, indices, flips), [indices.length, set.size, set.size, 3]);
}

/** max(z, 0) - z y + log(1 + exp(-|z|)), mean over the rows. @returns [columns] */
function sigmoidLosses(z: Tensor, y: Tensor): Tensor {
  return mean(add(sub(relu(z), mul(z, y)), log1p(exp(neg(abs(z))))), 0);
}

/** Running mean of each artefact's loss; a hard artefact then weighs more than one that is learnt. */
class HardnessWeights {
  readonly #losses: number[] = ARTEFACT_KINDS.map(() => Math.LN2);

  update(losses: ArrayLike<number>): void {
    for (const i of this.#losses.keys()) this.#losses[i] = 0.95 * (this.#losses[i] ?? 0) + 0.05 * (losses[i] ?? 0);
  }

  /** Mean 1; proportional to the square root of the loss. */
  get weights(): number[] {
    const roots = this.#losses.map(Math.sqrt);
    const mean = roots.reduce((sum, root) => sum + root, 0) / roots.length;
    return roots.map((root) => root / mean);
  }

  toString(): string {
    return ARTEFACT_KINDS.map((kind, i) => `${kind} ${(this.#losses[i] ?? 0).toFixed(2)}`).join('  ');
  }
}

/** Stage 0. */
export interface WarmOptions extends StageOptions {
  /** Weigh artefacts by how badly they are still recognised: without it two of eight were not learnt in 1000 steps. */
  emphasis: boolean;
}

/** Stage 0: the trunk learns which of the eight artefacts are present. @param clip its trunk is trained in place */
export async function warmTrunk(clip: ClipModel, weights: Weights, set: ImageSet, options: WarmOptions): Promise<void> {
  const width = clip.config.vision.dims.at(-1) ?? 0;
  const head: Variable = tidy(() => variable(zeros([ARTEFACT_KINDS.length, width])));
  const bias: Variable = tidy(() => variable(zeros([ARTEFACT_KINDS.length])));
  const parameters = { ...weights.trainable(['visual.trunk.stem.*', 'visual.trunk.stages.*']), head, bias };
  const optimizer = new AdamwOptimizer(parameters, SETTINGS);
  const bits = set.artefacts.map((present) => ARTEFACT_KINDS.map((kind) => (present.some((record) => record.kind === kind) ? 1 : 0)));
  const hardness = new HardnessWeights();
  for (let step = 0; step < options.steps; step++) {
    const indices = batchIndices(options.seed, set.keys.length, options.batchSize, step);
    const pixels = pixelTensor(set, indices, RandomStream.fromText(`warm/${options.seed}/${step}`));
    const labels = tensor(indices.map((i) => bits[i] ?? []), [indices.length, ARTEFACT_KINDS.length]); // prettier-ignore
    const emphasis = tensor(options.emphasis ? hardness.weights : ARTEFACT_KINDS.map(() => 1)); // prettier-ignore
    const kept: Tensor[] = [];
    const { value, gradients } = computeGradients(() => {
      const losses = sigmoidLosses(linear(mean(clip.vision.encode(pixels), 1), head, bias), labels);
      kept.push(keep(losses));
      return mean(mul(losses, emphasis));
    }, parameters);
    await optimizer.step(gradients, rate(step, options), [value]);
    for (const losses of kept) hardness.update(await losses.data());
    if (step % 50 === 49) options.log(`warm-up ${step + 1}/${options.steps}  ${hardness.toString()}`);
    dispose([value, pixels, labels, emphasis, ...kept]);
  }
  optimizer.dispose();
  dispose([head, bias]);
}

/** Phrases of a batch: one true caption per picture, and pairs of a true and a false phrase about one region. */
interface PhraseBatch {
  /** Unique texts. */
  texts: string[];
  /** Caption of picture i, index into texts. */
  captions: number[];
  /** Pairs: row of the picture, true text, false text. */
  pairs: { row: number; right: number; wrong: number }[];
}

function phraseBatch(set: ImageSet, indices: readonly number[], random: RandomStream): PhraseBatch {
  const known = new Map<string, number>();
  const indexOf = (text: string): number => {
    const index = known.get(text) ?? known.size;
    known.set(text, index);
    return index;
  };
  const captions: number[] = [];
  const pairs: PhraseBatch['pairs'] = [];
  for (const [row, index] of indices.entries()) {
    const artefacts = set.artefacts[index] ?? [];
    captions.push(indexOf(random.chance(0.05) ? random.pick(GENERIC_PHRASES) : twoRegionCaption(artefacts, random)));
    for (const region of REGIONS) {
      for (const right of trueClaims(region, artefacts)) {
        for (const wrong of falseClaims(region, artefacts)) {
          pairs.push({
            row,
            right: indexOf(phraseOf(region, right, random, wrong)),
            wrong: indexOf(phraseOf(region, wrong, random, right)),
          });
        }
      }
    }
  }
  return { texts: [...known.keys()], captions, pairs };
}

/** Weighted sum of the symmetric contrastive loss and of the pairs' logistic loss. */
function phraseLoss(
  clip: ClipModel,
  images: Tensor,
  phrases: PhraseBatch,
  ids: number[][],
  weights: { contrastive: number; pairs: number },
): Tensor {
  const texts = clip.encodeText(ids);
  const logits = clip.logitsPerImage(images, texts);
  const flat = reshape(logits, [-1, 1]);
  const at = (choose: (pair: PhraseBatch['pairs'][number]) => number): Tensor =>
    embedding(
      flat,
      tensor(
        Int32Array.from(phrases.pairs, (pair) => pair.row * phrases.texts.length + choose(pair)),
        [phrases.pairs.length],
        'int32',
      ),
    );
  const margin = sub(at(({ right }) => right), at(({ wrong }) => wrong)); // prettier-ignore
  const pairLoss = mean(add(relu(neg(margin)), log1p(exp(neg(abs(margin))))));
  const captions = embedding(texts, tensor(phrases.captions, [phrases.captions.length], 'int32'));
  return add(mul(clip.contrastiveLoss(images, captions), weights.contrastive), mul(pairLoss, weights.pairs));
}

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
  const optimizers = [new AdamwOptimizer(trunk, SETTINGS), new AdamwOptimizer(heads, SETTINGS)];
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
    const [loss] = await applySplit(optimizers, [trunk, heads], gradients, [rate(step, options) / 4, rate(step, options)], value);
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
  const optimizer = new AdamwOptimizer(heads, SETTINGS);
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
    const { scalars } = await optimizer.step(gradients, rate(step, options), [value]);
    if (step % 100 === 99) options.log(`heads ${step + 1}/${options.steps} loss ${scalars[0]?.toFixed(4)}`);
    dispose([value, features]);
  }
  optimizer.dispose();
}

/** Leaves out one word in twenty, never the frame tokens, so that keywords cut by YAKE still match. */
function dropWords(ids: number[], random: RandomStream): number[] {
  return ids.filter((_, i) => i === 0 || i === ids.length - 1 || !random.chance(0.05));
}

/** How well the towers tell a phrase from its opposite: share of pictures with the artefact where it wins, and without. */
export interface PhraseAccuracy {
  kind: ArtefactKind;
  hit: number;
  falseAlarm: number;
}

/** Compares the mean cosine of each kind's abnormal sentences with that of its region's normal ones. @param pooled [N, 1, D] */
export async function phraseAccuracy(parts: NanoParts, clip: ClipModel, set: ImageSet, pooled: Tensor): Promise<PhraseAccuracy[]> {
  const results: PhraseAccuracy[] = [];
  for (const region of REGIONS) {
    for (const kind of region.kinds) {
      const margins = await cosineMargins(parts, clip, pooled, region, kind);
      const present = (i: number) => (set.artefacts[i] ?? []).some((record) => record.kind === kind);
      const clean = (i: number) => !(set.artefacts[i] ?? []).some((record) => region.kinds.some((one) => one === record.kind));
      results.push({ kind, hit: share(margins, present), falseAlarm: share(margins, clean) });
    }
  }
  return results;
}

function share(margins: Float32Array, chosen: (index: number) => boolean): number {
  const of = [...margins.keys()].filter(chosen);
  return of.filter((i) => (margins[i] ?? 0) > 0).length / Math.max(1, of.length);
}

async function cosineMargins(
  parts: NanoParts,
  clip: ClipModel,
  pooled: Tensor,
  region: (typeof REGIONS)[number],
  kind: ArtefactKind,
): Promise<Float32Array> {
  const random = RandomStream.fromText('phrases');
  const features = (claim: ArtefactKind | 'normal') =>
    mean(clip.encodeText(Array.from({ length: 12 }, () => parts.clipTokenizer.encode(phraseOf(region, claim, random)).ids)), 0, true);
  const margins = tidy(() => matMul(clip.imageFeatures(pooled), sub(features(kind), features('normal')), false, true));
  const values = await margins.data<'float32'>();
  margins.dispose();
  return Float32Array.from(values);
}

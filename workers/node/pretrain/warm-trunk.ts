// Stage 0 of pretraining: the ConvNeXt trunk is warmed up on the eight presence bits of the artefacts, never on real/fake. CLIP has no
// such stage.
import {
  abs,
  add,
  dispose,
  exp,
  keep,
  log1p,
  mean,
  mul,
  neg,
  relu,
  sub,
  tensor,
  tidy,
  variable,
  zeros,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { RandomStream } from '../../../src/shared/random.ts';
import { ARTEFACT_KINDS } from '../../data/demo/artefacts.ts';
import { linear } from '../../ml/kernels/linear.ts';
import type { ClipModel } from '../../ml/model/clip.ts';
import { computeGradients } from '../../ml/model/gradients.ts';
import type { Weights } from '../../ml/model/weights.ts';
import { batchIndices } from '../../ml/train/data-order.ts';
import { AdamwOptimizer } from '../../ml/train/optimizer.ts';
import type { ImageSet } from './images.ts';
import { pixelTensor, rateAt, TOWER_ADAMW, type StageOptions } from './tower-steps.ts';

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
  const optimizer = new AdamwOptimizer(parameters, TOWER_ADAMW);
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
    await optimizer.step(gradients, rateAt(step, options), [value]);
    for (const losses of kept) hardness.update(await losses.data());
    if (step % 50 === 49) options.log(`warm-up ${step + 1}/${options.steps}  ${hardness.toString()}`);
    dispose([value, pixels, labels, emphasis, ...kept]);
  }
  optimizer.dispose();
  dispose([head, bias]);
}

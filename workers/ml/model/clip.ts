// CLIP (Radford et al. 2021, https://arxiv.org/abs/2103.00020) as open_clip builds it: ConvNeXt image tower with an MLP
// head, causal text transformer. Used for the visual consistency reward.
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  add,
  div,
  exp,
  matMul,
  maximum,
  mean,
  mul,
  neg,
  reshape,
  slice,
  sqrt,
  square,
  sum,
  tensor,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { attention } from '../kernels/attention.ts';
import { biasGelu } from '../kernels/bias-gelu.ts';
import { embedding } from '../kernels/embedding.ts';
import { layerNorm } from '../kernels/layer-norm.ts';
import { linear } from '../kernels/linear.ts';
import { tokenLogProbs } from '../kernels/token-log-probs.ts';
import type { ClipConfig } from './config.ts';
import { VisionEncoder } from './vision-encoder.ts';
import type { Lookup } from './weights.ts';

const TEXT_NORM_EPSILON = 1e-5;

/** Both towers. Borrows its weights; the trunk may be DX-LLaVA's. */
export class ClipModel {
  readonly config: ClipConfig;
  readonly vision: VisionEncoder;
  readonly #lookup: Lookup;

  /**
   * @param lookup the parameters of `clipParameters` (`clipHeadParameters` when a trunk is given)
   * @param trunk a trunk to share
   */
  constructor(config: ClipConfig, lookup: Lookup, trunk?: VisionEncoder) {
    this.config = config;
    this.#lookup = lookup;
    this.vision = trunk ?? new VisionEncoder(config.vision, lookup, 'visual.trunk.');
  }

  /** @param pixels [B, size, size, 3]; borrowed @returns [B, E], unit length, owned by the caller */
  encodeImage(pixels: Tensor): Tensor {
    return tidy(() => this.imageFeatures(this.vision.encode(pixels)));
  }

  /**
   * The image head: mean over the grid, norm, two-layer MLP.
   * @param visionTokens [B, S, D]; borrowed
   * @returns [B, E], unit length, owned by the caller
   */
  imageFeatures(visionTokens: Tensor): Tensor {
    return tidy(() => normalise(this.#imageHead(mean(visionTokens, 1))));
  }

  /**
   * The head on every token alone, for patch maps.
   * @param visionTokens [B, S, D]; borrowed
   * @returns [B, S, E], unit length, owned by the caller
   */
  patchFeatures(visionTokens: Tensor): Tensor {
    return tidy(() => normalise(this.#imageHead(visionTokens)));
  }

  /** @param pooled [..., D]; borrowed @returns [..., E], not normalised */
  #imageHead(pooled: Tensor): Tensor {
    const normed = this.#norm(pooled, 'visual.trunk.head.norm', this.config.vision.layerNormEpsilon);
    const hidden = biasGelu(linear(normed, this.#lookup('visual.head.mlp.fc1.weight')), this.#lookup('visual.head.mlp.fc1.bias'));
    return linear(hidden, this.#lookup('visual.head.mlp.fc2.weight'));
  }

  /**
   * Text features. Only positions up to the pooled one are computed: the mask is causal, so later ones change nothing.
   * @param rows token ids of each text, with start and end of text, with or without padding
   * @returns [B, E], unit length, owned by the caller
   * @throws WorkbenchError E-CONTEXT for a text longer than the context
   */
  encodeText(rows: readonly ArrayLike<number>[]): Tensor {
    const { contextLength, width } = this.config.text;
    const ends = rows.map(firstLargest);
    const length = Math.max(...ends) + 1;
    if (length > contextLength)
      throw new WorkbenchError('E-CONTEXT', `A text has ${length} tokens; the text tower takes ${contextLength}.`, {
        safe: 'Nothing was changed.',
        remedy: 'Use a shorter text.',
      });
    const ids = Int32Array.from({ length: rows.length * length }, (_, i) => rows[Math.floor(i / length)]?.[i % length] ?? 0);
    return tidy(() => {
      const words = embedding(this.#lookup('token_embedding.weight'), tensor(ids, [rows.length, length], 'int32'));
      let x: Tensor = add(words, slice(this.#lookup('positional_embedding'), [0, 0], [length, width]));
      for (let i = 0; i < this.config.text.numLayers; i++) x = this.#textBlock(x, `transformer.resblocks.${i}`);
      const pooled = embedding(
        reshape(x, [-1, width]),
        tensor(
          ends.map((end, b) => b * length + end),
          [rows.length],
          'int32',
        ),
      );
      return normalise(matMul(this.#norm(pooled, 'ln_final', TEXT_NORM_EPSILON), this.#lookup('text_projection')));
    });
  }

  #textBlock(x: Tensor, name: string): Tensor {
    return tidy(() => {
      const attended = add(x, this.#textAttention(this.#norm(x, `${name}.ln_1`, TEXT_NORM_EPSILON), `${name}.attn`));
      const hidden = linear(this.#norm(attended, `${name}.ln_2`, TEXT_NORM_EPSILON), this.#lookup(`${name}.mlp.c_fc.weight`));
      return add(attended, this.#linear(biasGelu(hidden, this.#lookup(`${name}.mlp.c_fc.bias`)), `${name}.mlp.c_proj`));
    });
  }

  /** q, k and v are three products with parts of one weight: cutting the weight is cheap, cutting activations is not. */
  #textAttention(x: Tensor, name: string): Tensor {
    const { numHeads, width } = this.config.text;
    const [weight, bias] = [this.#lookup(`${name}.in_proj_weight`), this.#lookup(`${name}.in_proj_bias`)];
    const project = (part: number): Tensor =>
      linear(x, slice(weight, [part * width, 0], [width, width]), slice(bias, [part * width], [width]));
    return this.#linear(attention(project(0), project(1), project(2), numHeads, numHeads), `${name}.out_proj`);
  }

  #linear(x: Tensor, name: string): Tensor {
    return linear(x, this.#lookup(`${name}.weight`), this.#lookup(`${name}.bias`));
  }

  #norm(x: Tensor, name: string, epsilon: number): Tensor {
    return layerNorm(x, this.#lookup(`${name}.weight`), this.#lookup(`${name}.bias`), epsilon);
  }

  /**
   * exp(logit_scale) * image . text
   * @param images [B, E], unit length; borrowed
   * @param texts [T, E], unit length; borrowed
   * @returns [B, T], owned by the caller
   */
  logitsPerImage(images: Tensor, texts: Tensor): Tensor {
    return tidy(() => mul(matMul(images, texts, false, true), exp(this.#lookup('logit_scale'))));
  }

  /**
   * Symmetric contrastive loss: image i belongs to text i.
   * @param images [B, E], unit length; borrowed
   * @param texts [B, E], unit length; borrowed
   * @returns scalar, owned by the caller
   */
  contrastiveLoss(images: Tensor, texts: Tensor): Tensor {
    return tidy(() => {
      const logits = this.logitsPerImage(images, texts);
      return mul(add(diagonalCrossEntropy(logits), diagonalCrossEntropy(transpose(logits))), 0.5);
    });
  }
}

/** Mean cross-entropy of row i against class i. @param logits [B, B] */
function diagonalCrossEntropy(logits: Tensor): Tensor {
  const [B = 0] = logits.shape;
  const targets = tensor(
    Int32Array.from({ length: B }, (_, i) => i),
    [B],
    'int32',
  );
  return neg(mean(tokenLogProbs(logits, targets, 1).logProbs));
}

/** Divides by the L2 norm over the last axis, at least 1e-12. */
function normalise(x: Tensor): Tensor {
  return div(x, maximum(sqrt(sum(square(x), -1, true)), 1e-12));
}

/** Position of the largest id, the first one where it repeats: end of text has the largest id. */
function firstLargest(ids: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < ids.length; i++) if ((ids[i] ?? 0) > (ids[best] ?? 0)) best = i;
  return best;
}

// LLaMA decoder (Touvron et al. 2023, https://arxiv.org/abs/2302.13971): RMSNorm, rotary attention with grouped keys and
// values, SwiGLU. Differentiable; the decoder for generation with a cache is decoder.ts.
import type { Tensor } from '@tensorflow/tfjs-core';
import { dispose, keep, reshape, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { attention } from '../kernels/attention.ts';
import { nth } from '../kernels/define-op.ts';
import { embedding } from '../kernels/embedding.ts';
import { linears } from '../kernels/joint-linear.ts';
import { linear, linearAdd } from '../kernels/linear.ts';
import { branchNorm, rmsNorm } from '../kernels/rms-norm.ts';
import { rope } from '../kernels/rope.ts';
import { swigluLinear } from '../kernels/swiglu-linear.ts';
import { swiglu } from '../kernels/swiglu.ts';
import { checkpoint } from './checkpoint.ts';
import type { LanguageConfig } from './config.ts';
import type { LoraAdapter } from './lora.ts';
import { decoderLinears } from './parameters.ts';
import { ropeFrequencies } from './rope-frequencies.ts';
import type { Lookup, Weights } from './weights.ts';

/** Cosines and sines of the rotary embedding. Owned by the model; they outlive every tape. */
export class RopeTables {
  /** [maxPositions, D / 2] */
  readonly cos: Tensor;
  /** [maxPositions, D / 2] */
  readonly sin: Tensor;

  constructor({ hiddenSize, numHeads, maxPositions, ropeTheta, ropeScaling }: LanguageConfig) {
    const frequencies = ropeFrequencies(hiddenSize / numHeads, ropeTheta, ropeScaling);
    const half = frequencies.length;
    const angles = Array.from({ length: maxPositions }, (_, position) => frequencies.map((frequency) => position * frequency)).flat();
    const table = (of: (angle: number) => number): Tensor => tensor(Float32Array.from(angles, of), [maxPositions, half]);
    const { cos, sin } = tidy(() => ({ cos: table(Math.cos), sin: table(Math.sin) }));
    this.cos = keep(cos);
    this.sin = keep(sin);
  }

  dispose(): void {
    dispose([this.cos, this.sin]);
  }
}

/** Receives the rotated keys and the values of one layer, [B, T, KV * D] each; borrowed. */
export type KeyValueSink = (layer: number, keys: Tensor, values: Tensor) => void;

export interface HiddenOptions {
  /** Recompute each block in the backward pass instead of keeping its intermediates. */
  gradientCheckpointing?: boolean;
  /** Called per layer, for filling a cache. */
  onKeyValues?: KeyValueSink;
  /** Indices into B * T of the rows that are wanted; the last layer computes only these after its attention. */
  positions?: Int32Array;
}

/** @param x [B, T, C] @returns [N, C] at the positions, or x itself without any */
function selectRows(x: Tensor, positions: Int32Array | undefined): Tensor {
  if (positions === undefined) return x;
  return embedding(reshape(x, [-1, x.shape.at(-1) ?? 0]), tensor(positions, [positions.length], 'int32'));
}

interface BlockCall {
  layer: number;
  lookup: Lookup;
  /** int32 [B], position of each row's first token */
  starts: Tensor;
  onKeyValues?: KeyValueSink;
  positions?: Int32Array;
}

/** All rows start at position 0. @returns int32 [B] */
const zeroStarts = (x: Tensor): Tensor => zeros([x.shape[0] ?? 0], 'int32');

/** The decoder stack. Borrows weights and adapter, owns its rotary tables. */
export class LanguageModel {
  readonly config: LanguageConfig;
  readonly rope: RopeTables;
  /** Applied to every targeted Linear layer when set; borrowed. */
  adapter: LoraAdapter | null = null;
  readonly #weights: Weights;

  constructor(config: LanguageConfig, weights: Weights) {
    this.config = config;
    this.#weights = weights;
    this.rope = new RopeTables(config);
  }

  /** [V, C], borrowed. */
  get embeddingTable(): Tensor {
    return this.#weights.get('model.embed_tokens.weight');
  }

  /** A base parameter by name; borrowed. */
  readonly parameter: Lookup = (name) => this.#weights.get(name);

  /**
   * Weight of a Linear layer with the adapter folded in.
   * @returns the parameter itself, or with an adapter a tensor of the scope it is called in
   */
  effectiveWeight(module: string): Tensor {
    const weight = this.#weights.get(`${module}.weight`);
    return this.adapter === null ? weight : this.adapter.mergedWeight(module, weight);
  }

  /** [V, C], borrowed. */
  get headWeight(): Tensor {
    return this.config.tieWordEmbeddings ? this.embeddingTable : this.#weights.get('lm_head.weight');
  }

  /**
   * All decoder layers, without the final norm. Right padding never changes a row: attention is causal.
   * @param embeddings [B, T, C]; borrowed
   * @returns [B, T, C], or [N, C] where N positions were asked for; owned by the caller
   * @throws WorkbenchError E-CONTEXT when T exceeds the positions of the model
   */
  hidden(embeddings: Tensor, { gradientCheckpointing = false, onKeyValues, positions }: HiddenOptions = {}): Tensor {
    const [, T = 0] = embeddings.shape;
    if (T > this.config.maxPositions) throw contextError(T, this.config.maxPositions);
    return tidy(() => {
      let x = embeddings;
      const starts = zeroStarts(x);
      for (let layer = 0; layer < this.config.numLayers; layer++) {
        const before = x;
        const call = {
          layer,
          lookup: this.#lookup,
          starts,
          onKeyValues,
          positions: layer === this.config.numLayers - 1 ? positions : undefined,
        };
        x = gradientCheckpointing ? this.#checkpointedBlock(before, call) : tidy(() => this.#block(before, call));
      }
      return x;
    });
  }

  /**
   * Final norm and language-model head.
   * @param hidden [..., C]; borrowed
   * @returns [..., V], owned by the caller
   */
  logits(hidden: Tensor): Tensor {
    return tidy(() => linear(rmsNorm(hidden, this.#weights.get('model.norm.weight'), this.config.rmsNormEpsilon), this.headWeight));
  }

  dispose(): void {
    this.rope.dispose();
  }

  readonly #lookup: Lookup = (name) => (this.adapter?.has(name) ? this.adapter.get(name) : this.#weights.get(name));

  /** Only trainable parameters are passed explicitly: a frozen one needs no gradient. */
  #checkpointedBlock(x: Tensor, call: BlockCall): Tensor {
    const names = this.#blockParameters(call.layer).filter((name) => this.#isTrainable(name));
    const block = (input: Tensor, ...values: Tensor[]): Tensor => {
      const given = new Map(names.map((name, k) => [name, values[k]]));
      // The starts must be made anew: those of the forward pass are gone when the block is computed again.
      return this.#block(input, { ...call, lookup: (name) => given.get(name) ?? this.#lookup(name), starts: zeroStarts(input) });
    };
    return checkpoint((input, ...values) => (input === undefined ? x : block(input, ...values)), [x, ...names.map(this.#lookup)]);
  }

  #isTrainable(name: string): boolean {
    return this.adapter?.has(name) === true || this.#weights.variable(name).trainable;
  }

  #blockParameters(layer: number): string[] {
    const linears = decoderLinears(this.config, layer).flatMap(({ name }) => [
      `${name}.weight`,
      ...(this.adapter?.parameterNames(name) ?? []),
    ]);
    return [...linears, `model.layers.${layer}.input_layernorm.weight`, `model.layers.${layer}.post_attention_layernorm.weight`];
  }

  #block(x: Tensor, call: BlockCall): Tensor {
    const attended = tidy(() => this.#selfAttention(x, call));
    return tidy(() => this.#feedForward(attended, call));
  }

  /** @param stream [B, T, C] @returns the stream with the attention added, at the positions that are wanted */
  #selfAttention(stream: Tensor, { layer, lookup, starts, onKeyValues, positions }: BlockCall): Tensor {
    const { numHeads, numKeyValueHeads, rmsNormEpsilon } = this.config;
    const name = `model.layers.${layer}`;
    const { normed, x } = branchNorm(stream, lookup(`${name}.input_layernorm.weight`), rmsNormEpsilon);
    const parts = ['q_proj', 'k_proj', 'v_proj'].map((part) => `${name}.self_attn.${part}`);
    const projected = this.#linears(normed, parts, lookup);
    const q = rope(nth(projected, 0), this.rope.cos, this.rope.sin, starts, numHeads);
    const k = rope(nth(projected, 1), this.rope.cos, this.rope.sin, starts, numKeyValueHeads);
    const v = nth(projected, 2);
    onKeyValues?.(layer, k, v);
    const mixed = selectRows(attention(q, k, v, numHeads, numKeyValueHeads), positions);
    return this.#linearAdd(mixed, `${name}.self_attn.o_proj`, lookup, selectRows(x, positions));
  }

  /** @param stream [..., C] @returns the stream with the feed-forward branch added */
  #feedForward(stream: Tensor, { layer, lookup }: BlockCall): Tensor {
    const name = `model.layers.${layer}`;
    const { normed, x } = branchNorm(stream, lookup(`${name}.post_attention_layernorm.weight`), this.config.rmsNormEpsilon);
    return this.#linearAdd(this.#gated(normed, `${name}.mlp`, lookup), `${name}.mlp.down_proj`, lookup, x);
  }

  #gated(x: Tensor, name: string, lookup: Lookup): Tensor {
    const parts = [`${name}.gate_proj`, `${name}.up_proj`];
    if (parts.some((part) => this.#isAdapted(part))) {
      const projected = this.#linears(x, parts, lookup);
      return swiglu(nth(projected, 0), nth(projected, 1));
    }
    return swigluLinear(x, lookup(`${name}.gate_proj.weight`), lookup(`${name}.up_proj.weight`));
  }

  #isAdapted(module: string): boolean {
    return (this.adapter?.parameterNames(module).length ?? 0) > 0;
  }

  /** Layers of the same input, each with its adapter. */
  #linears(x: Tensor, names: readonly string[], lookup: Lookup): Tensor[] {
    const outputs = linears(
      x,
      names.map((name) => lookup(`${name}.weight`)),
    );
    return names.map((name, i) => this.#adapted(nth(outputs, i), x, name, lookup));
  }

  /** @returns stream + the layer's output */
  #linearAdd(x: Tensor, name: string, lookup: Lookup, stream: Tensor): Tensor {
    return this.#adapted(linearAdd(x, lookup(`${name}.weight`), stream), x, name, lookup);
  }

  #adapted(y: Tensor, x: Tensor, name: string, lookup: Lookup): Tensor {
    return this.adapter === null ? y : this.adapter.addTo(y, x, name, lookup);
  }
}

/** The error for a sequence that does not fit. */
export function contextError(got: number, limit: number): WorkbenchError {
  return new WorkbenchError('E-CONTEXT', `The sequence has ${got} tokens; the model takes ${limit}.`, {
    safe: 'Nothing was generated or changed.',
    remedy: 'Shorten the prompt or lower the maximum number of new tokens.',
  });
}

// Linear layer for decoding: a backend may reorder the weight once per rollout (SIMD panels) and reuse it for every token.
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { rowsOf, runOp, width } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape, assertWidth } from './shape-checks.ts';

/**
 * How a backend may store a packed weight. Errors are of y, relative root mean square, for Gaussian weights with K = 512:
 * f16 2e-4, q8 (8-bit steps, one scale for 32 values of an output) 5e-3. Only webgpu stores less than f32; the others ignore it.
 */
export type WeightPrecision = 'f32' | 'f16' | 'q8';

/** A weight in the backend's own order. Inference only. */
export class PackedLinear {
  readonly #packed: Tensor;
  readonly precision: WeightPrecision;
  readonly outFeatures: number;
  readonly inFeatures: number;

  /** @param weight [O, K], borrowed and copied */
  constructor(weight: Tensor, precision: WeightPrecision = 'f32') {
    const [O = 0, K = 0] = weight.shape;
    this.outFeatures = O;
    this.inFeatures = K;
    this.precision = precision;
    this.#packed = runOp('FPackLinear', { weight }, { precision });
  }

  /**
   * @param x [..., K], borrowed
   * @returns x W^T [..., O], owned by the caller
   */
  apply(x: Tensor): Tensor {
    assertWidth('packLinear', 'x', x, this.inFeatures);
    return runOp('FPackedLinear', { x, packed: this.#packed }, { outFeatures: this.outFeatures, precision: this.precision });
  }

  /**
   * @param x [..., K], borrowed
   * @param residual [..., O], borrowed
   * @returns residual + x W^T, owned by the caller
   */
  applyAdd(x: Tensor, residual: Tensor): Tensor {
    assertWidth('packLinear', 'x', x, this.inFeatures);
    assertWidth('packLinear', 'residual', residual, this.outFeatures);
    return runOp('FPackedLinearAdd', { x, packed: this.#packed, residual }, { outFeatures: this.outFeatures, precision: this.precision });
  }

  /** The packed weight for kernels that hold several products; borrowed. */
  get packed(): Tensor {
    return this.#packed;
  }

  dispose(): void {
    this.#packed.dispose();
  }
}

/**
 * The packed copy lives until `dispose()`, or ends with the `tidy` it was made in.
 * @param weight [O, K], borrowed
 * @param precision less than f32 changes the numbers: not for rollouts whose log-probabilities are trained on
 * @returns owned by the caller
 */
export function packLinear(weight: Tensor, precision: WeightPrecision = 'f32'): PackedLinear {
  assertShape('packLinear', 'weight', weight, [-1, -1]);
  return new PackedLinear(weight, precision);
}

/** The reference keeps PyTorch's order. */
function packReference(call: ReferenceCall): TensorInfo {
  return call.output(call.shape('weight'), call.floats('weight').slice());
}

function packedLinearReference(call: ReferenceCall): TensorInfo {
  const [x, packed, O] = [call.floats('x'), call.floats('packed'), call.number('outFeatures')];
  const [N, K] = [rowsOf(call.shape('x')), width(call.shape('x'))];
  const residual = call.has('residual') ? call.floats('residual') : undefined;
  const y = new Float32Array(N * O);
  for (let i = 0; i < N * O; i++) {
    const [n, o] = [Math.floor(i / O), i % O];
    let sum = residual?.[i] ?? 0;
    for (let k = 0; k < K; k++) sum += (x[n * K + k] ?? 0) * (packed[o * K + k] ?? 0);
    y[i] = sum;
  }
  return call.output([...call.shape('x').slice(0, -1), O], y);
}

export const packLinearOps: readonly OpDefinition[] = [
  { name: 'FPackLinear', reference: packReference },
  { name: 'FPackedLinear', reference: packedLinearReference },
  { name: 'FPackedLinearAdd', reference: packedLinearReference },
];

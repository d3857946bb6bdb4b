// Linear layer for decoding: a backend may reorder the weight once per rollout (SIMD panels) and reuse it for every token.
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { rowsOf, runOp, width } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape, assertWidth } from './shape-checks.ts';

/** A weight in the backend's own order. Inference only. */
export class PackedLinear {
  readonly #packed: Tensor;
  readonly outFeatures: number;
  readonly inFeatures: number;

  /** @param weight [O, K], borrowed and copied */
  constructor(weight: Tensor) {
    const [O = 0, K = 0] = weight.shape;
    this.outFeatures = O;
    this.inFeatures = K;
    this.#packed = runOp('FPackLinear', { weight });
  }

  /**
   * @param x [..., K], borrowed
   * @returns x W^T [..., O], owned by the caller
   */
  apply(x: Tensor): Tensor {
    assertWidth('packLinear', 'x', x, this.inFeatures);
    return runOp('FPackedLinear', { x, packed: this.#packed }, { outFeatures: this.outFeatures });
  }

  dispose(): void {
    this.#packed.dispose();
  }
}

/**
 * Call it outside `tidy`, or `keep` nothing else: the packed copy lives until `dispose()`.
 * @param weight [O, K], borrowed
 * @returns owned by the caller
 */
export function packLinear(weight: Tensor): PackedLinear {
  assertShape('packLinear', 'weight', weight, [-1, -1]);
  return new PackedLinear(weight);
}

/** The reference keeps PyTorch's order. */
function packReference(call: ReferenceCall): TensorInfo {
  return call.output(call.shape('weight'), call.floats('weight').slice());
}

function packedLinearReference(call: ReferenceCall): TensorInfo {
  const [x, packed, O] = [call.floats('x'), call.floats('packed'), call.number('outFeatures')];
  const [N, K] = [rowsOf(call.shape('x')), width(call.shape('x'))];
  const y = new Float32Array(N * O);
  for (let i = 0; i < N * O; i++) {
    const [n, o] = [Math.floor(i / O), i % O];
    let sum = 0;
    for (let k = 0; k < K; k++) sum += (x[n * K + k] ?? 0) * (packed[o * K + k] ?? 0);
    y[i] = sum;
  }
  return call.output([...call.shape('x').slice(0, -1), O], y);
}

export const packLinearOps: readonly OpDefinition[] = [
  { name: 'FPackLinear', reference: packReference },
  { name: 'FPackedLinear', reference: packedLinearReference },
];

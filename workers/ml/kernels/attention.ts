// Causal self-attention with grouped key/value heads. No T x T matrix leaves the kernel: it saves the log-sum-exp of each row.
import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { nth, runMultiOp } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertHeads, assertShape } from './shape-checks.ts';

/**
 * softmax(q k^T / sqrt(D)) v over the keys up to the query's own position. Right padding needs no mask: a padded key lies
 * after every real query.
 * @param q [B, T, H*D], borrowed
 * @param k [B, T, KV*D], borrowed
 * @param v [B, T, KV*D], borrowed
 * @returns [B, T, H*D]; gradients for q, k and v
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, numHeads: number, numKeyValueHeads: number): Tensor {
  const [B = 0, T = 0, C = 0] = q.shape;
  assertHeads('attention', C, numHeads, numKeyValueHeads);
  assertShape('attention', 'k', k, [B, T, (C / numHeads) * numKeyValueHeads]);
  assertShape('attention', 'v', v, k.shape);
  return tidy(() => nth(runMultiOp('FAttention', { q, k, v }, { numHeads, numKeyValueHeads }), 0));
}

interface Dims {
  B: number;
  T: number;
  H: number;
  KV: number;
  D: number;
}

function dims(call: ReferenceCall): Dims {
  const [B = 0, T = 0, C = 0] = call.shape('q');
  const H = call.number('numHeads');
  return { B, T, H, KV: call.number('numKeyValueHeads'), D: C / H };
}

/** Calls f for each (batch, head): offset of its q row 0, of its k/v row 0, and of its log-sum-exp row. */
function forEachHead({ B, T, H, KV, D }: Dims, f: (qBase: number, kBase: number, lseBase: number) => void): void {
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) f(b * T * H * D + h * D, b * T * KV * D + Math.floor((h * KV) / H) * D, (b * H + h) * T);
  }
}

function dot(a: Float32Array, i: number, b: Float32Array, j: number, D: number): number {
  let sum = 0;
  for (let d = 0; d < D; d++) sum += (a[i + d] ?? 0) * (b[j + d] ?? 0);
  return sum;
}

/** Adds factor * b[j...] to a[i...]. */
function axpy(a: Float64Array, i: number, factor: number, b: Float32Array, j: number, D: number): void {
  for (let d = 0; d < D; d++) a[i + d] = (a[i + d] ?? 0) + factor * (b[j + d] ?? 0);
}

function attentionReference(call: ReferenceCall): TensorInfo[] {
  const size = dims(call);
  const { B, T, H, KV, D } = size;
  const [q, k, v] = [call.floats('q'), call.floats('k'), call.floats('v')];
  const out = new Float64Array(B * T * H * D);
  const lse = new Float32Array(B * H * T);
  forEachHead(size, (qBase, kBase, lseBase) => {
    for (let i = 0; i < T; i++) {
      const at = qBase + i * H * D;
      const scores = Array.from({ length: i + 1 }, (_, j) => dot(q, at, k, kBase + j * KV * D, D) / Math.sqrt(D));
      const max = scores.reduce((m, s) => Math.max(m, s), -Infinity);
      const total = scores.reduce((sum, s) => sum + Math.exp(s - max), 0);
      scores.forEach((s, j) => axpy(out, at, Math.exp(s - max) / total, v, kBase + j * KV * D, D));
      lse[lseBase + i] = max + Math.log(total);
    }
  });
  return [call.output(call.shape('q'), Float32Array.from(out)), call.output([B, H, T], lse)];
}

/** With P the probabilities: dV = P^T dO, dS = P (dO V^T - rowsum(dO O)) / sqrt(D), dQ = dS K, dK = dS^T Q. */
function gradReference(call: ReferenceCall): TensorInfo[] {
  const size = dims(call);
  const { T, H, KV, D } = size;
  const [q, k, v, out, lse, dy] = [
    call.floats('q'),
    call.floats('k'),
    call.floats('v'),
    call.floats('out'),
    call.floats('logSumExp'),
    call.floats('dy'),
  ];
  const [dq, dk, dv] = [new Float64Array(q.length), new Float64Array(k.length), new Float64Array(k.length)];
  forEachHead(size, (qBase, kBase, lseBase) => {
    for (let i = 0; i < T; i++) {
      const at = qBase + i * H * D;
      const delta = dot(dy, at, out, at, D);
      for (let j = 0; j <= i; j++) {
        const key = kBase + j * KV * D;
        const p = Math.exp(dot(q, at, k, key, D) / Math.sqrt(D) - (lse[lseBase + i] ?? 0));
        const ds = (p * (dot(dy, at, v, key, D) - delta)) / Math.sqrt(D);
        axpy(dv, key, p, dy, at, D);
        axpy(dq, at, ds, k, key, D);
        axpy(dk, key, ds, q, at, D);
      }
    }
  });
  return [
    call.output(call.shape('q'), Float32Array.from(dq)),
    call.output(call.shape('k'), Float32Array.from(dk)),
    call.output(call.shape('v'), Float32Array.from(dv)),
  ];
}

export const attentionOps: readonly OpDefinition[] = [
  {
    name: 'FAttention',
    reference: attentionReference,
    gradient: {
      inputsToSave: ['q', 'k', 'v'],
      outputsToSave: [true, true],
      ignoredOutputs: [1],
      gradFunc: (dys, saved, attrs) => {
        const [q, k, v, out, logSumExp] = [nth(saved, 0), nth(saved, 1), nth(saved, 2), nth(saved, 3), nth(saved, 4)];
        // Eager: tfjs wraps each closure below in its own tidy, which would dispose a result shared between them.
        const grads = runMultiOp('FAttentionGrad', { q, k, v, out, logSumExp, dy: nth(dys, 0) }, attrs);
        return { q: () => nth(grads, 0), k: () => nth(grads, 1), v: () => nth(grads, 2) };
      },
    },
  },
  { name: 'FAttentionGrad', reference: gradReference },
];

// Draws one token per row. Deterministic and the same on every backend:
//
// 1. Temperature 0: the first index of the largest logit. Log-probability and entropy are those of softmax(logits).
// 2. Otherwise weights e[i] = exp(logits[i]/temperature - max), so the largest is exactly 1; S is their sum.
// 3. Top-p (only when topP < 1). The kept set is {i : e[i] >= t} for the largest t whose kept sum is >= topP * S: the
//    smallest set of largest probabilities, ties kept together. t is found by bisection on the BIT PATTERN of a float32
//    (positive floats order like their bits): lo = 0, hi = 0x3f800001 (just above 1); 30 times mid = (lo + hi) >> 1, and
//    lo = mid when the sum of e[i] >= float(mid) is >= topP * S, else hi = mid. t = float(lo).
// 4. One uniform u = (hash(seed, step, rowId) >> 8) / 2^24 with hash = pcg(seed ^ pcg(step ^ pcg(rowId))), all u32, where
//    pcg(v) = (w >> 22) ^ w, w = ((s >> ((s >> 28) + 4)) ^ s) * 277803737, s = v * 747796405 + 2891336453
//    (PCG-RXS-M-XS, Jarzynski and Olano, https://jcgt.org/published/0009/03/02/).
// 5. Inverse CDF in index order: the first kept i at which the running sum of kept weights exceeds u * (sum of kept
//    weights); the last kept i if rounding leaves none.
// logProbs and entropy are of the full softmax at the temperature, before top-p.
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { nth, runMultiOp } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape } from './shape-checks.ts';
import { rowStatistics } from './token-log-probs.ts';

export interface SamplingSettings {
  /** 0 = greedy. */
  temperature: number;
  /** In (0, 1]; 1 = off. */
  topP: number;
  /** u32. */
  seed: number;
}

export interface SampledTokens {
  /** int32 [R], owned by the caller. */
  ids: Tensor;
  /** [R] of the chosen tokens, owned by the caller. */
  logProbs: Tensor;
  /** [R] in nats, owned by the caller. */
  entropy: Tensor;
}

/**
 * @param logits [R, V], borrowed
 * @param rowIds int32 [R]: with seed and step the only source of randomness, so a row's draw does not depend on its batch; borrowed
 * @param step position in the completion
 */
export function sampleTokens(logits: Tensor, rowIds: Tensor, step: number, settings: SamplingSettings): SampledTokens {
  assertShape('sampleTokens', 'logits', logits, [-1, -1]);
  assertShape('sampleTokens', 'rowIds', rowIds, [logits.shape[0] ?? 0]);
  const { temperature, topP, seed } = settings;
  const outputs = runMultiOp('FSampleTokens', { logits, rowIds }, { step, temperature, topP, seed: seed >>> 0 });
  return { ids: nth(outputs, 0), logProbs: nth(outputs, 1), entropy: nth(outputs, 2) };
}

/** One round of the PCG permutation; u32 in, u32 out. */
export function pcg(v: number): number {
  const s = (Math.imul(v, 747796405) + 2891336453) >>> 0;
  const w = Math.imul(((s >>> ((s >>> 28) + 4)) ^ s) >>> 0, 277803737) >>> 0;
  return ((w >>> 22) ^ w) >>> 0;
}

/** The uniform in [0, 1) of one draw. */
export function sampleUniform(seed: number, step: number, rowId: number): number {
  return (pcg((seed ^ pcg((step ^ pcg(rowId >>> 0)) >>> 0)) >>> 0) >>> 8) / 2 ** 24;
}

const bits = new Uint32Array(1);
const asFloat = new Float32Array(bits.buffer);

function floatOf(pattern: number): number {
  bits[0] = pattern;
  return asFloat[0] ?? 0;
}

/** Smallest kept weight of top-p (point 3 above); 0 keeps all. */
export function topPThreshold(weights: Float32Array, topP: number): number {
  if (topP >= 1) return 0;
  const massFrom = (t: number) => weights.reduce((sum, w) => (w >= t ? sum + w : sum), 0);
  const wanted = topP * massFrom(0);
  let [lo, hi] = [0, 0x3f800001];
  for (let i = 0; i < 30; i++) {
    const mid = (lo + hi) >>> 1;
    if (massFrom(floatOf(mid)) >= wanted) lo = mid;
    else hi = mid;
  }
  return floatOf(lo);
}

function drawIndex(weights: Float32Array, topP: number, uniform: number): number {
  const threshold = topPThreshold(weights, topP);
  const target = uniform * weights.reduce((sum, w) => (w >= threshold ? sum + w : sum), 0);
  let [sum, last] = [0, 0];
  for (const [i, w] of weights.entries()) {
    if (w < threshold) continue;
    sum += w;
    last = i;
    if (sum > target) break;
  }
  return last;
}

function sampleTokensReference(call: ReferenceCall): TensorInfo[] {
  const [logits, rowIds] = [call.floats('logits'), call.ints('rowIds')];
  const [temperature, topP, seed, step] = [call.number('temperature'), call.number('topP'), call.number('seed'), call.number('step')];
  const [R = 0, V = 0] = call.shape('logits');
  const scale = temperature > 0 ? 1 / temperature : 1;
  const [ids, logProbs, entropies] = [new Int32Array(R), new Float32Array(R), new Float32Array(R)];
  for (let r = 0; r < R; r++) {
    const row = logits.subarray(r * V, (r + 1) * V);
    const max = row.reduce((m, v) => Math.max(m, v), -Infinity);
    const weights = row.map((v) => Math.exp((v - max) * scale));
    const id = temperature > 0 ? drawIndex(weights, topP, sampleUniform(seed, step, rowIds[r] ?? 0)) : row.indexOf(max);
    const { logSumExp, entropy } = rowStatistics(row, scale);
    ids[r] = id;
    logProbs[r] = (row[id] ?? 0) * scale - logSumExp;
    entropies[r] = entropy;
  }
  return [call.output([R], ids), call.output([R], logProbs), call.output([R], entropies)];
}

export const sampleTokensOps: readonly OpDefinition[] = [{ name: 'FSampleTokens', reference: sampleTokensReference }];

// Draws one token per row. Deterministic and the same on every backend, because after two roundings that every backend makes alike all
// is done in integers, whose sums do not depend on the order of adding:
//
// 1. Temperature 0: the first index of the largest logit. Log-probability and entropy are those of softmax(logits).
// 2. Otherwise integer weights w[i] near 2^22 exp((logit - largest) / temperature), so the largest is exactly 2^22:
//      q = trunc(max((logit - largest) * c, -31 * 2^16)), c = float32(2^16 log2(e) / temperature); one float32 difference and product
//      f = q mod 2^16, h = a cubic in f with 16-bit integers by Horner's rule, each product shifted down by 16 (2^f = 1 + f h)
//      w = (2^22 + ((h f) >> 10)) >> -floor(q / 2^16)
//    Relative error of a weight: 2.5e-5 and the rounding down to an integer; S is their sum.
// 3. Top-p (only when topP < 1), with P = round(topP 2^24). The kept set is {i : w[i] >= t} for the largest t whose kept sum is
//    >= floor(P S / 2^24): the smallest set of largest probabilities, ties kept together; t by bisection.
// 4. One uniform u = hash(seed, step, rowId) >> 8, 24 bits, with hash = pcg(seed ^ pcg(step ^ pcg(rowId))), all u32, where
//    pcg(v) = (w >> 22) ^ w, w = ((s >> ((s >> 28) + 4)) ^ s) * 277803737, s = v * 747796405 + 2891336453
//    (PCG-RXS-M-XS, Jarzynski and Olano, https://jcgt.org/published/0009/03/02/).
// 5. Inverse CDF in index order: the first kept i at which the running sum of kept weights exceeds floor(u * (their sum) / 2^24).
// logProbs and entropy are of the full softmax at the temperature, before top-p, in the backend's own arithmetic.
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { nth, runMultiOp } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape } from './shape-checks.ts';
import { Sampling } from './simd/assembly/sampling-numbers.ts';
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
 * @throws E-INTERNAL when V is above 2^18: the sums of weights would not be exact
 */
export function sampleTokens(logits: Tensor, rowIds: Tensor, step: number, settings: SamplingSettings): SampledTokens {
  assertShape('sampleTokens', 'logits', logits, [-1, -1]);
  assertShape('sampleTokens', 'rowIds', rowIds, [logits.shape[0] ?? 0]);
  assertVocabulary(logits.shape[1] ?? 0);
  const { temperature, topP, seed } = settings;
  const outputs = runMultiOp('FSampleTokens', { logits, rowIds }, { step, temperature, topP, seed: seed >>> 0 });
  return { ids: nth(outputs, 0), logProbs: nth(outputs, 1), entropy: nth(outputs, 2) };
}

function assertVocabulary(V: number): void {
  const largest: number = Sampling.largestVocabulary;
  if (V > largest) throw new WorkbenchError('E-INTERNAL', `sampleTokens: a vocabulary of ${V} is above the largest, ${largest}.`);
}

/** One round of the PCG permutation; u32 in, u32 out. */
export function pcg(v: number): number {
  const s = (Math.imul(v, 747796405) + 2891336453) >>> 0;
  const w = Math.imul(((s >>> ((s >>> 28) + 4)) ^ s) >>> 0, 277803737) >>> 0;
  return ((w >>> 22) ^ w) >>> 0;
}

/** The 24 random bits of one draw. */
export function sampleUniform(seed: number, step: number, rowId: number): number {
  return pcg((seed ^ pcg((step ^ pcg(rowId >>> 0)) >>> 0)) >>> 0) >>> 8;
}

/** c of point 2, a float32; finite however small the temperature. */
export const weightScale = (temperature: number): number => Math.min(Math.fround((65536 * Math.LOG2E) / temperature), 2 ** 100);

/** P of point 3. */
export const keptShare = (topP: number): number => Math.round(topP * Sampling.whole);

/** Weight of point 2: an integer from 0 to 2^22. */
export function sampleWeight(logit: number, largest: number, scale: number): number {
  const q = Math.trunc(Math.max(Math.fround(Math.fround(logit - largest) * scale), Sampling.least)) | 0;
  const f = q & 0xffff;
  const times = (h: number) => Math.floor((h * f) / 65536);
  const h = Sampling.exp1 + times(Sampling.exp2 + times(Sampling.exp3 + times(Sampling.exp4)));
  return (Sampling.one + Math.floor((h * f) / 1024)) >>> -(q >> 16);
}

/** floor(sum * share / 2^24) for sum < 2^40 and share <= 2^24, in two steps that doubles hold exactly. */
function shareOf(sum: number, share: number): number {
  const [high, low] = [share >>> 12, share & 4095];
  return Math.floor((sum * high + Math.floor((sum * low) / 4096)) / 4096);
}

const massFrom = (weights: Int32Array, t: number): number => weights.reduce((sum, w) => (w >= t ? sum + w : sum), 0);

/** Smallest kept weight of top-p (point 3); 0 keeps all. */
export function topPThreshold(weights: Int32Array, topP: number): number {
  if (topP >= 1) return 0;
  const share = keptShare(topP);
  const wanted = shareOf(massFrom(weights, 0), share);
  let [low, high] = [0, Sampling.one + 1];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (massFrom(weights, middle) >= wanted) low = middle;
    else high = middle;
  }
  return low;
}

function drawIndex(weights: Int32Array, topP: number, uniform: number): number {
  const threshold = topPThreshold(weights, topP);
  const goal = shareOf(massFrom(weights, threshold), uniform);
  let sum = 0;
  return weights.findIndex((w) => w >= threshold && (sum += w) > goal);
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
    const weights = () => Int32Array.from(row, (v) => sampleWeight(v, max, weightScale(temperature)));
    const id = temperature > 0 ? drawIndex(weights(), topP, sampleUniform(seed, step, rowIds[r] ?? 0)) : row.indexOf(max);
    const { logSumExp, entropy } = rowStatistics(row, scale);
    ids[r] = id;
    logProbs[r] = (row[id] ?? 0) * scale - logSumExp;
    entropies[r] = entropy;
  }
  return [call.output([R], ids), call.output([R], logProbs), call.output([R], entropies)];
}

export const sampleTokensOps: readonly OpDefinition[] = [{ name: 'FSampleTokens', reference: sampleTokensReference }];

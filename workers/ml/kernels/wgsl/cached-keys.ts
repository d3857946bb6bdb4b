// One query against the keys and values of a cache, as the text of decoding kernels. In scope: registers q0.. (scaled), K, V,
// firstKey and keyStride; for a workgroup's text also `scores` and `shares` (`SHARED_SCORES`).
import { range, unroll } from './lanes.ts';
import type { Lanes } from './lanes.ts';

export const UNIFORMS = { units: 'i32', H: 'i32', KV: 'i32', M: 'i32', scale: 'f32' } as const;
/** Scores of a shared kernel live in workgroup memory: 8 KiB. */
export const MAX_SHARED_SCORES = 2048;
export const SHARED_SCORES = `var<workgroup> scores: array<f32, ${MAX_SHARED_SCORES}>;\nvar<workgroup> shares: array<f32, 64>;`;

/** Elements of one head. */
export interface HeadParts {
  lanes: Lanes;
  parts: number;
}

const scoreOf = ({ lanes, parts }: HeadParts, key: string): string =>
  range(parts)
    .map((n) => lanes.dot(`q${n}`, `K[${key} + ${n}]`))
    .join(' + ');

/** One thread, online softmax: goes on from `largest`, `total` and registers sum0.. over the first `count` keys. */
export const onlineSoftmax = (head: HeadParts, count: string): string => `
  for (var j = 0; j < ${count}; j++) {
    let key = firstKey + j * keyStride;
    let score = ${scoreOf(head, 'key')};
    let next = max(largest, score);
    let shrink = exp(largest - next);
    let p = exp(score - next);
    total = total * shrink + p;
    ${unroll(head.parts, (n) => `sum${n} = sum${n} * shrink + p * V[key + ${n}];`)}
    largest = next;
  }
  ${unroll(head.parts, (n) => `Out[at + ${n}] = sum${n} / total;`)}`;

/** A workgroup: threads share the first `count` keys. Leaves exp(score - largest) in `scores`. @param least at least this is the largest */
export const sharedSoftmax = (head: HeadParts, count: string, least: string): string => `
  var own = ${least};
  for (var j = lane; j < ${count}; j += 64) {
    let key = firstKey + j * keyStride;
    let score = ${scoreOf(head, 'key')};
    scores[j] = score;
    own = max(own, score);
  }
  shares[lane] = own;
  workgroupBarrier();
  var largest = ${least};
  for (var i = 0; i < 64; i++) { largest = max(largest, shares[i]); }
  for (var j = lane; j < ${count}; j += 64) { scores[j] = exp(scores[j] - largest); }
  workgroupBarrier();`;

/** Then the threads share the elements of the values' sum, which goes on from `sum` and `total`, registers of these texts. */
export const sharedValues = ({ parts }: HeadParts, count: string, sum: string, total: string): string => `
  for (var n = lane; n < ${parts}; n += 64) {
    var sum = ${sum};
    var total = ${total};
    for (var j = 0; j < ${count}; j++) {
      sum += scores[j] * V[firstKey + j * keyStride + n];
      total += scores[j];
    }
    Out[at + n] = sum / total;
  }`;

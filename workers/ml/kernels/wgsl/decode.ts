// Decoding: one row of keys or values into the cache, and attention of one query per sequence against it.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import type { WgslProgram } from '../../backends/webgpu/wgsl-program.ts';
import { sizeOf } from '../define-op.ts';
import { runElementwise } from './elementwise.ts';
import { lanesFor, range, unroll } from './lanes.ts';
import type { Lanes } from './lanes.ts';
import { groupsFor, registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerDecode(): void {
  registerWgslKernel('FCacheWrite', cacheWrite);
  registerWgslKernel('FDecodeAttention', decodeAttention);
}

function cacheWrite(call: WgslCall): TensorInfo[] {
  const [, M = 0, C = 0] = call.shape('cache');
  const lanes = lanesFor(C);
  runElementwise(call, {
    key: `cacheWrite ${lanes.key}`,
    slots: [writes('cache', lanes.element), reads('x', lanes.element), reads('positions', 'i32')],
    tensors: [call.input('cache'), call.input('x'), call.input('positions')],
    count: sizeOf(call.shape('x')) / lanes.size,
    uniforms: { columns: 'i32', M: 'i32' },
    values: { columns: C / lanes.size, M },
    body: `
  let r = i / u.columns;
  cache[(r * u.M + positions[r]) * u.columns + i % u.columns] = x[i];`,
  });
  return [];
}

interface DecodeHeads {
  D: number;
  lanes: Lanes;
  parts: number;
}

const UNIFORMS = { units: 'i32', H: 'i32', KV: 'i32', M: 'i32', scale: 'f32' } as const;
/** Scores of a shared kernel live in workgroup memory: 8 KiB. */
export const MAX_SHARED_SCORES = 2048;

function decodeAttention(call: WgslCall): TensorInfo {
  const [R = 0, C = 0] = call.shape('q');
  const M = call.shape('kCache')[1] ?? 0;
  const [H, KV] = [call.number('numHeads'), call.number('numKeyValueHeads')];
  const lanes = lanesFor(C / H);
  const heads = { D: C / H, lanes, parts: C / H / lanes.size };
  const out = call.output([R, C]);
  const shared = call.runner.prefersTiles && M <= MAX_SHARED_SCORES;
  call.run({
    key: `decodeAttention ${heads.D} ${shared}`,
    build: () => (shared ? sharedProgram(heads) : threadProgram(heads)),
    tensors: [call.input('q'), call.input('kCache'), call.input('vCache'), call.input('lengths'), out],
    uniforms: { units: R * H, H, KV, M, scale: 1 / Math.sqrt(heads.D) },
    groups: [shared ? R * H : groupsFor(R * H, 4)],
  });
  return out;
}

const slotsOf = ({ lanes }: DecodeHeads): WgslProgram['slots'] => [
  reads('Q', lanes.element),
  reads('K', lanes.element),
  reads('V', lanes.element),
  reads('lengths', 'i32'),
  writes('Out', lanes.element),
];

/** Addresses of (sequence, head) number `unit`. */
const addresses = ({ parts }: DecodeHeads): string => `
  let r = unit / u.H;
  let h = unit % u.H;
  let at = unit * ${parts};
  let keyStride = u.KV * ${parts};
  let firstKey = r * u.M * keyStride + (h * u.KV / u.H) * ${parts};
  let length = lengths[r];`;

const scoreAt = ({ lanes, parts }: DecodeHeads, key: string): string =>
  range(parts)
    .map((n) => lanes.dot(`q${n}`, `K[${key} + ${n}]`))
    .join(' + ');

/** One thread per (sequence, head), online softmax. */
function threadProgram(heads: DecodeHeads): WgslProgram {
  const { lanes, parts } = heads;
  const body = `
  let unit = index;
  if (unit >= u.units) { return; }
  ${addresses(heads)}
  ${unroll(parts, (n) => `let q${n} = Q[at + ${n}] * u.scale; var sum${n} = ${lanes.zero};`)}
  var largest = -1e30;
  var total = 0.0;
  for (var j = 0; j < length; j++) {
    let key = firstKey + j * keyStride;
    let score = ${scoreAt(heads, 'key')};
    let next = max(largest, score);
    let shrink = exp(largest - next);
    let p = exp(score - next);
    total = total * shrink + p;
    ${unroll(parts, (n) => `sum${n} = sum${n} * shrink + p * V[key + ${n}];`)}
    largest = next;
  }
  ${unroll(parts, (n) => `Out[at + ${n}] = sum${n} / total;`)}`;
  return { slots: slotsOf(heads), uniforms: UNIFORMS, workgroup: [4, 1, 1], body };
}

/** A workgroup per (sequence, head): threads share the keys for the scores, then the elements of the value sum. */
function sharedProgram(heads: DecodeHeads): WgslProgram {
  const { lanes, parts } = heads;
  const body = `
  let unit = i32(wid.x);
  ${addresses(heads)}
  ${unroll(parts, (n) => `let q${n} = Q[at + ${n}] * u.scale;`)}
  var own = -1e30;
  for (var j = lane; j < length; j += 64) {
    let key = firstKey + j * keyStride;
    let score = ${scoreAt(heads, 'key')};
    scores[j] = score;
    own = max(own, score);
  }
  shares[lane] = own;
  workgroupBarrier();
  var largest = -1e30;
  for (var i = 0; i < 64; i++) { largest = max(largest, shares[i]); }
  for (var j = lane; j < length; j += 64) { scores[j] = exp(scores[j] - largest); }
  workgroupBarrier();
  for (var n = lane; n < ${parts}; n += 64) {
    var sum = ${lanes.zero};
    var total = 0.0;
    for (var j = 0; j < length; j++) {
      sum += scores[j] * V[firstKey + j * keyStride + n];
      total += scores[j];
    }
    Out[at + n] = sum / total;
  }`;
  const declarations = `var<workgroup> scores: array<f32, ${MAX_SHARED_SCORES}>;\nvar<workgroup> shares: array<f32, 64>;`;
  return { slots: slotsOf(heads), uniforms: UNIFORMS, workgroup: [64, 1, 1], declarations, body };
}

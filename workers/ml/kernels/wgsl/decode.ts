// Decoding: one row of keys or values into the cache, and attention of one query per sequence against it.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import type { WgslProgram } from '../../backends/webgpu/wgsl-program.ts';
import { sizeOf } from '../define-op.ts';
import { MAX_SHARED_SCORES, onlineSoftmax, SHARED_SCORES, sharedSoftmax, sharedValues, UNIFORMS } from './cached-keys.ts';
import type { HeadParts } from './cached-keys.ts';
import { runElementwise } from './elementwise.ts';
import { lanesFor, unroll } from './lanes.ts';
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

function decodeAttention(call: WgslCall): TensorInfo {
  const [R = 0, C = 0] = call.shape('q');
  const M = call.shape('kCache')[1] ?? 0;
  const [H, KV] = [call.number('numHeads'), call.number('numKeyValueHeads')];
  const D = C / H;
  const lanes = lanesFor(D);
  const head = { lanes, parts: D / lanes.size };
  const out = call.output([R, C]);
  const shared = call.runner.prefersTiles && M <= MAX_SHARED_SCORES;
  call.run({
    key: `decodeAttention ${D} ${shared}`,
    build: () => (shared ? sharedProgram(head) : threadProgram(head)),
    tensors: [call.input('q'), call.input('kCache'), call.input('vCache'), call.input('lengths'), out],
    uniforms: { units: R * H, H, KV, M, scale: 1 / Math.sqrt(D) },
    groups: [shared ? R * H : groupsFor(R * H, 4)],
  });
  return out;
}

const slotsOf = ({ lanes }: HeadParts): WgslProgram['slots'] => [
  reads('Q', lanes.element),
  reads('K', lanes.element),
  reads('V', lanes.element),
  reads('lengths', 'i32'),
  writes('Out', lanes.element),
];

/** Addresses of (sequence, head) number `unit`. */
const addresses = ({ parts }: HeadParts): string => `
  let r = unit / u.H;
  let h = unit % u.H;
  let at = unit * ${parts};
  let keyStride = u.KV * ${parts};
  let firstKey = r * u.M * keyStride + (h * u.KV / u.H) * ${parts};
  let length = lengths[r];`;

/** One thread per (sequence, head), online softmax. */
function threadProgram(head: HeadParts): WgslProgram {
  const { lanes, parts } = head;
  const body = `
  let unit = index;
  if (unit >= u.units) { return; }
  ${addresses(head)}
  ${unroll(parts, (n) => `let q${n} = Q[at + ${n}] * u.scale; var sum${n} = ${lanes.zero};`)}
  var largest = -1e30;
  var total = 0.0;
  ${onlineSoftmax(head, 'length')}`;
  return { slots: slotsOf(head), uniforms: UNIFORMS, workgroup: [4, 1, 1], body };
}

/** A workgroup per (sequence, head): threads share the keys for the scores, then the elements of the value sum. */
function sharedProgram(head: HeadParts): WgslProgram {
  const body = `
  let unit = i32(wid.x);
  ${addresses(head)}
  ${unroll(head.parts, (n) => `let q${n} = Q[at + ${n}] * u.scale;`)}
  ${sharedSoftmax(head, 'length', '-1e30')}
  ${sharedValues(head, 'length', head.lanes.zero, '0.0')}`;
  return { slots: slotsOf(head), uniforms: UNIFORMS, workgroup: [64, 1, 1], declarations: SHARED_SCORES, body };
}

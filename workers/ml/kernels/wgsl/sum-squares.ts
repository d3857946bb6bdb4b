// Sums of squares for gradient clipping: several tensors per dispatch into partial sums, then one sum of those.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import type { UniformType, WgslProgram } from '../../backends/webgpu/wgsl-program.ts';
import { sizeOf } from '../define-op.ts';
import { lanesFor, range } from './lanes.ts';
import type { Lanes } from './lanes.ts';
import { registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerSumSquares(): void {
  registerWgslKernel('FSumSquares', (call) => totalOf(call, [call.input('x')]));
  registerWgslKernel('FTotalSquares', (call) => totalOf(call, call.inputs()));
}

/** With the output these are the eight storage buffers that every adapter has. */
const TENSORS_PER_DISPATCH = 7;
/** Workgroups that share one tensor. */
const SHARERS = 16;
const THREADS = 128;

function totalOf(call: WgslCall, tensors: readonly TensorInfo[]): TensorInfo {
  const [total, partial] = [call.output([1]), call.output([tensors.length * SHARERS])];
  for (let first = 0; first < tensors.length; first += TENSORS_PER_DISPATCH) {
    addPartials(call, tensors.slice(first, first + TENSORS_PER_DISPATCH), partial, first);
  }
  call.run({
    key: 'sumSquares total',
    build: totalProgram,
    tensors: [partial, total],
    uniforms: { count: sizeOf(partial.shape) },
    groups: [1],
  });
  call.runner.release(partial);
  return total;
}

function addPartials(call: WgslCall, tensors: readonly TensorInfo[], partial: TensorInfo, first: number): void {
  const sizes = tensors.map(({ shape }) => sizeOf(shape));
  const lanes = lanesFor(...sizes);
  call.run({
    key: `sumSquares ${tensors.length} ${lanes.key}`,
    build: () => partialProgram(tensors.length, lanes),
    tensors: [...tensors, partial],
    uniforms: { first, ...Object.fromEntries(sizes.map((size, i) => [`size${i}`, size / lanes.size])) },
    groups: [SHARERS, tensors.length],
  });
}

const SHARES = `var<workgroup> shares: array<f32, ${THREADS}>;`;

/** WGSL: leaves the sum of every thread's `total` with thread 0, the others return. */
const GATHER = `
  shares[lane] = total;
  workgroupBarrier();
  if (lane != 0) { return; }
  for (var k = 1; k < ${THREADS}; k++) { total += shares[k]; }`;

/** Workgroup (x, y) adds up its share of tensor y. */
function partialProgram(count: number, lanes: Lanes): WgslProgram {
  const walk = (t: number): string =>
    `case ${t}: { for (var i = start; i < u.size${t}; i += ${SHARERS * THREADS}) { let v = x${t}[i]; total += ${lanes.dot('v', 'v')}; } }`;
  const body = `
  let start = i32(wid.x) * ${THREADS} + lane;
  var total = 0.0;
  switch (i32(wid.y)) {
    ${range(count).map(walk).join('\n    ')}
    default: {}
  }
  ${GATHER}
  sums[(u.first + i32(wid.y)) * ${SHARERS} + i32(wid.x)] = total;`;
  const uniforms: Record<string, UniformType> = {
    first: 'i32',
    ...Object.fromEntries(range(count).map((t) => [`size${t}`, 'i32' as const])),
  };
  const slots = [...range(count).map((t) => reads(`x${t}`, lanes.element)), writes('sums', 'f32')];
  return { slots, uniforms, workgroup: [THREADS, 1, 1], declarations: SHARES, body };
}

function totalProgram(): WgslProgram {
  const body = `
  var total = 0.0;
  for (var i = lane; i < u.count; i += ${THREADS}) { total += sums[i]; }
  ${GATHER}
  result[0] = total;`;
  const slots = [reads('sums', 'f32'), writes('result', 'f32')];
  return { slots, uniforms: { count: 'i32' }, workgroup: [THREADS, 1, 1], declarations: SHARES, body };
}

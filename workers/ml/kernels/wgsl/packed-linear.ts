// Linear layer for decoding. The weight is transposed once to [K, O] so that neighbouring threads read neighbouring
// addresses; columns are padded with zeros to a multiple of 4.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import type { WgslProgram } from '../../backends/webgpu/wgsl-program.ts';
import { rowsOf, width } from '../define-op.ts';
import { runElementwise } from './elementwise.ts';
import { unroll } from './lanes.ts';
import { groupsFor, registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerPackedLinear(): void {
  registerWgslKernel('FPackLinear', pack);
  registerWgslKernel('FPackedLinear', apply);
}

function pack(call: WgslCall): TensorInfo {
  const [O = 0, K = 0] = call.shape('weight');
  const columns = groupsFor(O, 4) * 4;
  const packed = call.output([K, columns]);
  runElementwise(call, {
    key: 'packLinear',
    slots: [reads('weight', 'f32'), writes('packed', 'f32')],
    tensors: [call.input('weight'), packed],
    count: K * columns,
    uniforms: { O: 'i32', K: 'i32', columns: 'i32' },
    values: { O, K, columns },
    body: `
  let o = i % u.columns;
  packed[i] = select(0.0, weight[min(o, u.O - 1) * u.K + i / u.columns], o < u.O);`,
  });
  return packed;
}

const ROWS = 4;

function apply(call: WgslCall): TensorInfo {
  const shape = call.shape('x');
  const [N, K, O] = [rowsOf(shape), width(shape), call.number('outFeatures')];
  const y = call.output([...shape.slice(0, -1), O]);
  const shared = call.runner.prefersTiles;
  const rows = N === 1 ? 1 : ROWS;
  call.run({
    key: `packedLinear ${rows} ${shared}`,
    build: () => (shared ? sharedProgram(rows) : threadProgram(rows)),
    tensors: [call.input('x'), call.input('packed'), y],
    uniforms: { N, K, O, columns: groupsFor(O, 4) },
    groups: [groupsFor(groupsFor(O, 4), shared ? SHARED_COLUMNS : 32), groupsFor(N, rows)],
  });
  return y;
}

const SLOTS = [reads('x', 'f32'), reads('packed', 'vec4f'), writes('y', 'f32')];
const UNIFORMS = { N: 'i32', K: 'i32', O: 'i32', columns: 'i32' } as const;

/** Adds x[k] w[k] over k = from, from + step, ... to acc0..acc(rows-1), four output columns each. */
const accumulate = (rows: number, from: string, step: number): string => `
  let r = i32(wid.y) * ${rows};
  ${unroll(rows, (i) => `let x${i} = min(r + ${i}, u.N - 1) * u.K; var acc${i} = vec4f();`)}
  for (var k = ${from}; k < u.K; k += ${step}) {
    let w = packed[k * u.columns + c];
    ${unroll(rows, (i) => `acc${i} += x[x${i} + k] * w;`)}
  }`;

const store = (rows: number): string =>
  unroll(rows, (i) => `if (r + ${i} < u.N) { for (var j = 0; j < min(4, u.O - c * 4); j++) { y[(r + ${i}) * u.O + c * 4 + j] = acc${i}[j]; } }`);

function threadProgram(rows: number): WgslProgram {
  const body = `
  let c = i32(gid.x);
  if (c >= u.columns) { return; }
  ${accumulate(rows, '0', 1)}
  ${store(rows)}`;
  return { slots: SLOTS, uniforms: UNIFORMS, workgroup: [32, 1, 1], body };
}

const SHARED_COLUMNS = 8;
const SPLIT = 16;

/** 8 x 4 columns per workgroup; 16 threads split K and add up through workgroup memory. */
function sharedProgram(rows: number): WgslProgram {
  const threads = SHARED_COLUMNS * SPLIT;
  const body = `
  let column = i32(wid.x) * ${SHARED_COLUMNS} + lane % ${SHARED_COLUMNS};
  let c = min(column, u.columns - 1);
  ${accumulate(rows, `lane / ${SHARED_COLUMNS}`, SPLIT)}
  ${unroll(rows, (i) => `shares[${i * threads} + lane] = acc${i};`)}
  workgroupBarrier();
  if (lane >= ${SHARED_COLUMNS} || column >= u.columns) { return; }
  for (var s = 1; s < ${SPLIT}; s++) { ${unroll(rows, (i) => `acc${i} += shares[${i * threads} + s * ${SHARED_COLUMNS} + lane];`)} }
  ${store(rows)}`;
  const declarations = `var<workgroup> shares: array<vec4f, ${rows * threads}>;`;
  return { slots: SLOTS, uniforms: UNIFORMS, workgroup: [threads, 1, 1], declarations, body };
}

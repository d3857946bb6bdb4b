// Kernels that work row by row with sums over the row: norms, softmax statistics, sampling. One body serves two ways:
//   thread     one thread walks a whole row; no barriers, best on software adapters
//   workgroup  the threads of a workgroup share a row and reduce through workgroup memory; real GPUs
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Slot, UniformType, WgslProgram } from '../../backends/webgpu/wgsl-program.ts';
import type { WgslRunner } from '../../backends/webgpu/wgsl-runner.ts';
import { linearGroups } from './wgsl-call.ts';

/** The words in which a body is written; every member is WGSL text. */
export interface RowWords {
  /** Threads that share a row. */
  sharers: number;
  /** `for` head over this thread's share of 0..limit-1. */
  each(variable: string, limit: string): string;
  /** Sum over the row of a per-thread f32. */
  total(value: string): string;
  /** Maximum over the row of a per-thread f32. */
  largest(value: string): string;
  /** Sum over the row of a per-thread vec2u. */
  count(value: string): string;
  /** Sum over the sharers in front of this one of a per-thread vec2u. */
  countBefore(value: string): string;
  /** Makes what one sharer wrote to storage visible to the others. */
  settle: string;
  /** Whether this thread writes the row's single results. */
  leads: string;
  /** This thread's number among the sharers. */
  share: string;
}

export interface RowKernel {
  key: string;
  slots: readonly Slot[];
  tensors: readonly TensorInfo[];
  /** `rows` is added. */
  uniforms: Readonly<Record<string, UniformType>>;
  values: Readonly<Record<string, number>>;
  rows: number;
  declarations?: string;
  volatile?: boolean;
  /** In scope: `r` (row), `u`. */
  body: (row: RowWords) => string;
}

const THREAD: RowWords = {
  sharers: 1,
  each: (variable, limit) => `for (var ${variable} = 0; ${variable} < ${limit}; ${variable}++)`,
  total: (value) => value,
  largest: (value) => value,
  count: (value) => value,
  countBefore: () => 'vec2u()',
  settle: '',
  leads: 'true',
  share: '0',
};

const SHARERS = 64;

const WORKGROUP: RowWords = {
  sharers: SHARERS,
  each: (variable, limit) => `for (var ${variable} = lane; ${variable} < ${limit}; ${variable} += ${SHARERS})`,
  total: (value) => `rowTotal(lane, ${value})`,
  largest: (value) => `rowLargest(lane, ${value})`,
  count: (value) => `rowCount(lane, ${value})`,
  countBefore: (value) => `rowCountBefore(lane, ${value})`,
  settle: 'storageBarrier();',
  leads: 'lane == 0',
  share: 'lane',
};

export function runRows(runner: WgslRunner, kernel: RowKernel): void {
  const shared = runner.prefersTiles;
  runner.run({
    key: `rows ${kernel.key} ${shared}`,
    build: () => (shared ? workgroupProgram(kernel) : threadProgram(kernel)),
    tensors: kernel.tensors,
    uniforms: { rows: kernel.rows, ...kernel.values },
    groups: linearGroups(kernel.rows, shared ? 1 : SHARERS),
    volatile: kernel.volatile,
  });
}

function threadProgram(kernel: RowKernel): WgslProgram {
  const body = `
  let r = index;
  if (r >= u.rows) { return; }
  ${kernel.body(THREAD)}`;
  return { ...shell(kernel), declarations: kernel.declarations, body };
}

function workgroupProgram(kernel: RowKernel): WgslProgram {
  const body = `
  let r = i32(wid.x + wid.y * groups.x);
  if (r >= u.rows) { return; }
  ${kernel.body(WORKGROUP)}`;
  return { ...shell(kernel), declarations: `${REDUCTIONS}\n${kernel.declarations ?? ''}`, body };
}

function shell(kernel: RowKernel): Pick<WgslProgram, 'slots' | 'uniforms' | 'workgroup'> {
  return { slots: kernel.slots, uniforms: { rows: 'i32', ...kernel.uniforms }, workgroup: [SHARERS, 1, 1] };
}

/** The leading barrier lets one reduction follow another: nobody overwrites what a neighbour still reads. */
const reduction = (name: string, type: string, shares: string, combine: string): string => `
fn ${name}(lane: i32, value: ${type}) -> ${type} {
  workgroupBarrier();
  ${shares}[lane] = value;
  workgroupBarrier();
  for (var k = ${SHARERS / 2}; k > 0; k /= 2) {
    if (lane < k) { ${shares}[lane] = ${combine}; }
    workgroupBarrier();
  }
  return ${shares}[0];
}`;

const REDUCTIONS = `var<workgroup> rowShares: array<f32, ${SHARERS}>;
var<workgroup> rowCounts: array<vec2u, ${SHARERS}>;
${reduction('rowTotal', 'f32', 'rowShares', 'rowShares[lane] + rowShares[lane + k]')}
${reduction('rowLargest', 'f32', 'rowShares', 'max(rowShares[lane], rowShares[lane + k])')}
${reduction('rowCount', 'vec2u', 'rowCounts', 'rowCounts[lane] + rowCounts[lane + k]')}
fn rowCountBefore(lane: i32, value: vec2u) -> vec2u {
  workgroupBarrier();
  rowCounts[lane] = value;
  workgroupBarrier();
  var sum = vec2u();
  for (var k = 0; k < lane; k++) { sum += rowCounts[k]; }
  return sum;
}`;

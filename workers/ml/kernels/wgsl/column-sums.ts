// Sums over rows, the shape of every bias and affine gradient. tfjs' sum over a leading axis is up to 20 times slower here.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import type { Slot, WgslProgram } from '../../backends/webgpu/wgsl-program.ts';
import type { WgslRunner } from '../../backends/webgpu/wgsl-runner.ts';
import { lanesFor } from './lanes.ts';
import type { Lanes } from './lanes.ts';
import { groupsFor } from './wgsl-call.ts';

export interface ColumnSum {
  /** Names the term in the pipeline's key. */
  key: string;
  /** Slots that the term reads; a matrix slot has the lanes of `width`. */
  inputs: readonly { slot: Slot; tensor: TensorInfo }[];
  /** WGSL for one addend, lane-typed; in scope `i` (element index) and `r` (row). */
  term: string;
  rows: number;
  width: number;
}

const CHUNK = 64;
/** Up to here one thread walks a whole column. */
const ONE_PASS_ROWS = 2 * CHUNK;
/** Below this many rows a column is not worth sharing. */
const SHARED_ROWS = 8;

/** @returns [width], owned by the caller */
export function columnSum(runner: WgslRunner, sum: ColumnSum): TensorInfo {
  if (runner.prefersTiles) return onePass(runner, sum, sum.rows > SHARED_ROWS);
  return sum.rows <= ONE_PASS_ROWS ? onePass(runner, sum, false) : twoPasses(runner, sum);
}

/** Plain column sums of one [rows, width] matrix. */
export function sumOfRows(matrix: TensorInfo, rows: number, width: number): ColumnSum {
  const slot = reads('x', lanesFor(width).element);
  return { key: 'plain', inputs: [{ slot, tensor: matrix }], term: 'x[i]', rows, width };
}

/** `shared`: 16 threads share a column and add up through workgroup memory. */
function onePass(runner: WgslRunner, sum: ColumnSum, shared: boolean): TensorInfo {
  const out = runner.output([sum.width]);
  runChunks(runner, sum, shared, sum.rows, out);
  return out;
}

function twoPasses(runner: WgslRunner, sum: ColumnSum): TensorInfo {
  const chunks = groupsFor(sum.rows, CHUNK);
  const partial = runner.output([chunks, sum.width]);
  runChunks(runner, sum, false, CHUNK, partial);
  const total = columnSum(runner, sumOfRows(partial, chunks, sum.width));
  runner.release(partial);
  return total;
}

function runChunks(runner: WgslRunner, sum: ColumnSum, shared: boolean, chunk: number, out: TensorInfo): void {
  const lanes = lanesFor(sum.width);
  runner.run({
    key: `columns ${sum.key} ${lanes.key} ${shared}`,
    build: () => (shared ? sharedProgram(sum, lanes) : chunkProgram(sum, lanes)),
    tensors: [...sum.inputs.map((input) => input.tensor), out],
    uniforms: { rows: sum.rows, columns: sum.width / lanes.size, chunk },
    groups: [groupsFor(sum.width / lanes.size, 16), groupsFor(sum.rows, chunk)],
  });
}

const slotsOf = (sum: ColumnSum, lanes: Lanes): Slot[] => [...sum.inputs.map((input) => input.slot), writes('sums', lanes.element)];

const UNIFORMS = { rows: 'i32', columns: 'i32', chunk: 'i32' } as const;

/** Thread (column, chunk) adds up its rows; output row = chunk. */
function chunkProgram(sum: ColumnSum, lanes: Lanes): WgslProgram {
  const body = `
  let c = i32(gid.x);
  if (c >= u.columns) { return; }
  let first = i32(wid.y) * u.chunk;
  var total = ${lanes.zero};
  for (var r = first; r < min(first + u.chunk, u.rows); r++) {
    let i = r * u.columns + c;
    total += ${sum.term};
  }
  sums[i32(wid.y) * u.columns + c] = total;`;
  return { slots: slotsOf(sum, lanes), uniforms: UNIFORMS, workgroup: [16, 1, 1], body };
}

function sharedProgram(sum: ColumnSum, lanes: Lanes): WgslProgram {
  const body = `
  let c = i32(wid.x) * 16 + lane % 16;
  var total = ${lanes.zero};
  for (var r = lane / 16; r < u.rows; r += 16) {
    let i = r * u.columns + min(c, u.columns - 1);
    total += ${sum.term};
  }
  shares[lane] = total;
  workgroupBarrier();
  if (lane >= 16 || c >= u.columns) { return; }
  for (var k = 1; k < 16; k++) { total += shares[k * 16 + lane]; }
  sums[c] = total;`;
  const declarations = `var<workgroup> shares: array<${lanes.element}, 256>;`;
  return { slots: slotsOf(sum, lanes), uniforms: UNIFORMS, workgroup: [256, 1, 1], declarations, body };
}

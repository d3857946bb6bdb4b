// Table look-up and its gradient. WGSL has no float atomics, so the gradient gathers: each table element walks the ids.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import { sizeOf, width } from '../define-op.ts';
import { runElementwise } from './elementwise.ts';
import { lanesFor } from './lanes.ts';
import { registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerEmbedding(): void {
  registerWgslKernel('FEmbedding', embedding);
  registerWgslKernel('FEmbeddingGrad', embeddingGrad);
}

function embedding(call: WgslCall): TensorInfo {
  const C = width(call.shape('table'));
  const lanes = lanesFor(C);
  const y = call.output([...call.shape('ids'), C]);
  runElementwise(call, {
    key: `embedding ${lanes.key}`,
    slots: [reads('table', lanes.element), reads('ids', 'i32'), writes('y', lanes.element)],
    tensors: [call.input('table'), call.input('ids'), y],
    count: sizeOf(y.shape) / lanes.size,
    uniforms: { columns: 'i32' },
    values: { columns: C / lanes.size },
    body: 'y[i] = table[ids[i / u.columns] * u.columns + i % u.columns];',
  });
  return y;
}

function embeddingGrad(call: WgslCall): TensorInfo {
  const [C, V] = [width(call.shape('dy')), call.number('numRows')];
  const lanes = lanesFor(C);
  const dTable = call.output([V, C]);
  const byRow = !call.runner.prefersTiles;
  runElementwise(call, {
    key: `embeddingGrad ${lanes.key} ${byRow}`,
    slots: [reads('dy', lanes.element), reads('ids', 'i32'), writes('dTable', lanes.element)],
    tensors: [call.input('dy'), call.input('ids'), dTable],
    count: byRow ? V : (V * C) / lanes.size,
    uniforms: { columns: 'i32', tokens: 'i32' },
    values: { columns: C / lanes.size, tokens: sizeOf(call.shape('ids')) },
    body: byRow ? gatherRow(lanes.zero) : gatherElement(lanes.zero),
  });
  return dTable;
}

/** Thread = table row: the ids are compared once per row, which is what costs on a software adapter. */
const gatherRow = (zero: string): string => `
  let row = i * u.columns;
  for (var c = 0; c < u.columns; c++) { dTable[row + c] = ${zero}; }
  for (var n = 0; n < u.tokens; n++) {
    if (ids[n] != i) { continue; }
    for (var c = 0; c < u.columns; c++) { dTable[row + c] += dy[n * u.columns + c]; }
  }`;

/** Thread = table element: neighbours compare the same id and read neighbouring addresses. */
const gatherElement = (zero: string): string => `
  let id = i / u.columns;
  var total = ${zero};
  for (var n = 0; n < u.tokens; n++) {
    if (ids[n] == id) { total += dy[n * u.columns + i % u.columns]; }
  }
  dTable[i] = total;`;

// Table look-up with a gradient that adds rows up (tfjs' own gather gradient is far slower).
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { nth, runOp } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape } from './shape-checks.ts';

/**
 * @param table [V, C], borrowed
 * @param ids int32 [...], each in 0..V-1, borrowed
 * @returns [..., C]; gradient for the table
 */
export function embedding(table: Tensor, ids: Tensor): Tensor {
  assertShape('embedding', 'table', table, [-1, -1]);
  return runOp('FEmbedding', { table, ids }, { numRows: table.shape[0] ?? 0 });
}

function embeddingReference(call: ReferenceCall): TensorInfo {
  const [table, ids, C] = [call.floats('table'), call.ints('ids'), call.shape('table')[1] ?? 0];
  const y = new Float32Array(ids.length * C);
  ids.forEach((id, n) => y.set(table.subarray(id * C, (id + 1) * C), n * C));
  return call.output([...call.shape('ids'), C], y);
}

function gradReference(call: ReferenceCall): TensorInfo {
  const [dy, ids, V] = [call.floats('dy'), call.ints('ids'), call.number('numRows')];
  const C = call.shape('dy').at(-1) ?? 0;
  const dTable = new Float64Array(V * C);
  ids.forEach((id, n) => {
    for (let c = 0; c < C; c++) dTable[id * C + c] = (dTable[id * C + c] ?? 0) + (dy[n * C + c] ?? 0);
  });
  return call.output([V, C], Float32Array.from(dTable));
}

export const embeddingOps: readonly OpDefinition[] = [
  {
    name: 'FEmbedding',
    reference: embeddingReference,
    gradient: {
      inputsToSave: ['ids'],
      gradFunc: (dys, saved, attrs) => ({ table: () => runOp('FEmbeddingGrad', { dy: nth(dys, 0), ids: nth(saved, 0) }, attrs) }),
    },
  },
  { name: 'FEmbeddingGrad', reference: gradReference },
];

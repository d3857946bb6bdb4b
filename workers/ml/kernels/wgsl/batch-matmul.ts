// Replaces tfjs' webgpu BatchMatMul: its programs use workgroup barriers throughout, which software adapters run one to two
// orders of magnitude slower. matMul's gradient calls matMul, so it follows.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../define-op.ts';
import type { KernelCallParams } from '../define-op.ts';
import { runProducts } from './matmul.ts';
import { runnerOf } from '../../backends/webgpu/wgsl-runner.ts';

/** Serves all but other dtypes, mixed batch shapes and empty operands. */
export function batchMatMul(params: KernelCallParams): TensorInfo | undefined {
  const { a, b } = params.inputs;
  if (!a || !b) return undefined;
  const plan = planOf(a, b, params.attrs?.['transposeA'] === true, params.attrs?.['transposeB'] === true);
  if (!plan) return undefined;
  const runner = runnerOf(params.backend);
  const { batchShape, m, n, k, batches, ...transposes } = plan;
  const out = runner.output([...batchShape, m, n]);
  runProducts(runner, { outputs: [{ out, m, n, terms: [{ a, b, k }] }], batches: batches.count > 1 ? batches : undefined, ...transposes });
  return out;
}

interface Plan {
  batchShape: number[];
  m: number;
  n: number;
  k: number;
  transposeA: boolean;
  transposeB: boolean;
  batches: { count: number; ofA: boolean; ofB: boolean };
}

function planOf(a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean): Plan | undefined {
  const [aRows = 0, aColumns = 0] = a.shape.slice(-2);
  const [bRows = 0, bColumns = 0] = b.shape.slice(-2);
  const batchesA = sizeOf(a.shape.slice(0, -2));
  const batchesB = sizeOf(b.shape.slice(0, -2));
  const simple = batchesA === batchesB || batchesA === 1 || batchesB === 1;
  const empty = sizeOf(a.shape) * sizeOf(b.shape) === 0;
  if (!simple || empty || a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
  return {
    batchShape: longerBatch(a, b),
    m: transposeA ? aColumns : aRows,
    n: transposeB ? bRows : bColumns,
    k: transposeA ? aRows : aColumns,
    transposeA,
    transposeB,
    batches: { count: Math.max(batchesA, batchesB), ofA: batchesA > 1, ofB: batchesB > 1 },
  };
}

/** Leading axes of the result: those of the operand with more of them, or with the larger ones. */
function longerBatch(a: TensorInfo, b: TensorInfo): number[] {
  const [first, second] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  if (first.length !== second.length) return sizeOf(first) > sizeOf(second) || first.length > second.length ? first : second;
  return sizeOf(first) >= sizeOf(second) ? first : second;
}

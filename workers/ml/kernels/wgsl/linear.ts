// Linear layer and its gradients, and the plain column sum.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { rowsOf, width } from '../define-op.ts';
import { columnSum, sumOfRows } from './column-sums.ts';
import { runProduct } from './matmul.ts';
import { registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerLinear(): void {
  registerWgslKernel('FLinear', linear);
  registerWgslKernel('FLinearGradX', gradX);
  registerWgslKernel('FLinearGradWeight', gradWeight);
  registerWgslKernel('FColumnSum', (call) => {
    const shape = call.shape('x');
    return columnSum(call.runner, sumOfRows(call.input('x'), rowsOf(shape), width(shape)));
  });
}

function linear(call: WgslCall): TensorInfo {
  const [a, b] = [call.input('x'), call.input('weight')];
  const bias = call.has('bias') ? call.input('bias') : undefined;
  const [m, n, k] = [rowsOf(a.shape), b.shape[0] ?? 0, width(a.shape)];
  const out = call.output([...a.shape.slice(0, -1), n]);
  runProduct(call.runner, { a, b, out, bias, m, n, k, transposeA: false, transposeB: true, batches: 1 });
  return out;
}

/** dx [N, K] = dy [N, O] W [O, K]. */
function gradX(call: WgslCall): TensorInfo {
  const [a, b] = [call.input('dy'), call.input('weight')];
  const [m, n, k] = [rowsOf(a.shape), width(b.shape), width(a.shape)];
  const out = call.output([...a.shape.slice(0, -1), n]);
  runProduct(call.runner, { a, b, out, m, n, k, transposeA: false, transposeB: false, batches: 1 });
  return out;
}

/** dW [O, K] = dy^T [O, N] x [N, K]. */
function gradWeight(call: WgslCall): TensorInfo {
  const [a, b] = [call.input('dy'), call.input('x')];
  const [m, n, k] = [width(a.shape), width(b.shape), rowsOf(a.shape)];
  const out = call.output([m, n]);
  runProduct(call.runner, { a, b, out, m, n, k, transposeA: true, transposeB: false, batches: 1 });
  return out;
}

// Linear layers, their gradients, and packed weights for decoding.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { rowsOf, sizeOf, width } from '../define-op.ts';
import { Op } from './assembly/op-codes.ts';
import { multiply, multiplyPacked, packPanels, panelBytes } from './matmul.ts';
import { columnGroups, overrideKernel } from './simd-call.ts';
import type { SimdCall } from './simd-call.ts';

function linear(call: SimdCall): TensorInfo {
  const [O, K, N] = [call.shape('weight')[0] ?? 0, width(call.shape('x')), rowsOf(call.shape('x'))];
  const y = call.output([...call.shape('x').slice(0, -1), O]);
  const d = call.has('bias') ? call.pointer('bias') : 0;
  multiply(call.engine, 'NT', { a: call.pointer('x'), b: call.pointer('weight'), c: call.pointer(y), M: N, N: O, K, d });
  return y;
}

function linearGradX(call: SimdCall): TensorInfo {
  const [N, O, K] = [rowsOf(call.shape('dy')), width(call.shape('dy')), width(call.shape('weight'))];
  const dx = call.output([...call.shape('dy').slice(0, -1), K]);
  multiply(call.engine, 'NN', { a: call.pointer('dy'), b: call.pointer('weight'), c: call.pointer(dx), M: N, N: K, K: O });
  return dx;
}

function linearGradWeight(call: SimdCall): TensorInfo {
  const [N, O, K] = [rowsOf(call.shape('dy')), width(call.shape('dy')), width(call.shape('x'))];
  const dw = call.output([O, K]);
  multiply(call.engine, 'TN', { a: call.pointer('dy'), b: call.pointer('x'), c: call.pointer(dw), M: O, N: K, K: N });
  return dw;
}

function columnSum(call: SimdCall): TensorInfo {
  const [N, C] = [rowsOf(call.shape('x')), width(call.shape('x'))];
  const y = call.output([C]);
  call.engine.run(Op.columnSum, columnGroups(C), 1, [call.pointer('x'), call.pointer(y), N, C]);
  return y;
}

/** [O, K] -> panels [O/8][K][8] in a flat tensor. */
function packLinear(call: SimdCall): TensorInfo {
  const [O = 0, K = 0] = call.shape('weight');
  const packed = call.output([panelBytes(O, K) / 4]);
  packPanels(call.engine, call.pointer('weight'), O, K, true, call.pointer(packed));
  return packed;
}

function packedLinear(call: SimdCall): TensorInfo {
  const [O, K, N] = [call.number('outFeatures'), width(call.shape('x')), rowsOf(call.shape('x'))];
  const y = call.output([...call.shape('x').slice(0, -1), O]);
  multiplyPacked(call.engine, { a: call.pointer('x'), c: call.pointer(y), M: N, N: O, K }, call.pointer('packed'));
  return y;
}

/** tfjs' batched matMul; broadcasting, both-transposed and integer products stay with the cpu kernel. */
export function canMultiply(a: TensorInfo, b: TensorInfo, bothTransposed: boolean): boolean {
  const batch = (t: TensorInfo) => sizeOf(t.shape.slice(0, -2));
  return (
    !bothTransposed && a.dtype === 'float32' && b.dtype === 'float32' && batch(a) === batch(b) && sizeOf(a.shape) > 0 && sizeOf(b.shape) > 0
  );
}

/** @param transposeA, transposeB as in tf.matMul; not both */
export function batchMatMul(call: SimdCall, transposeA: boolean, transposeB: boolean): TensorInfo {
  const [a, b] = [call.info('a'), call.info('b')];
  const [K = 1, M = 1] = transposeA ? a.shape.slice(-2) : a.shape.slice(-2).toReversed();
  const N = (transposeB ? b.shape.at(-2) : b.shape.at(-1)) ?? 1;
  const lead = a.shape.slice(0, -2);
  const y = call.output([...lead, M, N]);
  const kind = transposeA ? 'TN' : transposeB ? 'NT' : 'NN';
  const [pa, pb, pc] = [call.pointer(a), call.pointer(b), call.pointer(y)];
  for (let i = 0; i < sizeOf(lead); i++) {
    multiply(call.engine, kind, { a: pa + 4 * i * M * K, b: pb + 4 * i * K * N, c: pc + 4 * i * M * N, M, N, K });
  }
  return y;
}

export function registerDenseKernels(): void {
  overrideKernel('FLinear', linear);
  overrideKernel('FLinearGradX', linearGradX);
  overrideKernel('FLinearGradWeight', linearGradWeight);
  overrideKernel('FColumnSum', columnSum);
  overrideKernel('FPackLinear', packLinear);
  overrideKernel('FPackedLinear', packedLinear);
}

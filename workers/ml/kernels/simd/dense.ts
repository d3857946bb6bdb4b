// Linear layers, their gradients, and packed weights for decoding.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { rowsOf, sizeOf, width } from '../define-op.ts';
import { indices, JOINT_COUNTS } from '../joint-linear.ts';
import { Op } from './assembly/op-codes.ts';
import { multiply, multiplyAll, multiplyPacked, packPanels, panelBytes } from './matmul.ts';
import { columnGroups, overrideKernel, vectors, VECTORS_PER_CHUNK } from './simd-call.ts';
import type { SimdCall } from './simd-call.ts';

/** y = x W^T for the weight of this name, plus d. */
function forward(call: SimdCall, weight: string, d = 0, dStride = 0): TensorInfo {
  const [O, K, N] = [call.shape(weight)[0] ?? 0, width(call.shape('x')), rowsOf(call.shape('x'))];
  const y = call.output([...call.shape('x').slice(0, -1), O]);
  multiply(call.jobs, 'NT', { a: call.pointer('x'), b: call.pointer(weight), c: call.pointer(y), M: N, N: O, K, d, dStride });
  return y;
}

function linear(call: SimdCall): TensorInfo {
  if (call.has('residual')) return forward(call, 'weight', call.pointer('residual'), 4 * (call.shape('weight')[0] ?? 0));
  return forward(call, 'weight', call.has('bias') ? call.pointer('bias') : 0);
}

function swigluLinear(call: SimdCall): TensorInfo[] {
  const [gate, up] = [forward(call, 'gateWeight'), forward(call, 'upWeight')];
  const y = call.output(gate.shape);
  const args = [gate, up, y].map((tensor) => call.pointer(tensor));
  call.jobs.run(Op.swiglu, vectors(sizeOf(y.shape)), VECTORS_PER_CHUNK, args);
  return [y, gate, up];
}

/** dx = sum of dy_i W_i; each product after the first adds to what is there. */
function linearsGradX(call: SimdCall, parts: readonly string[]): TensorInfo {
  const [shape, K] = [call.shape(`dy${parts[0] ?? ''}`), width(call.shape(`weight${parts[0] ?? ''}`))];
  const dx = call.output([...shape.slice(0, -1), K]);
  const c = call.pointer(dx);
  for (const [i, part] of parts.entries()) {
    const [dy, weight] = [`dy${part}`, `weight${part}`];
    const sum = i > 0 ? { d: c, dStride: 4 * K } : {};
    const sizes = { M: rowsOf(shape), N: K, K: width(call.shape(dy)) };
    multiply(call.jobs, 'NN', { a: call.pointer(dy), b: call.pointer(weight), c, ...sizes, ...sum });
  }
  return dx;
}

/** dW_i = dy_i^T x; x is packed once. */
function linearsGradWeights(call: SimdCall, parts: readonly string[]): TensorInfo[] {
  const [N, K] = [rowsOf(call.shape('x')), width(call.shape('x'))];
  const outputs = parts.map((part) => call.output([width(call.shape(`dy${part}`)), K]));
  const products = outputs.map((dw, i) => ({ a: call.pointer(`dy${parts[i] ?? ''}`), c: call.pointer(dw), M: dw.shape[0] ?? 0 }));
  multiplyAll(call.jobs, 'TN', products, { b: call.pointer('x'), N: K, K: N });
  return outputs;
}

function columnSum(call: SimdCall): TensorInfo {
  const [N, C] = [rowsOf(call.shape('x')), width(call.shape('x'))];
  const y = call.output([C]);
  call.jobs.run(Op.columnSum, columnGroups(C), 1, [call.pointer('x'), call.pointer(y), N, C]);
  return y;
}

/** [O, K] -> panels [O/8][K][8] in a flat tensor. */
function packLinear(call: SimdCall): TensorInfo {
  const [O = 0, K = 0] = call.shape('weight');
  const packed = call.output([panelBytes(O, K) / 4]);
  packPanels(call.jobs, call.pointer('weight'), O, K, true, call.pointer(packed));
  return packed;
}

function packedLinear(call: SimdCall): TensorInfo {
  const [O, K, N] = [call.number('outFeatures'), width(call.shape('x')), rowsOf(call.shape('x'))];
  const y = call.output([...call.shape('x').slice(0, -1), O]);
  const residual = call.has('residual') ? { d: call.pointer('residual'), dStride: 4 * O } : {};
  multiplyPacked(call.jobs, { a: call.pointer('x'), c: call.pointer(y), M: N, N: O, K, ...residual }, call.pointer('packed'));
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
    multiply(call.jobs, kind, { a: pa + 4 * i * M * K, b: pb + 4 * i * K * N, c: pc + 4 * i * M * N, M, N, K });
  }
  return y;
}

export function registerDenseKernels(): void {
  overrideKernel('FLinear', linear);
  overrideKernel('FLinearGradX', (call) => linearsGradX(call, ['']));
  overrideKernel('FLinearGradWeight', (call) => linearsGradWeights(call, [''])[0] ?? []);
  for (const count of JOINT_COUNTS) {
    const parts = indices(count).map(String);
    overrideKernel(`FLinears${count}`, (call) => parts.map((part) => forward(call, `weight${part}`)));
    overrideKernel(`FLinears${count}GradX`, (call) => linearsGradX(call, parts));
    overrideKernel(`FLinears${count}GradWeights`, (call) => linearsGradWeights(call, parts));
  }
  overrideKernel('FSwigluLinear', swigluLinear);
  overrideKernel('FColumnSum', columnSum);
  overrideKernel('FPackLinear', packLinear);
  overrideKernel('FPackedLinear', packedLinear);
  overrideKernel('FPackedLinearAdd', packedLinear);
}

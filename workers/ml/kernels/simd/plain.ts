// Plain tfjs ops that move or multiply data. Whatever a SIMD kernel does not cover goes to the cpu kernel; see also arithmetic.ts.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../define-op.ts';
import { Op } from './assembly/op-codes.ts';
import { batchMatMul, canMultiply } from './dense.ts';
import { overrideWhere } from './simd-call.ts';
import type { SimdCall } from './simd-call.ts';

/** tfjs' cpu Cast only relabels int32 or bool as float32, which is wrong where kernels read bytes. */
function cast(call: SimdCall): TensorInfo | undefined {
  const [x, to] = [call.info('x'), call.params.attrs?.['dtype']];
  const numeric = x.dtype === 'int32' || x.dtype === 'bool' || x.dtype === 'float32';
  if (!numeric || x.dtype === to || typeof to !== 'string' || !isWordType(to)) return undefined;
  const y = call.output(x.shape, to);
  const values = call.backend.readSync(x.dataId);
  const buffer = call.engine.settledBuffer;
  const view =
    to === 'float32'
      ? new Float32Array(buffer, call.pointer(y), sizeOf(x.shape))
      : new Int32Array(buffer, call.pointer(y), sizeOf(x.shape));
  if (values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array) view.set(values);
  return y;
}

/** Swapping the last two axes; other permutations stay with cpu. */
function transpose(call: SimdCall): TensorInfo | undefined {
  const [x, perm] = [call.info('x'), call.params.attrs?.['perm']];
  const rank = x.shape.length;
  if (x.dtype !== 'float32' || !Array.isArray(perm) || rank < 2) return undefined;
  const swapsLast = perm.every((axis, i) => axis === (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2));
  if (!swapsLast) return undefined;
  const [R = 0, C = 0] = x.shape.slice(-2);
  const y = call.output([...x.shape.slice(0, -2), C, R]);
  call.jobs.run(Op.transpose, sizeOf(x.shape) / R, Math.max(1, Math.ceil(16384 / R)), [call.pointer(x), call.pointer(y), R, C]);
  return y;
}

/** Copies rows between strides; all numbers in floats. */
function copyRows(call: SimdCall, rows: number, from: number, strideFrom: number, to: number, strideTo: number, length: number): void {
  const args = [from, 4 * strideFrom, to, 4 * strideTo, 4 * length];
  call.jobs.run(Op.copyRows, rows, Math.max(1, Math.ceil(65536 / length)), args);
}

const isWordType = (dtype: string): dtype is 'float32' | 'int32' => dtype === 'float32' || dtype === 'int32';

/** A slice along one axis. */
function slice(call: SimdCall): TensorInfo | undefined {
  const [x, begin, size] = [call.info('x'), call.params.attrs?.['begin'], call.params.attrs?.['size']];
  if (!isWordType(x.dtype) || !Array.isArray(begin) || !Array.isArray(size) || sizeOf(x.shape) === 0) return undefined;
  const starts = x.shape.map((_, i) => Number(begin[i] ?? 0));
  const lengths = x.shape.map((d, i) => (Number(size[i] ?? -1) < 0 ? d - (starts[i] ?? 0) : Number(size[i])));
  const cut = x.shape.flatMap((d, i) => (lengths[i] === d ? [] : [i]));
  const axis = cut[0] ?? 0;
  const length = lengths[axis] ?? 0;
  if (cut.length > 1 || length === 0) return undefined;
  const [inner, d] = [sizeOf(x.shape.slice(axis + 1)), x.shape[axis] ?? 0];
  const y = call.output(lengths, x.dtype);
  copyRows(
    call,
    sizeOf(x.shape.slice(0, axis)),
    call.pointer(x) + 4 * (starts[axis] ?? 0) * inner,
    d * inner,
    call.pointer(y),
    length * inner,
    length * inner,
  );
  return y;
}

function concat(call: SimdCall): TensorInfo | undefined {
  const inputs = Object.values(call.params.inputs).filter((info) => info !== undefined && sizeOf(info.shape) > 0);
  const first = inputs[0];
  if (!first || !isWordType(first.dtype) || inputs.some((info) => info?.dtype !== first.dtype)) return undefined;
  const given = call.number('axis');
  const axis = given < 0 ? given + first.shape.length : given;
  const [outer, inner] = [sizeOf(first.shape.slice(0, axis)), sizeOf(first.shape.slice(axis + 1))];
  const total = inputs.reduce((sum, info) => sum + (info?.shape[axis] ?? 0), 0);
  const y = call.output(first.shape.with(axis, total), first.dtype);
  let at = call.pointer(y);
  for (const info of inputs) {
    if (!info) continue;
    const length = (info.shape[axis] ?? 0) * inner;
    copyRows(call, outer, call.pointer(info), length, at, total * inner, length);
    at += 4 * length;
  }
  return y;
}

function matMul(call: SimdCall): TensorInfo | undefined {
  const [transposeA, transposeB] = [call.params.attrs?.['transposeA'] === true, call.params.attrs?.['transposeB'] === true];
  if (!canMultiply(call.info('a'), call.info('b'), transposeA && transposeB)) return undefined;
  return batchMatMul(call, transposeA, transposeB);
}

export function registerPlainKernels(): void {
  overrideWhere('BatchMatMul', matMul);
  overrideWhere('Cast', cast);
  overrideWhere('Transpose', transpose);
  overrideWhere('Slice', slice);
  overrideWhere('Concat', concat);
}

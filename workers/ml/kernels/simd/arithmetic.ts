// Arithmetic of plain tfjs: sums, differences, products and quotients with broadcasting, and sums over axes.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../define-op.ts';
import { Arithmetic, Op } from './assembly/op-codes.ts';
import { columnGroups, overrideWhere, rowsPerChunk, vectors, VECTORS_PER_CHUNK } from './simd-call.ts';
import type { SimdCall } from './simd-call.ts';

/** A shape seen as [O, M, I], where M are the axes that repeat or are summed. */
interface Middle {
  O: number;
  M: number;
  I: number;
}

/**
 * @param chosen tells for each axis whether it belongs to M; axes of length 1 fit anywhere
 * @returns undefined when the chosen axes are not neighbours
 */
function middleOf(shape: readonly number[], chosen: (axis: number) => boolean): Middle | undefined {
  const axes = shape.flatMap((d, axis) => (d !== 1 && chosen(axis) ? [axis] : []));
  const first = axes[0] ?? 0;
  const end = axes.at(-1) ?? first - 1;
  if (shape.slice(first, end + 1).some((d, i) => d !== 1 && !chosen(first + i))) return undefined;
  return { O: sizeOf(shape.slice(0, first)), M: sizeOf(shape.slice(first, end + 1)), I: sizeOf(shape.slice(end + 1)) };
}

const bothFloats = (a: TensorInfo, b: TensorInfo): boolean => a.dtype === 'float32' && b.dtype === 'float32';

const sameFloats = (a: TensorInfo, b: TensorInfo): boolean =>
  bothFloats(a, b) && a.shape.length === b.shape.length && a.shape.every((d, i) => d === b.shape[i]);

/** How `small` repeats over `full`; undefined when `full` is not the result's shape. */
function repetition(full: readonly number[], small: readonly number[]): Middle | undefined {
  const missing = full.length - small.length;
  const d = (axis: number) => small[axis - missing] ?? 1;
  if (missing < 0 || sizeOf(full) === 0 || full.some((length, axis) => d(axis) !== length && d(axis) !== 1)) return undefined;
  return middleOf(full, (axis) => d(axis) === 1);
}

function flat(call: SimdCall, op: Op, inputs: readonly number[], shape: number[], floats: readonly number[] = []): TensorInfo {
  const y = call.output(shape);
  call.jobs.run(op, vectors(sizeOf(shape)), VECTORS_PER_CHUNK, [...inputs, call.pointer(y)], floats);
  return y;
}

/** y = full (kind) small, with small repeated. */
function repeated(call: SimdCall, kind: Arithmetic, full: TensorInfo, small: TensorInfo): TensorInfo | undefined {
  const middle = bothFloats(full, small) ? repetition(full.shape, small.shape) : undefined;
  if (!middle) return undefined;
  const { O, M, I } = middle;
  const y = call.output(full.shape);
  const [rows, width] = I === 1 ? [O, M] : [O * M, I];
  call.jobs.run(Op.broadcast, rows, rowsPerChunk(width), [kind, call.pointer(full), call.pointer(small), call.pointer(y), M, I]);
  return y;
}

/** a (kind) b for equal shapes by `flatOp`, or with one side repeated; `reversed` is kind with its operands swapped. */
function binary(kind: Arithmetic, reversed: Arithmetic, flatOp?: Op): (call: SimdCall) => TensorInfo | undefined {
  return (call) => {
    const [a, b] = [call.info('a'), call.info('b')];
    if (flatOp !== undefined && sameFloats(a, b)) return flat(call, flatOp, [call.pointer(a), call.pointer(b)], a.shape);
    return repeated(call, kind, a, b) ?? repeated(call, reversed, b, a);
  };
}

function addN(call: SimdCall): TensorInfo | undefined {
  const inputs = Object.values(call.params.inputs).filter((info) => info !== undefined);
  const [first, second, ...rest] = inputs;
  if (!first || !second || !inputs.every((info) => sameFloats(first, info))) return undefined;
  const y = flat(call, Op.add, [call.pointer(first), call.pointer(second)], first.shape);
  const sum = call.pointer(y);
  for (const info of rest) call.jobs.run(Op.add, vectors(sizeOf(y.shape)), VECTORS_PER_CHUNK, [sum, call.pointer(info), sum]);
  return y;
}

/** The axes an attribute names: one, several or all; negative ones count from the end. */
function axesOf(axis: unknown, rank: number): number[] {
  const given = Array.isArray(axis) ? axis.map(Number) : typeof axis === 'number' ? [axis] : Array.from({ length: rank }, (_, i) => i);
  return given.map((a) => (a < 0 ? a + rank : a));
}

/** Sums over neighbouring axes that are not the last: there cpu transposes first. The others stay with cpu. */
function sumAxes(call: SimdCall): { y: TensorInfo; count: number } | undefined {
  const x = call.info('x');
  const axes = axesOf(call.params.attrs?.['axis'], x.shape.length);
  const middle = x.dtype === 'float32' && sizeOf(x.shape) > 0 ? middleOf(x.shape, (axis) => axes.includes(axis)) : undefined;
  if (!middle || middle.I === 1) return undefined;
  const { O, M, I } = middle;
  const keep = call.params.attrs?.['keepDims'] === true;
  const y = call.output(x.shape.flatMap((d, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [d])));
  call.jobs.run(Op.sumMiddle, O * columnGroups(I), Math.max(1, Math.ceil(1024 / M)), [call.pointer(x), call.pointer(y), M, I]);
  return { y, count: M };
}

function mean(call: SimdCall): TensorInfo | undefined {
  const sum = sumAxes(call);
  if (!sum) return undefined;
  const p = call.pointer(sum.y);
  call.jobs.run(Op.multiplyScalar, vectors(sizeOf(sum.y.shape)), VECTORS_PER_CHUNK, [p, p], [1 / sum.count]);
  return sum.y;
}

/** Comparison with one number, as the gradient of clipByValue needs it; cpu computes an index for every element there. */
function compare(holds: (a: number, b: number) => boolean): (call: SimdCall) => TensorInfo | undefined {
  return (call) => {
    const [a, b] = [call.info('a'), call.info('b')];
    if (!bothFloats(a, b) || sizeOf(b.shape) !== 1 || b.shape.length > a.shape.length) return undefined;
    const buffer = call.engine.settledBuffer;
    const values = new Float32Array(buffer, call.pointer(a), sizeOf(a.shape));
    const limit = new Float32Array(buffer, call.pointer(b), 1)[0] ?? NaN;
    const result = new Uint8Array(values.length);
    for (let i = 0; i < values.length; i++) result[i] = holds(values[i] ?? NaN, limit) ? 1 : 0;
    return call.backend.makeTensorInfo(a.shape, 'bool', result);
  };
}

export function registerArithmeticKernels(): void {
  overrideWhere('Add', binary(Arithmetic.add, Arithmetic.add, Op.add));
  overrideWhere('Sub', binary(Arithmetic.subtract, Arithmetic.subtractFrom, Op.subtract));
  overrideWhere('Multiply', binary(Arithmetic.multiply, Arithmetic.multiply, Op.multiply));
  overrideWhere('RealDiv', binary(Arithmetic.divide, Arithmetic.divideInto));
  overrideWhere('AddN', addN);
  overrideWhere(
    'GreaterEqual',
    compare((a, b) => a >= b),
  );
  overrideWhere(
    'LessEqual',
    compare((a, b) => a <= b),
  );
  overrideWhere('Sum', (call) => sumAxes(call)?.y);
  overrideWhere('Mean', mean);
}

// A whole decoding step as jobs on fixed addresses: no tensor between the layers.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { Op } from './assembly/op-codes.ts';
import { multiplyPacked } from './matmul.ts';
import { overrideKernel, rowsPerChunk } from './simd-call.ts';
import type { SimdCall } from './simd-call.ts';

/** Lengths of one call. */
interface Sizes {
  /** Sequences. */
  R: number;
  /** Width. */
  C: number;
  /** Feed-forward width. */
  F: number;
  /** Cache length. */
  M: number;
  H: number;
  KV: number;
  /** Head width. */
  D: number;
}

/** Addresses of the activations, in one block that lives for one call. */
interface Activations {
  /** Residual stream [R, C]. */
  x: number;
  /** Normed, or attended, [R, C]. */
  h: number;
  /** [R, (H + 2 KV) D] */
  qkv: number;
  /** [R, 2 F] */
  gateUp: number;
  /** [R, F] */
  gated: number;
}

function sizesOf(call: SimdCall): Sizes {
  const [H, KV] = [call.number('numHeads'), call.number('numKeyValueHeads')];
  const C = call.shape('table')[1] ?? 0;
  return { R: call.size('ids'), C, F: call.number('intermediateSize'), M: call.shape('keys0')[1] ?? 0, H, KV, D: C / H };
}

const roundUp16 = (n: number): number => Math.ceil(n / 16) * 16;

/** @returns places of the activations behind `base`, and the bytes they take */
function placeActivations({ R, C, F, H, KV, D }: Sizes, base: number): { activations: Activations; bytes: number } {
  let end = base;
  const place = (floats: number): number => {
    const at = end;
    end += 4 * roundUp16(R * floats);
    return at;
  };
  const activations = { x: place(C), h: place(C), qkv: place((H + 2 * KV) * D), gateUp: place(2 * F), gated: place(F) };
  return { activations, bytes: end - base };
}

function decodeStep(call: SimdCall): TensorInfo {
  const { engine } = call;
  const sizes = sizesOf(call);
  const { R, C } = sizes;
  call.assertInts('ids', 0, (call.shape('table')[0] ?? 0) - 1);
  call.assertInts('positions', 0, Math.min(sizes.M, call.shape('cos')[0] ?? 0) - 1);
  engine.needScratch(4 * sizes.H * (sizes.M + 4) + 64);
  const logits = call.output([R, call.number('vocabSize')]);
  const { bytes } = placeActivations(sizes, 0);
  const base = engine.heap.allocate(bytes);
  try {
    const { activations } = placeActivations(sizes, base);
    engine.run(Op.embedding, R, rowsPerChunk(C), [call.pointer('table'), call.pointer('ids'), activations.x, C]);
    for (let i = 0; i < call.number('numLayers'); i++) decodeLayer(call, i, sizes, activations);
    norm(call, 'finalNorm', sizes, activations);
    multiplyPacked(engine, { a: activations.h, c: call.pointer(logits), M: R, N: call.number('vocabSize'), K: C }, call.pointer('head'));
  } finally {
    engine.heap.release(base, bytes);
  }
  return logits;
}

/** h = rmsNorm(x) */
function norm(call: SimdCall, weight: string, { R, C }: Sizes, { x, h }: Activations): void {
  call.engine.run(Op.rmsNorm, R, rowsPerChunk(C), [x, call.pointer(weight), h, 0, C], [call.number('epsilon')]);
}

function decodeLayer(call: SimdCall, i: number, sizes: Sizes, activations: Activations): void {
  const { engine } = call;
  const { R, C, F, M, H, KV, D } = sizes;
  const { x, h, qkv, gateUp, gated } = activations;
  const at = (name: string): number => call.pointer(`${name}${i}`);
  norm(call, `inputNorm${i}`, sizes, activations);
  multiplyPacked(engine, { a: h, c: qkv, M: R, N: (H + 2 * KV) * D, K: C }, at('qkv'));
  const inputs = [qkv, call.pointer('cos'), call.pointer('sin'), call.pointer('positions'), at('keys'), at('values')];
  engine.run(Op.decodeHeads, R, Math.max(1, Math.ceil(32768 / (M * C))), [...inputs, h, M, D, H, KV], [1 / Math.sqrt(D)]);
  multiplyPacked(engine, { a: h, c: x, M: R, N: C, K: C, d: x, dStride: 4 * C }, at('output'));
  norm(call, `postNorm${i}`, sizes, activations);
  multiplyPacked(engine, { a: h, c: gateUp, M: R, N: 2 * F, K: C }, at('gateUp'));
  engine.run(Op.swigluPairs, R, rowsPerChunk(2 * F), [gateUp, gated, F]);
  multiplyPacked(engine, { a: gated, c: x, M: R, N: C, K: F, d: x, dStride: 4 * C }, at('down'));
}

export function registerDecodeStepKernel(): void {
  overrideKernel('FDecodeStep', decodeStep);
}

// Causal attention, its gradient, decoding attention, and rotary embedding.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { Op } from './assembly/op-codes.ts';
import { overrideKernel, rowsPerChunk } from './simd-call.ts';
import type { SimdCall } from './simd-call.ts';

interface Heads {
  B: number;
  T: number;
  H: number;
  KV: number;
  D: number;
  scale: number;
}

function heads(call: SimdCall): Heads {
  const [B = 0, T = 0, C = 0] = call.shape('q');
  const H = call.number('numHeads');
  return { B, T, H, KV: call.number('numKeyValueHeads'), D: C / H, scale: Math.sqrt(H / C) };
}

const roundUp8 = (n: number): number => Math.ceil(n / 8) * 8;

/** Floats of the two score matrices a thread keeps in the backward pass: query blocks shrink as T grows. */
const SCORE_FLOATS = 65536;

/** Queries handled at once in the backward pass. */
function queryBlock(T: number): number {
  return Math.max(32, Math.floor(SCORE_FLOATS / roundUp8(T) / 4) * 4);
}

function forwardScratch(T: number, D: number): number {
  const [Tp, Dp] = [roundUp8(T), roundUp8(D)];
  return 4 * (2 * Tp * Dp + 8 * Dp + 8 * Tp) + 256;
}

function backwardScratch(T: number, D: number, rows: number): number {
  const [Tp, Dp] = [roundUp8(T), roundUp8(D)];
  return 4 * (5 * Tp * Dp + 4 * Math.max(Tp, Dp) + 4 * Dp + 2 * rows * Tp) + 1024;
}

function attention(call: SimdCall): TensorInfo[] {
  const { B, T, H, KV, D, scale } = heads(call);
  const [out, lse] = [call.output(call.shape('q')), call.output([B, H, T])];
  call.jobs.needScratch(forwardScratch(T, D));
  const args = [...['q', 'k', 'v'].map((name) => call.pointer(name)), call.pointer(out), call.pointer(lse), T, D, H, KV];
  call.jobs.run(Op.attention, B * H, 1, args, [scale], B * H * T * T);
  return [out, lse];
}

function attentionGrad(call: SimdCall): TensorInfo[] {
  const { B, T, H, KV, D, scale } = heads(call);
  const grads = [call.output(call.shape('q')), call.output(call.shape('k')), call.output(call.shape('v'))];
  const rows = Math.min(queryBlock(T), roundUp8(T));
  call.jobs.needScratch(backwardScratch(T, D, rows));
  const inputs = ['q', 'k', 'v', 'out', 'dy', 'logSumExp'].map((name) => call.pointer(name));
  call.jobs.run(Op.attentionGrad, B * KV, 1, [...inputs, ...grads.map((g) => call.pointer(g)), T, D, H, KV, rows], [scale], B * H * T * T);
  return grads;
}

function decodeAttention(call: SimdCall): TensorInfo {
  const [R = 0, C = 0] = call.shape('q');
  const [, M = 0] = call.shape('kCache');
  const [H, KV] = [call.number('numHeads'), call.number('numKeyValueHeads')];
  call.assertInts('lengths', 1, M);
  const out = call.output([R, C]);
  call.jobs.needScratch(4 * H * (M + 4) + 64);
  const inputs = ['q', 'kCache', 'vCache'].map((name) => call.pointer(name));
  const unitsPerChunk = Math.max(1, Math.ceil(32768 / (M * C)));
  call.jobs.run(
    Op.decodeAttention,
    R,
    unitsPerChunk,
    [...inputs, call.pointer(out), call.pointer('lengths'), M, C / H, H, KV],
    [Math.sqrt(H / C)],
  );
  return out;
}

function rope(call: SimdCall): TensorInfo {
  const [B = 0, T = 0, C = 0] = call.shape('x');
  const H = call.number('numHeads');
  call.assertInts('starts', 0, (call.shape('cos')[0] ?? 0) - T);
  const y = call.output(call.shape('x'));
  const inputs = ['x', 'cos', 'sin', 'starts'].map((name) => call.pointer(name));
  call.jobs.run(Op.rope, B * T, rowsPerChunk(C), [...inputs, call.pointer(y), T, H, C / H / 2], [call.number('sign')]);
  return y;
}

export function registerAttentionKernels(): void {
  overrideKernel('FAttention', attention);
  overrideKernel('FAttentionGrad', attentionGrad);
  overrideKernel('FDecodeAttention', decodeAttention);
  overrideKernel('FRope', rope);
}

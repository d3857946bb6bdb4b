// Embedding, log-probabilities, the KV cache and sampling.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../define-op.ts';
import { keptShare, weightScale } from '../sample-tokens.ts';
import type { SamplingSettings } from '../sample-tokens.ts';
import { Op } from './assembly/op-codes.ts';
import { columnGroups, overrideKernel, rowsPerChunk } from './simd-call.ts';
import type { SimdCall } from './simd-call.ts';

function embedding(call: SimdCall): TensorInfo {
  const [ids, [V = 0, C = 0]] = [call.shape('ids'), call.shape('table')];
  call.assertInts('ids', 0, V - 1);
  const y = call.output([...ids, C]);
  call.jobs.run(Op.embedding, sizeOf(ids), rowsPerChunk(C), [call.pointer('table'), call.pointer('ids'), call.pointer(y), C]);
  return y;
}

function embeddingGrad(call: SimdCall): TensorInfo {
  const [V, C] = [call.number('numRows'), call.shape('dy').at(-1) ?? 0];
  call.assertInts('ids', 0, V - 1);
  const dTable = call.output([V, C]);
  call.jobs.run(Op.embeddingGrad, columnGroups(C), 1, [
    call.pointer('dy'),
    call.pointer('ids'),
    call.pointer(dTable),
    call.size('ids'),
    V,
    C,
  ]);
  return dTable;
}

function tokenLogProbs(call: SimdCall): TensorInfo[] {
  const [N = 0, V = 0] = call.shape('logits');
  call.assertInts('targets', -Infinity, V - 1);
  const outputs = [call.output([N]), call.output([N]), call.output([N])];
  const args = [call.pointer('logits'), call.pointer('targets'), ...outputs.map((y) => call.pointer(y)), V];
  call.jobs.run(Op.tokenLogProbs, N, rowsPerChunk(V), args, [1 / call.number('temperature')]);
  return outputs;
}

function tokenLogProbsGrad(call: SimdCall): TensorInfo {
  const [N = 0, V = 0] = call.shape('logits');
  const dLogits = call.output([N, V]);
  const inputs = ['dy', 'logits', 'targets', 'logSumExp'].map((name) => call.pointer(name));
  call.jobs.run(Op.tokenLogProbsGrad, N, rowsPerChunk(V), [...inputs, call.pointer(dLogits), V], [1 / call.number('temperature')]);
  return dLogits;
}

/** A few rows of a few hundred bytes: typed-array copies beat a job. */
function cacheWrite(call: SimdCall): TensorInfo[] {
  const [R = 0, M = 0, C = 0] = call.shape('cache');
  call.assertInts('positions', 0, M - 1);
  const buffer = call.engine.settledBuffer;
  const cache = new Float32Array(buffer, call.pointer('cache'), R * M * C);
  const x = new Float32Array(buffer, call.pointer('x'), R * C);
  const positions = new Int32Array(buffer, call.pointer('positions'), R);
  positions.forEach((position, r) => cache.set(x.subarray(r * C, (r + 1) * C), (r * M + position) * C));
  return [];
}

/** Addresses of one draw a row. */
export interface DrawPlaces {
  /** [R, V] */
  logits: number;
  /** int32 [R] */
  rowIds: number;
  /** int32 [R], written. */
  ids: number;
  /** [R], written. */
  logProbs: number;
  /** [R], written. */
  entropies: number;
}

/** Arguments of `Op.sampleTokens`. It needs scratch for one row of V numbers. */
export function drawArguments(
  { logits, rowIds, ids, logProbs, entropies }: DrawPlaces,
  V: number,
  step: number,
  { temperature, topP, seed }: SamplingSettings,
): { ints: number[]; floats: number[] } {
  const places = [logits, rowIds, ids, logProbs, entropies];
  const ints = [...places, V, temperature > 0 ? 0 : 1, seed, step, keptShare(topP)];
  return { ints, floats: temperature > 0 ? [1 / temperature, weightScale(temperature)] : [1, 0] };
}

/** Scratch of a draw. */
export const drawScratch = (V: number): number => 4 * V + 64;

function sampleTokens(call: SimdCall): TensorInfo[] {
  const [R = 0, V = 0] = call.shape('logits');
  const outputs: [TensorInfo, TensorInfo, TensorInfo] = [call.output([R], 'int32'), call.output([R]), call.output([R])];
  const [ids, logProbs, entropies] = [call.pointer(outputs[0]), call.pointer(outputs[1]), call.pointer(outputs[2])];
  const places = { logits: call.pointer('logits'), rowIds: call.pointer('rowIds'), ids, logProbs, entropies };
  const settings = { temperature: call.number('temperature'), topP: call.number('topP'), seed: call.number('seed') };
  const { ints, floats } = drawArguments(places, V, call.number('step'), settings);
  call.jobs.needScratch(drawScratch(V));
  call.jobs.run(Op.sampleTokens, R, 4, ints, floats);
  return outputs;
}

export function registerTokenKernels(): void {
  overrideKernel('FEmbedding', embedding);
  overrideKernel('FEmbeddingGrad', embeddingGrad);
  overrideKernel('FTokenLogProbs', tokenLogProbs);
  overrideKernel('FTokenLogProbsGrad', tokenLogProbsGrad);
  overrideKernel('FCacheWrite', cacheWrite);
  overrideKernel('FSampleTokens', sampleTokens);
}

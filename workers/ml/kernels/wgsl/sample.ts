// Draws one token per row; the algorithm is written out in ../sample-tokens.ts and is followed step by step, so that the
// same logits and seed give the same tokens on every backend.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import { runRows } from './row-kernel.ts';
import type { RowWords } from './row-kernel.ts';
import { softmaxStatistics } from './token-log-probs.ts';
import { registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerSample(): void {
  registerWgslKernel('FSampleTokens', sampleTokens);
}

const UNIFORMS = { V: 'i32', step: 'u32', seed: 'u32', scale: 'f32', topP: 'f32' } as const;

function sampleTokens(call: WgslCall): TensorInfo[] {
  const [R = 0, V = 0] = call.shape('logits');
  const temperature = call.number('temperature');
  const outputs = [call.output([R], 'int32'), call.output([R]), call.output([R])];
  const greedy = temperature <= 0;
  const weights = greedy ? [] : [call.output([R, V])];
  const results = [writes('ids', 'i32'), writes('logProbs', 'f32'), writes('entropy', 'f32')];
  runRows(call.runner, {
    key: `sampleTokens ${greedy}`,
    slots: [reads('logits', 'f32'), ...results, ...(greedy ? [] : [reads('rowIds', 'i32'), writes('weights', 'f32')])],
    tensors: [call.input('logits'), ...outputs, ...(greedy ? [] : [call.input('rowIds')]), ...weights],
    uniforms: UNIFORMS,
    values: { V, step: call.number('step'), seed: call.number('seed'), scale: greedy ? 1 : 1 / temperature, topP: call.number('topP') },
    rows: R,
    declarations: greedy ? '' : PCG,
    volatile: true,
    body: (row) => `
  let base = r * u.V;
  ${softmaxStatistics(row)}
  ${greedy ? greedyChoice(row) : draw(row)}
  if (${row.leads}) {
    ids[r] = chosen;
    logProbs[r] = logits[base + chosen] * u.scale - logSumExp;
    entropy[r] = entropyOfRow;
  }`,
  });
  for (const scratch of weights) call.runner.release(scratch);
  return outputs;
}

const PCG = `
fn pcg(v: u32) -> u32 {
  let s = v * 747796405u + 2891336453u;
  let w = ((s >> ((s >> 28u) + 4u)) ^ s) * 277803737u;
  return (w >> 22u) ^ w;
}`;

/** First index of the largest logit; indices are exact in f32 below 2^24. */
const greedyChoice = (row: RowWords): string => `
  var firstHit = f32(u.V);
  ${row.each('i', 'u.V')} { if (logits[base + i] == largestLogit) { firstHit = min(firstHit, f32(i)); } }
  let chosen = i32(-(${row.largest('-firstHit')}));`;

/** Points 2 to 5: weights, threshold by bisection on float bits, uniform, inverse CDF in index order. */
const draw = (row: RowWords): string => `
  ${row.each('i', 'u.V')} { weights[base + i] = exp((logits[base + i] - largestLogit) * u.scale); }
  var low = 0u;
  if (u.topP < 1.0) {
    let wanted = u.topP * mass;
    var high = 0x3f800001u;
    for (var n = 0; n < 30; n++) {
      let middle = (low + high) >> 1u;
      let threshold = bitcast<f32>(middle);
      var kept = 0.0;
      ${row.each('i', 'u.V')} { let w = weights[base + i]; kept += select(0.0, w, w >= threshold); }
      if (${row.total('kept')} >= wanted) { low = middle; } else { high = middle; }
    }
  }
  let threshold = bitcast<f32>(low);
  let uniform01 = f32(pcg(u.seed ^ pcg(u.step ^ pcg(u32(rowIds[r])))) >> 8u) / 16777216.0;
  ${inverseCdf(row)}`;

/**
 * Each sharer owns a run of consecutive indices. A run's start is the mass in front of it; the first index whose running
 * sum passes the target wins, the last kept index if rounding leaves none.
 */
const inverseCdf = (row: RowWords): string => `
  let run = (u.V + ${row.sharers - 1}) / ${row.sharers};
  let first = ${row.share} * run;
  let end = min(first + run, u.V);
  ${row.settle}
  var mine = 0.0;
  for (var i = first; i < end; i++) { let w = weights[base + i]; mine += select(0.0, w, w >= threshold); }
  var running = ${row.before('mine')};
  let goal = uniform01 * ${row.total('mine')};
  var hit = f32(u.V);
  var lastKept = -1.0;
  for (var i = first; i < end; i++) {
    let w = weights[base + i];
    if (w < threshold) { continue; }
    running += w;
    lastKept = f32(i);
    if (running > goal) { hit = min(hit, f32(i)); break; }
  }
  let earliest = -(${row.largest('-hit')});
  let latest = ${row.largest('lastKept')};
  let chosen = i32(select(earliest, latest, earliest >= f32(u.V)));`;

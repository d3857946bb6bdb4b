// Draws one token per row; the algorithm is written out in ../sample-tokens.ts and is followed step by step, so that the
// same logits and seed give the same tokens on every backend.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import { runRows } from './row-kernel.ts';
import type { RowWords } from './row-kernel.ts';
import { keptShare, weightScale } from '../sample-tokens.ts';
import { Sampling } from '../simd/assembly/sampling-numbers.ts';
import { softmaxStatistics } from './token-log-probs.ts';
import { registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerSample(): void {
  registerWgslKernel('FSampleTokens', sampleTokens);
}

const UNIFORMS = { V: 'i32', step: 'u32', seed: 'u32', scale: 'f32', weightScale: 'f32', keptShare: 'u32' } as const;

function sampleTokens(call: WgslCall): TensorInfo[] {
  const [R = 0, V = 0] = call.shape('logits');
  const temperature = call.number('temperature');
  const outputs = [call.output([R], 'int32'), call.output([R]), call.output([R])];
  const greedy = temperature <= 0;
  const weights = greedy ? [] : [call.output([R, V], 'int32')];
  const results = [writes('ids', 'i32'), writes('logProbs', 'f32'), writes('entropy', 'f32')];
  runRows(call.runner, {
    key: `sampleTokens ${greedy}`,
    slots: [reads('logits', 'f32'), ...results, ...(greedy ? [] : [reads('rowIds', 'i32'), writes('weights', 'u32')])],
    tensors: [call.input('logits'), ...outputs, ...(greedy ? [] : [call.input('rowIds')]), ...weights],
    uniforms: UNIFORMS,
    values: {
      V,
      step: call.number('step'),
      seed: call.number('seed'),
      scale: greedy ? 1 : 1 / temperature,
      weightScale: greedy ? 0 : weightScale(temperature),
      keptShare: keptShare(call.number('topP')),
    },
    rows: R,
    declarations: greedy ? '' : DRAWING,
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

/**
 * Sums of weights as vec2u(high, low): high * 2^12 + low, where low may be above 2^12 until it is carried; exact up to 2^18 weights.
 * shareOf works with digits of 12 bits, so that sums of their products fit into 32.
 */
const DRAWING = `
fn pcg(v: u32) -> u32 {
  let s = v * 747796405u + 2891336453u;
  let w = ((s >> ((s >> 28u) + 4u)) ^ s) * 277803737u;
  return (w >> 22u) ^ w;
}
fn weightOf(logit: f32, largest: f32, scale: f32) -> u32 {
  let q = i32(max((logit - largest) * scale, f32(${Sampling.least})));
  let f = u32(q & 0xffff);
  var h = ${Sampling.exp3}u + ((${Sampling.exp4}u * f) >> 16u);
  h = ${Sampling.exp2}u + ((h * f) >> 16u);
  h = ${Sampling.exp1}u + ((h * f) >> 16u);
  return (${Sampling.one}u + ((h * f) >> 10u)) >> u32(-(q >> 16u));
}
fn digits(w: u32) -> vec2u { return vec2u(w >> 12u, w & 4095u); }
fn carried(sum: vec2u) -> vec2u { return vec2u(sum.x + (sum.y >> 12u), sum.y & 4095u); }
fn exceeds(a: vec2u, b: vec2u) -> bool { return a.x > b.x || (a.x == b.x && a.y > b.y); }
fn shareOf(sum: vec2u, share: u32) -> vec2u {
  let s = vec4u(sum.y, sum.x & 4095u, (sum.x >> 12u) & 4095u, sum.x >> 24u);
  let m = vec2u(share & 4095u, share >> 12u);
  let p1 = s.x * m.y + s.y * m.x + ((s.x * m.x) >> 12u);
  let p2 = s.y * m.y + s.z * m.x + (p1 >> 12u);
  let p3 = s.z * m.y + s.w * m.x + (p2 >> 12u);
  let p4 = s.w * m.y + (p3 >> 12u);
  return vec2u((p3 & 4095u) + (p4 << 12u), p2 & 4095u);
}`;

/** First index of the largest logit; indices are exact in f32 below 2^24. */
const greedyChoice = (row: RowWords): string => `
  var firstHit = f32(u.V);
  ${row.each('i', 'u.V')} { if (logits[base + i] == largestLogit) { firstHit = min(firstHit, f32(i)); } }
  let chosen = i32(-(${row.largest('-firstHit')}));`;

/** Points 2 to 5: weights, threshold by bisection, uniform, inverse CDF in index order. */
const draw = (row: RowWords): string => `
  ${row.each('i', 'u.V')} { weights[base + i] = weightOf(logits[base + i], largestLogit, u.weightScale); }
  var threshold = 0u;
  if (u.keptShare < ${Sampling.whole}u) {
    ${massFrom(row, 'all', '0u')}
    let wanted = shareOf(all, u.keptShare);
    var high = ${Sampling.one + 1}u;
    for (var n = 0; n < 23; n++) {
      let middle = (threshold + high) >> 1u;
      ${massFrom(row, 'kept', 'middle')}
      if (exceeds(wanted, kept)) { high = middle; } else { threshold = middle; }
    }
  }
  let uniform24 = pcg(u.seed ^ pcg(u.step ^ pcg(u32(rowIds[r])))) >> 8u;
  ${inverseCdf(row)}`;

/** WGSL that leaves the sum of the weights >= t in scope as `name`, carried. */
const massFrom = (row: RowWords, name: string, t: string): string => `
  var ${name}Parts = vec2u();
  ${row.each('i', 'u.V')} { let w = weights[base + i]; ${name}Parts += select(vec2u(), digits(w), w >= ${t}); }
  let ${name} = carried(${row.count(`${name}Parts`)});`;

/**
 * Each sharer owns a run of consecutive indices. A run's start is the mass in front of it; the first index whose running
 * sum passes the goal wins. The goal is below the sum, so there is one, unless the logits are not numbers.
 */
const inverseCdf = (row: RowWords): string => `
  let run = (u.V + ${row.sharers - 1}) / ${row.sharers};
  let first = ${row.share} * run;
  let end = min(first + run, u.V);
  ${row.settle}
  var mine = vec2u();
  for (var i = first; i < end; i++) { let w = weights[base + i]; mine += select(vec2u(), digits(w), w >= threshold); }
  var running = ${row.countBefore('mine')};
  let goal = shareOf(carried(${row.count('mine')}), uniform24);
  var hit = f32(u.V);
  for (var i = first; i < end; i++) {
    let w = weights[base + i];
    if (w < threshold) { continue; }
    running += digits(w);
    if (exceeds(carried(running), goal)) { hit = f32(i); break; }
  }
  let chosen = min(i32(-(${row.largest('-hit')})), u.V - 1);`;

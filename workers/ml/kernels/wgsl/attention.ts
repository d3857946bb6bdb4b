// Causal attention with grouped key/value heads, forward and backward. One thread per query (or key) keeps its vectors in
// registers and walks the other axis; neighbouring threads read the same key at the same time, so loads are broadcasts.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import type { WgslProgram } from '../../backends/webgpu/wgsl-program.ts';
import { lanesFor, range, unroll } from './lanes.ts';
import type { Lanes } from './lanes.ts';
import { groupsFor, registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerAttention(): void {
  registerWgslKernel('FAttention', attention);
  registerWgslKernel('FAttentionGrad', attentionGrad);
}

const THREADS = 32;

interface Heads {
  B: number;
  T: number;
  H: number;
  KV: number;
  D: number;
  lanes: Lanes;
  /** Elements of one head: D / lanes.size. */
  parts: number;
}

function headsOf(call: WgslCall): Heads {
  const [B = 0, T = 0, C = 0] = call.shape('q');
  const [H, KV] = [call.number('numHeads'), call.number('numKeyValueHeads')];
  const D = C / H;
  const lanes = lanesFor(D);
  return { B, T, H, KV, D, lanes, parts: D / lanes.size };
}

const UNIFORMS = { T: 'i32', H: 'i32', KV: 'i32', scale: 'f32' } as const;
const valuesOf = ({ T, H, KV, D }: Heads): Record<keyof typeof UNIFORMS, number> => ({ T, H, KV, scale: 1 / Math.sqrt(D) });

/** Inner product of `parts` registers with consecutive memory. */
const dotWith = ({ lanes, parts }: Heads, register: string, memory: string, at: string): string =>
  range(parts)
    .map((n) => lanes.dot(`${register}${n}`, `${memory}[${at} + ${n}]`))
    .join(' + ');

/** Offsets of one query row and of the first key row of its head; wid.y counts (batch, query head). */
const queryAddresses = ({ parts }: Heads): string => `
  let t = i32(gid.x);
  if (t >= u.T) { return; }
  let head = i32(wid.y);
  let h = head % u.H;
  let b = head / u.H;
  let at = ((b * u.T + t) * u.H + h) * ${parts};
  let keyStride = u.KV * ${parts};
  var key = b * u.T * keyStride + (h * u.KV / u.H) * ${parts};`;

function attention(call: WgslCall): TensorInfo[] {
  const heads = headsOf(call);
  const [out, logSumExp] = [call.output(call.shape('q')), call.output([heads.B, heads.H, heads.T])];
  call.run({
    key: `attention ${heads.D}`,
    build: () => forwardProgram(heads),
    tensors: [call.input('q'), call.input('k'), call.input('v'), out, logSumExp],
    uniforms: valuesOf(heads),
    groups: [groupsFor(heads.T, THREADS), heads.B * heads.H],
  });
  return [out, logSumExp];
}

/** Online softmax: the running maximum rescales what was summed so far. */
function forwardProgram(heads: Heads): WgslProgram {
  const { lanes, parts } = heads;
  const body = `${queryAddresses(heads)}
  ${unroll(parts, (n) => `let q${n} = Q[at + ${n}] * u.scale; var sum${n} = ${lanes.zero};`)}
  var largest = -1e30;
  var total = 0.0;
  for (var j = 0; j <= t; j++) {
    let score = ${dotWith(heads, 'q', 'K', 'key')};
    let next = max(largest, score);
    let shrink = exp(largest - next);
    let p = exp(score - next);
    total = total * shrink + p;
    ${unroll(parts, (n) => `sum${n} = sum${n} * shrink + p * V[key + ${n}];`)}
    largest = next;
    key += keyStride;
  }
  ${unroll(parts, (n) => `Out[at + ${n}] = sum${n} / total;`)}
  logSumExp[head * u.T + t] = largest + log(total);`;
  const slots = [
    reads('Q', lanes.element),
    reads('K', lanes.element),
    reads('V', lanes.element),
    writes('Out', lanes.element),
    writes('logSumExp', 'f32'),
  ];
  return { slots, uniforms: UNIFORMS, workgroup: [THREADS, 1, 1], body };
}

function attentionGrad(call: WgslCall): TensorInfo[] {
  const heads = headsOf(call);
  const [dq, dk, dv] = [call.output(call.shape('q')), call.output(call.shape('k')), call.output(call.shape('v'))];
  const delta = call.output([heads.B, heads.H, heads.T]);
  const [q, k, v, dy, lse] = [call.input('q'), call.input('k'), call.input('v'), call.input('dy'), call.input('logSumExp')];
  call.run({
    key: `attentionGradQ ${heads.D}`,
    build: () => gradQueryProgram(heads),
    tensors: [q, k, v, call.input('out'), dy, lse, dq, delta],
    uniforms: valuesOf(heads),
    groups: [groupsFor(heads.T, THREADS), heads.B * heads.H],
  });
  call.run({
    key: `attentionGradKV ${heads.D}`,
    build: () => gradKeyValueProgram(heads),
    tensors: [q, k, v, dy, lse, delta, dk, dv],
    uniforms: valuesOf(heads),
    groups: [groupsFor(heads.T, THREADS), heads.B * heads.KV],
  });
  call.runner.release(delta);
  return [dq, dk, dv];
}

/** dq = sum over keys of ds k, ds = p (dy.v - delta) scale; delta = dy.out is kept for the other kernel. */
function gradQueryProgram(heads: Heads): WgslProgram {
  const { lanes, parts } = heads;
  const body = `${queryAddresses(heads)}
  ${unroll(parts, (n) => `let q${n} = Q[at + ${n}] * u.scale; let g${n} = dY[at + ${n}]; var sum${n} = ${lanes.zero};`)}
  let own = ${dotWith(heads, 'g', 'Out', 'at')};
  delta[head * u.T + t] = own;
  let lse = logSumExp[head * u.T + t];
  for (var j = 0; j <= t; j++) {
    let p = exp(${dotWith(heads, 'q', 'K', 'key')} - lse);
    let ds = p * (${dotWith(heads, 'g', 'V', 'key')} - own) * u.scale;
    ${unroll(parts, (n) => `sum${n} += ds * K[key + ${n}];`)}
    key += keyStride;
  }
  ${unroll(parts, (n) => `dQ[at + ${n}] = sum${n};`)}`;
  const inputs = ['Q', 'K', 'V', 'Out', 'dY'].map((name) => reads(name, lanes.element));
  const slots = [...inputs, reads('logSumExp', 'f32'), writes('dQ', lanes.element), writes('delta', 'f32')];
  return { slots, uniforms: UNIFORMS, workgroup: [THREADS, 1, 1], body };
}

/**
 * Thread = one key; walks the queries of all heads that share it. Starts at the first query of the workgroup so that all
 * threads read the same query; the few before its own key are masked.
 */
function gradKeyValueProgram(heads: Heads): WgslProgram {
  const { lanes, parts } = heads;
  const body = `
  let j = i32(gid.x);
  if (j >= u.T) { return; }
  let kv = i32(wid.y) % u.KV;
  let b = i32(wid.y) / u.KV;
  let sharers = u.H / u.KV;
  let first = i32(wid.x) * ${THREADS};
  let at = ((b * u.T + j) * u.KV + kv) * ${parts};
  ${unroll(parts, (n) => `let k${n} = K[at + ${n}] * u.scale; let v${n} = V[at + ${n}]; var dk${n} = ${lanes.zero}; var dv${n} = ${lanes.zero};`)}
  for (var h = kv * sharers; h < (kv + 1) * sharers; h++) {
    var query = ((b * u.T + first) * u.H + h) * ${parts};
    for (var t = first; t < u.T; t++) {
      let row = (b * u.H + h) * u.T + t;
      let p = select(0.0, exp(${dotWith(heads, 'k', 'Q', 'query')} - logSumExp[row]), t >= j);
      let ds = p * (${dotWith(heads, 'v', 'dY', 'query')} - delta[row]) * u.scale;
      ${unroll(parts, (n) => `dk${n} += ds * Q[query + ${n}]; dv${n} += p * dY[query + ${n}];`)}
      query += u.H * ${parts};
    }
  }
  ${unroll(parts, (n) => `dK[at + ${n}] = dk${n}; dV[at + ${n}] = dv${n};`)}`;
  const inputs = ['Q', 'K', 'V', 'dY'].map((name) => reads(name, lanes.element));
  const slots = [...inputs, reads('logSumExp', 'f32'), reads('delta', 'f32'), writes('dK', lanes.element), writes('dV', lanes.element)];
  return { slots, uniforms: UNIFORMS, workgroup: [THREADS, 1, 1], body };
}

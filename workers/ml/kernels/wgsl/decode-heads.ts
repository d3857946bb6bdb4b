// The heads of one decoding step: rotation, cache row and attention in one dispatch. Like `FDecodeAttention` (decode.ts), whose
// newest key and value are still in registers here: nobody reads what another thread of this dispatch writes.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import type { WgslProgram } from '../../backends/webgpu/wgsl-program.ts';
import { MAX_SHARED_SCORES, onlineSoftmax, SHARED_SCORES, sharedSoftmax, sharedValues, UNIFORMS } from './cached-keys.ts';
import type { HeadParts } from './cached-keys.ts';
import { lanesFor, range, unroll } from './lanes.ts';
import { groupsFor, registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerDecodeHeads(): void {
  registerWgslKernel('FDecodeHeads', decodeHeads);
}

interface Heads extends HeadParts {
  /** Elements of half a head. */
  half: number;
}

function decodeHeads(call: WgslCall): TensorInfo {
  const [R = 0, width = 0] = call.shape('qkv');
  const [H, KV, M] = [call.number('numHeads'), call.number('numKeyValueHeads'), call.shape('keys')[1] ?? 0];
  const D = width / (H + 2 * KV);
  const lanes = lanesFor(D / 2);
  const heads = { lanes, parts: D / lanes.size, half: D / 2 / lanes.size };
  const out = call.output([R, H * D]);
  const shared = call.runner.prefersTiles && M <= MAX_SHARED_SCORES;
  call.run({
    key: `decodeHeads ${D} ${shared}`,
    build: () => (shared ? sharedProgram(heads) : threadProgram(heads)),
    tensors: [...['qkv', 'cos', 'sin', 'positions', 'keys', 'values'].map((name) => call.input(name)), out],
    uniforms: { units: R * H, H, KV, M, scale: 1 / Math.sqrt(D) },
    groups: [shared ? R * H : groupsFor(R * H, 4)],
  });
  return out;
}

const slotsOf = ({ lanes }: Heads): WgslProgram['slots'] => [
  ...['qkv', 'cosines', 'sines'].map((name) => reads(name, lanes.element)),
  reads('positions', 'i32'),
  writes('K', lanes.element),
  writes('V', lanes.element),
  writes('Out', lanes.element),
];

/** WGSL: registers name0.. get the rotated head at `at`, times `factor`. */
const rotated = (half: number, name: string, at: string, factor: string): string =>
  unroll(
    half,
    (n) => `let ${name}${n} = (qkv[${at} + ${n}] * c${n} - qkv[${at} + ${n + half}] * s${n}) * ${factor};
  let ${name}${n + half} = (qkv[${at} + ${n + half}] * c${n} + qkv[${at} + ${n}] * s${n}) * ${factor};`,
  );

/** Places and rotated registers of (sequence, head) number `unit`. */
const opening = ({ half }: Heads): string => `
  let r = unit / u.H;
  let h = unit % u.H;
  let g = h * u.KV / u.H;
  let row = r * (u.H + 2 * u.KV) * ${2 * half};
  let newKey = row + (u.H + g) * ${2 * half};
  let newValue = newKey + u.KV * ${2 * half};
  let position = positions[r];
  let keyStride = u.KV * ${2 * half};
  let firstKey = r * u.M * keyStride + g * ${2 * half};
  let at = unit * ${2 * half};
  ${unroll(half, (n) => `let c${n} = cosines[position * ${half} + ${n}]; let s${n} = sines[position * ${half} + ${n}];`)}
  ${rotated(half, 'q', `row + h * ${2 * half}`, 'u.scale')}
  ${rotated(half, 'k', 'newKey', '1.0')}
  let ownScore = ${range(2 * half)
    .map((n) => `q${n} * k${n}`)
    .join(' + ')};`;

/** The first head of a group writes the row that its heads share. */
const intoCache = ({ half }: Heads): string => `if (h % (u.H / u.KV) == 0) {
    let to = firstKey + position * keyStride;
    ${unroll(2 * half, (n) => `K[to + ${n}] = k${n}; V[to + ${n}] = qkv[newValue + ${n}];`)}
  }`;

/** One thread per (sequence, head), online softmax that begins with the newest key. */
function threadProgram(heads: Heads): WgslProgram {
  const { lanes, half } = heads;
  const body = `
  let unit = index;
  if (unit >= u.units) { return; }
  ${opening(heads)}
  ${intoCache(heads)}
  var largest = ${lanes.sum('ownScore')};
  var total = 1.0;
  ${unroll(2 * half, (n) => `var sum${n} = qkv[newValue + ${n}];`)}
  ${onlineSoftmax(heads, 'position')}`;
  return { slots: slotsOf(heads), uniforms: UNIFORMS, workgroup: [4, 1, 1], body };
}

/** A workgroup per (sequence, head): threads share the keys for the scores, then the elements of the value sum. */
function sharedProgram(heads: Heads): WgslProgram {
  const { lanes } = heads;
  const body = `
  let unit = i32(wid.x);
  ${opening(heads)}
  if (lane == 0) { ${intoCache(heads)} }
  let newest = ${lanes.sum('ownScore')};
  ${sharedSoftmax(heads, 'position', 'newest')}
  let p = exp(newest - largest);
  ${sharedValues(heads, 'position', 'p * qkv[newValue + n]', 'p')}`;
  return { slots: slotsOf(heads), uniforms: UNIFORMS, workgroup: [64, 1, 1], declarations: SHARED_SCORES, body };
}

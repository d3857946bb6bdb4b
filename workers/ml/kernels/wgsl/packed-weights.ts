// How packed weights lie in memory, and the WGSL that reads them. All are [K, O] with O padded to a multiple of 4, so that
// neighbouring threads read neighbouring addresses:
//   f32  float32 tensor, one vec4f for four outputs
//   f16  int32 tensor, two words for four outputs (core WGSL: no shader-f16 needed)
//   q8   int32 tensor, one word of four signed bytes for four outputs; then one float32 scale (the largest magnitude) for
//        each output and each group of 32 inputs
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import type { Element } from '../../backends/webgpu/wgsl-program.ts';
import type { WeightPrecision } from '../pack-linear.ts';
import { runElementwise } from './elementwise.ts';
import { groupsFor } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

/** Inputs that share a scale. */
export const GROUP = 32;

export interface PackedFormat {
  element: Element;
  /** WGSL run once per group of inputs; `g` is the group, `c` the quad of outputs, `u.groups`, `u.K`, `u.columns` (quads) are there. */
  openGroup: string;
  /** WGSL: the four weights of input `k` as a vec4f. */
  weightAt: string;
}

export const FORMATS: Record<WeightPrecision, PackedFormat> = {
  f32: { element: 'vec4f', openGroup: '', weightAt: 'packed[k * u.columns + c]' },
  f16: {
    element: 'vec2u',
    openGroup: '',
    weightAt: 'vec4f(unpack2x16float(packed[k * u.columns + c].x), unpack2x16float(packed[k * u.columns + c].y))',
  },
  q8: {
    element: 'u32',
    openGroup: `
    let s = (u.K + g * 4) * u.columns + c * 4;
    let scale = bitcast<vec4f>(vec4u(packed[s], packed[s + 1], packed[s + 2], packed[s + 3]));`,
    weightAt: 'scale * unpack4x8snorm(packed[k * u.columns + c])',
  },
};

/** WGSL: weight of output `o`, input `k`; 0 in the padding. */
const SOURCE = `
fn source(o: i32, k: i32) -> f32 { return select(0.0, weight[min(o, u.O - 1) * u.K + k], o < u.O); }
fn quad(c: i32, k: i32) -> vec4f { return vec4f(source(c * 4, k), source(c * 4 + 1, k), source(c * 4 + 2, k), source(c * 4 + 3, k)); }`;

/** @returns the packed weight, owned by the caller */
export function packWeight(call: WgslCall, precision: WeightPrecision): TensorInfo {
  const [O = 0, K = 0] = call.shape('weight');
  const columns = groupsFor(O, 4);
  const groups = groupsFor(K, GROUP);
  const packed = outputFor(call, precision, K, columns, groups);
  runElementwise(call, {
    key: `packLinear ${precision}`,
    slots: [reads('weight', 'f32'), writes('packed', FORMATS[precision].element)],
    tensors: [call.input('weight'), packed],
    count: (precision === 'q8' ? groups : K) * columns,
    uniforms: { O: 'i32', K: 'i32', columns: 'i32' },
    values: { O, K, columns },
    declarations: SOURCE,
    body: PACKERS[precision],
  });
  return packed;
}

function outputFor(call: WgslCall, precision: WeightPrecision, K: number, columns: number, groups: number): TensorInfo {
  if (precision === 'f32') return call.output([K, columns * 4]);
  if (precision === 'f16') return call.output([K, columns * 2], 'int32');
  return call.output([K + groups * 4, columns], 'int32');
}

/** Bodies over `i`: one quad of outputs of one input, or (q8) of one group of inputs. */
const PACKERS: Record<WeightPrecision, string> = {
  f32: 'packed[i] = quad(i % u.columns, i / u.columns);',
  f16: 'let w = quad(i % u.columns, i / u.columns); packed[i] = vec2u(pack2x16float(w.xy), pack2x16float(w.zw));',
  q8: `
  let c = i % u.columns;
  let g = i / u.columns;
  let end = min((g + 1) * ${GROUP}, u.K);
  var scale = vec4f();
  for (var k = g * ${GROUP}; k < end; k++) { scale = max(scale, abs(quad(c, k))); }
  let safe = max(scale, vec4f(1e-30));
  for (var k = g * ${GROUP}; k < end; k++) { packed[k * u.columns + c] = pack4x8snorm(quad(c, k) / safe); }
  let bits = bitcast<vec4u>(scale);
  for (var j = 0; j < 4; j++) { packed[(u.K + g * 4) * u.columns + c * 4 + j] = bits[j]; }`,
};

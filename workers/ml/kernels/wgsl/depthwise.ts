// Depthwise convolution on NHWC, stride 1, same padding. A thread computes a strip of pixels for one element of channels,
// so that each filter tap is loaded once per strip.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import type { WgslProgram } from '../../backends/webgpu/wgsl-program.ts';
import { columnSum, sumOfRows } from './column-sums.ts';
import { lanesFor, unroll } from './lanes.ts';
import type { Lanes } from './lanes.ts';
import { groupsFor, linearGroups, registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerDepthwise(): void {
  registerWgslKernel('FDepthwiseConv', (call) => convolve(call, 'x'));
  registerWgslKernel('FDepthwiseConvGradX', (call) => convolve(call, 'dy'));
  registerWgslKernel('FDepthwiseConvGradWeight', gradWeight);
}

const STRIP = 4;
const UNIFORMS = { count: 'i32', H: 'i32', W: 'i32', columns: 'i32', size: 'i32' } as const;

/** The gradient for x is the same convolution of dy with the filter turned by 180 degrees, without bias. */
function convolve(call: WgslCall, input: 'x' | 'dy'): TensorInfo {
  const [B = 0, H = 0, W = 0, C = 0] = call.shape(input);
  const lanes = lanesFor(C);
  const y = call.output([B, H, W, C]);
  const columns = C / lanes.size;
  const count = B * H * groupsFor(W, STRIP) * columns;
  const bias = input === 'x' ? [call.input('bias')] : [];
  call.run({
    key: `depthwise ${input} ${lanes.key}`,
    build: () => convolveProgram(lanes, input === 'dy'),
    tensors: [call.input(input), call.input('weight'), y, ...bias],
    uniforms: { count, H, W, columns, size: call.number('kernelSize') },
    groups: linearGroups(count, 64),
  });
  return y;
}

/** WGSL for the filter tap of all channels of element c; weights are [C, 1, k, k]. */
const tapOf = (lanes: Lanes, tap: string): string => {
  const one = (n: number): string => `weight[(c * ${lanes.size} + ${n}) * u.size * u.size + ${tap}]`;
  return lanes.size === 1 ? one(0) : `vec4f(${[0, 1, 2, 3].map(one).join(', ')})`;
};

function convolveProgram(lanes: Lanes, turned: boolean): WgslProgram {
  const tap = turned ? 'u.size * u.size - 1 - (ky * u.size + kx)' : 'ky * u.size + kx';
  const body = `
  if (index >= u.count) { return; }
  let c = index % u.columns;
  let strips = (u.W + ${STRIP - 1}) / ${STRIP};
  let x0 = (index / u.columns % strips) * ${STRIP};
  let row = index / u.columns / strips;
  let y0 = row % u.H;
  let reach = u.size / 2;
  ${unroll(STRIP, (n) => `var sum${n} = ${turned ? lanes.zero : 'bias[c]'};`)}
  for (var ky = 0; ky < u.size; ky++) {
    let line = y0 + ky - reach;
    if (line < 0 || line >= u.H) { continue; }
    let base = (row + ky - reach) * u.W;
    for (var kx = 0; kx < u.size; kx++) {
      let w = ${tapOf(lanes, tap)};
      let left = x0 + kx - reach;
      ${unroll(STRIP, (n) => `if (left + ${n} >= 0 && left + ${n} < u.W) { sum${n} += w * image[(base + left + ${n}) * u.columns + c]; }`)}
    }
  }
  ${unroll(STRIP, (n) => `if (x0 + ${n} < u.W) { y[(row * u.W + x0 + ${n}) * u.columns + c] = sum${n}; }`)}`;
  const bias = turned ? [] : [reads('bias', lanes.element)];
  const slots = [reads('image', lanes.element), reads('weight', 'f32'), writes('y', lanes.element), ...bias];
  return { slots, uniforms: UNIFORMS, workgroup: [64, 1, 1], body };
}

const ROWS_PER_CHUNK = 8;

/** Partial sums per (image, band of rows), then a column sum over the bands. */
function gradWeight(call: WgslCall): TensorInfo {
  const [B = 0, H = 0, W = 0, C = 0] = call.shape('x');
  const size = call.number('kernelSize');
  const lanes = lanesFor(C);
  const columns = C / lanes.size;
  const bands = groupsFor(H, ROWS_PER_CHUNK);
  const partial = call.output([B * bands, C * size * size]);
  call.run({
    key: `depthwiseGradWeight ${lanes.key}`,
    build: () => gradWeightProgram(lanes),
    tensors: [call.input('dy'), call.input('x'), partial],
    uniforms: { count: columns * size * size, H, W, columns, size, bands },
    groups: [groupsFor(columns * size * size, 64), B * bands],
  });
  const total = columnSum(call.runner, sumOfRows(partial, B * bands, C * size * size));
  call.runner.release(partial);
  return { ...total, shape: [C, 1, size, size] };
}

function gradWeightProgram(lanes: Lanes): WgslProgram {
  const store = unroll(lanes.size, (n) => `sums[out + ${n} * u.size * u.size] = total${lanes.size === 4 ? `[${n}]` : ''};`);
  const body = `
  let i = i32(gid.x);
  if (i >= u.count) { return; }
  let c = i % u.columns;
  let tap = i / u.columns;
  let reach = u.size / 2;
  let ky = tap / u.size - reach;
  let kx = tap % u.size - reach;
  let b = i32(wid.y) / u.bands;
  let first = (i32(wid.y) % u.bands) * ${ROWS_PER_CHUNK};
  var total = ${lanes.zero};
  for (var y = max(first, -ky); y < min(min(first + ${ROWS_PER_CHUNK}, u.H), u.H - ky); y++) {
    let line = (b * u.H + y) * u.W;
    for (var x = max(0, -kx); x < min(u.W, u.W - kx); x++) {
      total += dy[(line + x) * u.columns + c] * image[(line + ky * u.W + x + kx) * u.columns + c];
    }
  }
  let out = (i32(wid.y) * u.columns + c) * ${lanes.size} * u.size * u.size + tap;
  ${store}`;
  const slots = [reads('dy', lanes.element), reads('image', lanes.element), writes('sums', 'f32')];
  return { slots, uniforms: { ...UNIFORMS, bands: 'i32' }, workgroup: [64, 1, 1], body };
}

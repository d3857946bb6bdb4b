// What the adapter can do at most, measured in the same run: memory copy, a large product, an empty dispatch. The divisors of the
// attainable time (t_min). Runs on the project's webgpu backend.
import { backend, randomUniform, tidy } from '@tensorflow/tfjs-core';
import { internalsOf } from '../../workers/ml/backends/webgpu/tfjs-internals.ts';
import { runnerOf } from '../../workers/ml/backends/webgpu/wgsl-runner.ts';
import { linear } from '../../workers/ml/kernels/linear.ts';
import type { AdapterSpeed } from './hosts/protocol.ts';

export interface AdapterSizes {
  copyBytes: number;
  /** Sides of the square products; the best rate counts. */
  products: number[];
  dispatches: number;
}

const GPU_SIZES: AdapterSizes = { copyBytes: 256 << 20, products: [2048, 4096], dispatches: 2000 };
const REPEATS = 5;

/** @param sizes smaller ones for a test on a software adapter */
export async function measureAdapter(sizes: AdapterSizes = GPU_SIZES): Promise<AdapterSpeed> {
  const { device } = internalsOf(backend());
  const rates: number[] = [];
  for (const side of sizes.products) rates.push((2 * side ** 3) / (await productSeconds(device, side)));
  return {
    // read and written
    bytesPerSecond: (2 * sizes.copyBytes) / (await copySeconds(device, sizes.copyBytes)),
    flopPerSecond: Math.max(...rates),
    dispatchSeconds: await dispatchSeconds(device, sizes.dispatches),
  };
}

/** Shortest of several runs, each waited for. */
async function shortest(device: GPUDevice, submit: () => void): Promise<number> {
  let best = Infinity;
  for (let i = 0; i <= REPEATS; i++) {
    const began = performance.now();
    submit();
    await device.queue.onSubmittedWorkDone();
    if (i > 0) best = Math.min(best, performance.now() - began); // the first compiles
  }
  return best / 1000;
}

async function productSeconds(device: GPUDevice, side: number): Promise<number> {
  const runner = runnerOf(backend());
  const [x, weight] = [randomUniform([side, side], -1, 1), randomUniform([side, side], -1, 1)];
  const seconds = await shortest(device, () => {
    tidy(() => void linear(x, weight));
    runner.flush();
  });
  x.dispose();
  weight.dispose();
  return seconds;
}

const COPY = `
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> target_: array<vec4f>;
@compute @workgroup_size(256) fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let stride = groups.x * 256u;
  for (var i = id.x; i < arrayLength(&source); i += stride) { target_[i] = source[i]; }
}`;

async function copySeconds(device: GPUDevice, bytes: number): Promise<number> {
  const [from, to] = [storage(device, bytes), storage(device, bytes)];
  const record = dispatcher(device, COPY, [from, to]);
  const seconds = await shortest(device, () => record(Math.min(4096, bytes / 16 / 256), 1));
  from.destroy();
  to.destroy();
  return seconds;
}

const EMPTY = `
@group(0) @binding(0) var<storage, read_write> cell: array<f32>;
@compute @workgroup_size(1) fn main() { cell[0] += 1.0; }`;

/** Many small dependent dispatches in one pass, one wait: one wait per dispatch would measure the wait. */
async function dispatchSeconds(device: GPUDevice, count: number): Promise<number> {
  const cell = storage(device, 16);
  const record = dispatcher(device, EMPTY, [cell]);
  const seconds = await shortest(device, () => record(1, count));
  cell.destroy();
  return seconds / count;
}

const storage = (device: GPUDevice, size: number): GPUBuffer => device.createBuffer({ size, usage: GPUBufferUsage.STORAGE });

/** @returns records and submits `times` dispatches of `groups` workgroups in one pass */
function dispatcher(device: GPUDevice, code: string, buffers: readonly GPUBuffer[]): (groups: number, times: number) => void {
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module: device.createShaderModule({ code }) } });
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  return (groups, times) => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(groups);
    pass.end();
    device.queue.submit([encoder.finish()]);
  };
}

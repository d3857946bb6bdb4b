// TensorFlow.js with its own ops only, as a user would write the models: the peer of every row.
import { getGradient, ready, registerBackend, registerGradient, setBackend, version_core } from '@tensorflow/tfjs-core';
import { conv2DGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Conv2D_grad.js';
import { depthwiseConv2dNativeGradConfig } from '@tensorflow/tfjs-core/dist/gradients/DepthwiseConv2dNative_grad.js';
import { erfGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Erf_grad.js';
import type { Case } from '../cases.ts';
import type { Platform } from '../hosts/platform.ts';
import { describeAdapter, requestFastAdapter } from '../../../workers/ml/backends/webgpu/probe-adapter.ts';
import { registerTfjsGradients } from '../../../workers/ml/kernels/tfjs-gradients.ts';
import type { Peer, PeerSpec, PreparedWork } from './peer.ts';
import { prepareDecode, prepareTraining } from './tfjs-decoder.ts';
import { prepareTrunk, prepareTrunkTraining } from './tfjs-trunk.ts';

/** tfjs' own gradients, which neither a bundle nor Node loads with its index. */
function registerGradients(): void {
  registerTfjsGradients();
  for (const gradient of [conv2DGradConfig, depthwiseConv2dNativeGradConfig, erfGradConfig]) {
    if (!getGradient(gradient.kernelName)) registerGradient(gradient);
  }
}

export async function openTfjs(spec: PeerSpec, platform: Platform): Promise<Peer> {
  registerGradients();
  const { description, realGpu } = await selectBackend(spec, platform);
  return {
    description: `tfjs ${version_core}, ${description}`,
    realGpu,
    prepare: (work) => Promise.resolve(prepare(work, spec.backend)),
  };
}

function prepare(work: Case['work'], backend: PeerSpec['backend']): PreparedWork {
  // gather's gradient does not exist on wasm and is the slowest op of the step on cpu: a one-hot product is their best.
  const oneHotEmbedding = backend !== 'webgpu';
  switch (work.kind) {
    case 'decode':
      return prepareDecode(work.rows, work.tokens);
    case 'train':
      return prepareTraining(work.rows, work.tokens, oneHotEmbedding);
    case 'convnext':
      return prepareTrunk(work.batch);
    case 'convnext-train':
      return prepareTrunkTraining(work.batch);
    case 'prpo':
      throw new Error('no peer is known that does a PRPO step in a browser');
  }
}

async function selectBackend({ backend, threads }: PeerSpec, platform: Platform): Promise<{ description: string; realGpu: boolean }> {
  if (backend === 'simd') {
    const engine = await platform.loadSimd(threads);
    return { description: `plain ops on the project's CPU backend, threads: ${engine.threads}`, realGpu: false };
  }
  return backend === 'wasm' ? selectWasm(platform) : selectWebgpu(platform);
}

/** tfjs-wasm takes at most half of the cores that the browser tells; on a small machine it would never use a second thread. */
function offerAllCores(): number {
  const threads = Math.min(4, navigator.hardwareConcurrency);
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: 2 * threads, configurable: true });
  return threads;
}

async function selectWasm({ wasmPaths }: Platform): Promise<{ description: string; realGpu: boolean }> {
  const { getThreadsCount, setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  if (wasmPaths) {
    setWasmPaths(wasmPaths);
    setThreadsCount(offerAllCores());
  }
  if (!(await setBackend('wasm'))) throw new Error('tfjs refused its wasm backend');
  await ready();
  return { description: `backend-wasm, threads: ${wasmPaths ? getThreadsCount() : 1}`, realGpu: false };
}

/** tfjs' own factory refuses Node; this asks for the same limits as it does. */
async function selectWebgpu(platform: Platform): Promise<{ description: string; realGpu: boolean }> {
  await platform.installWebgpu();
  const adapter = await requestFastAdapter();
  if (!adapter) throw new Error('there is no WebGPU adapter');
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const { maxComputeWorkgroupStorageSize, maxComputeWorkgroupsPerDimension, maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const { maxComputeWorkgroupSizeX, maxComputeInvocationsPerWorkgroup } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: {
      maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupsPerDimension,
      maxStorageBufferBindingSize,
      maxBufferSize,
      maxComputeWorkgroupSizeX,
      maxComputeInvocationsPerWorkgroup,
    },
  });
  const name = 'webgpu';
  registerBackend(name, () => new WebGPUBackend(device, adapter.info), 3);
  if (!(await setBackend(name))) throw new Error('tfjs refused its webgpu backend');
  const { description, fallback } = describeAdapter(adapter);
  return { description: `backend-webgpu on ${description}`, realGpu: !fallback };
}

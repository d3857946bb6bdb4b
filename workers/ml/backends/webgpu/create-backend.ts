// Makes tfjs' webgpu backend on a device of our own: all limits of the adapter, optional features, loss and errors reported.
// tfjs' own factory cannot report a lost device and crashes where there is no adapter.
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { env, findBackendFactory, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../../src/shared/errors.ts';
import { advanceDeviceEpoch } from './device-epoch.ts';
import { watchMemory } from './memory-watch.ts';
import { describeAdapter, requestFastAdapter } from './probe-adapter.ts';
import type { AdapterProbe } from './probe-adapter.ts';
import { runnerOf } from './wgsl-runner.ts';
import type { WgslRunner } from './wgsl-runner.ts';

export interface WebgpuOptions {
  /** The device is gone: every tensor on it is lost. Not called for `dispose`. */
  onLost(error: WorkbenchError): void;
  /** A validation or memory error that no call reported: a fault of ours, or too little memory. */
  onError(error: WorkbenchError): void;
  /** Forces the kernel family; by default tiles are used on real GPUs only. */
  prefersTiles?: boolean;
}

export interface WebgpuHandle {
  readonly backend: WebGPUBackend;
  readonly runner: WgslRunner;
  readonly adapter: AdapterProbe;
  /** See `device-epoch.ts`. */
  readonly epoch: number;
  /** Removes the backend and destroys the device; every tensor on it becomes invalid. */
  dispose(): void;
}

const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query'];
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeInvocationsPerWorkgroup',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxBufferSize',
] as const;
/** One submit per this many dispatches: a training step of the small decoder is then four submits at most. */
const DISPATCHES_PER_SUBMIT = 64;

/**
 * Makes a device and selects it as tfjs' current backend. Kernels are registered apart, once (`registerWgslOps`).
 * @throws WorkbenchError E-NO-GPU when there is no adapter or it gives no device
 */
export async function createWebgpuBackend(options: WebgpuOptions): Promise<WebgpuHandle> {
  const adapter = await requestFastAdapter();
  if (!adapter) throw noGpu('This browser found no graphics adapter for WebGPU.');
  const probe = describeAdapter(adapter);
  const device = await requestDevice(adapter);
  const backend = new WebGPUBackend(device, adapter.info);
  const epoch = advanceDeviceEpoch();
  let disposed = false;
  const runner = runnerOf(backend);
  watchDevice(device, options, () => disposed);
  watchMemory(device, { allocatedBytes: () => runner.poolBytes().allocatedBytes, onRefused: (error) => options.onError(error) });
  await select(backend);
  runner.prefersTiles = options.prefersTiles ?? !probe.fallback;
  const dispose = (): void => {
    disposed = true;
    removeBackend('webgpu');
    device.destroy();
  };
  return { backend, runner, adapter: probe, epoch, dispose };
}

async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredFeatures = OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature));
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  try {
    return await adapter.requestDevice({ requiredFeatures, requiredLimits });
  } catch (error) {
    throw noGpu(`The graphics adapter gave no device: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function watchDevice(device: GPUDevice, options: WebgpuOptions, isDisposed: () => boolean): void {
  void device.lost.then((loss) => {
    if (!isDisposed()) options.onLost(lostError(loss));
  });
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault(); // told by onError, not on the console as well
    options.onError(uncapturedError(event.error));
  });
}

async function select(backend: WebGPUBackend): Promise<void> {
  // true would run small ops on the CPU, and a lost device would go unnoticed
  env().set('WEBGPU_CPU_FORWARD', false);
  env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', DISPATCHES_PER_SUBMIT);
  if (findBackendFactory('webgpu')) removeBackend('webgpu');
  registerBackend('webgpu', () => backend, 4);
  if (!(await setBackend('webgpu'))) throw noGpu('tfjs refused the webgpu backend.');
}

function noGpu(message: string): WorkbenchError {
  return new WorkbenchError('E-NO-GPU', message, {
    safe: 'Nothing was changed.',
    remedy: 'Leave out ?backend=webgpu: the CPU engine does everything, more slowly.',
  });
}

function lostError(loss: GPUDeviceLostInfo): WorkbenchError {
  return new WorkbenchError('E-GPU-LOST', `The graphics device was lost (${loss.reason || 'unknown'}).`, {
    safe: 'Everything stored is unharmed.',
    remedy: 'The engine makes a new device and resumes from the last checkpoint.',
    details: { reason: loss.reason, message: loss.message },
  });
}

function uncapturedError(error: GPUError): WorkbenchError {
  const outOfMemory = error instanceof GPUOutOfMemoryError;
  return new WorkbenchError(outOfMemory ? 'E-MEMORY' : 'E-INTERNAL', `The graphics device reported: ${error.message}`, {
    safe: 'Everything stored is unharmed.',
    remedy: outOfMemory ? 'Choose a smaller batch or model.' : 'Reload the page; if it happens again, report it with these details.',
  });
}

// What this machine offers through WebGPU, asked without making a device. Knows nothing about tfjs.
import type { GpuFacts } from '../../../../src/shared/engine-api.ts';

/** What the engine needs to choose a backend and what the device chip shows. */
export interface AdapterProbe {
  available: boolean;
  /** A software adapter: WebGPU works, but the CPU engine is many times faster. */
  fallback: boolean;
  /** Adapter in plain words, or why there is none. */
  description: string;
  /** Vendor's architecture name, empty when unknown. */
  architecture: string;
  f16: boolean;
  /** Absent where there is no adapter. */
  gpu?: GpuFacts;
}

const SOFTWARE_ARCHITECTURE = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

/** Asks for the fastest adapter; never throws: a browser without WebGPU is an answer, not a fault. */
export async function probeAdapter(): Promise<AdapterProbe> {
  try {
    const adapter = await requestFastAdapter();
    return adapter ? describeAdapter(adapter) : unavailable('This browser found no graphics adapter for WebGPU.');
  } catch (error) {
    return unavailable(`WebGPU failed to start: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The high-performance adapter, or null where there is no WebGPU or no adapter. */
export async function requestFastAdapter(): Promise<GPUAdapter | null> {
  if (!globalThis.navigator?.gpu) return null;
  return navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
}

/** Reads an adapter's own words; `isFallbackAdapter` moved from the adapter to its info in 2025, both are read. */
export function describeAdapter(adapter: GPUAdapter): AdapterProbe {
  const { vendor, architecture, device, description } = adapter.info;
  const words = [description, device, architecture, vendor].find((text) => text !== '') ?? 'unnamed adapter';
  const flagged = flagOf(adapter) || flagOf(adapter.info);
  return {
    available: true,
    fallback: flagged || SOFTWARE_ARCHITECTURE.test(`${vendor} ${architecture} ${device} ${description}`),
    description: words,
    architecture,
    f16: adapter.features.has('shader-f16'),
    gpu: factsOf(adapter, words),
  };
}

/** What the Device page tells of an adapter. */
function factsOf({ features, limits }: GPUAdapter, words: string): GpuFacts {
  const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize, maxComputeInvocationsPerWorkgroup } = limits;
  return {
    adapter: words,
    timestampQuery: features.has('timestamp-query'),
    maxBufferSize,
    maxStorageBufferBindingSize,
    maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup,
  };
}

const flagOf = (owner: object): boolean => 'isFallbackAdapter' in owner && owner.isFallbackAdapter === true;

const unavailable = (description: string): AdapterProbe => ({
  available: false,
  fallback: false,
  description,
  architecture: '',
  f16: false,
});

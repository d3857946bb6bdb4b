// What differs between Node and a browser worker when a backend is loaded.
import type { SimdEngine } from '../../../workers/ml/backends/simd/engine.ts';
import type { WebgpuHandle } from '../../../workers/ml/backends/webgpu/create-backend.ts';

export interface Platform {
  /** The project's CPU engine; tfjs' current backend afterwards. */
  loadSimd: (threads?: number) => Promise<SimdEngine>;
  /** The project's WebGPU backend; tfjs' current backend afterwards. */
  loadWebgpu: () => Promise<WebgpuHandle>;
  /** Makes sure that `navigator.gpu` exists where the machine can offer it. */
  installWebgpu: () => Promise<void>;
  /** Processor time of this peer so far, all threads; null in a browser, which does not tell. */
  processorMs: (() => number) | null;
  /** Addresses of tfjs-backend-wasm's binaries by file name; null where the package finds them itself. */
  wasmPaths: Record<string, string> | null;
}

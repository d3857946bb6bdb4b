// The platform of a browser worker; bundled by Vite.
import plainUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { loadSimdBrowser } from '../../../workers/ml/backends/simd/load-browser.ts';
import { createWebgpuBackend } from '../../../workers/ml/backends/webgpu/create-backend.ts';
import { registerReferenceOps } from '../../../workers/ml/kernels/register.ts';
import { registerWgslOps } from '../../../workers/ml/kernels/wgsl/register.ts';
import type { Platform } from './platform.ts';

const rethrow = (error: Error): never => {
  throw error;
};

export const browserPlatform: Platform = {
  loadSimd: (threads) => loadSimdBrowser(threads === undefined ? {} : { threads }),
  loadWebgpu: () => {
    registerReferenceOps();
    registerWgslOps();
    return createWebgpuBackend({ onLost: rethrow, onError: rethrow });
  },
  installWebgpu: () => Promise.resolve(),
  processorMs: null,
  wasmPaths: {
    'tfjs-backend-wasm.wasm': new URL(plainUrl, self.location.href).href,
    'tfjs-backend-wasm-simd.wasm': new URL(simdUrl, self.location.href).href,
    'tfjs-backend-wasm-threaded-simd.wasm': new URL(threadedUrl, self.location.href).href,
  },
};

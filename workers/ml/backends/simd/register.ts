// Makes `simd` a tfjs backend: every cpu kernel by copy, then the SIMD kernels over them.
import { findBackend, getKernel, getKernelsForBackend, registerBackend, registerKernel, removeBackend } from '@tensorflow/tfjs-core';
import { registerReferenceOps } from '../../kernels/register.ts';
import { registerSimdKernels } from '../../kernels/simd/register.ts';
import { SimdBackend } from './backend.ts';
import type { SimdEngine } from './engine.ts';

export const SIMD_BACKEND = 'simd';

/**
 * Registers the backend and all kernels; the caller then calls `setBackend('simd')`. Replaces an earlier `simd` backend, whose
 * tensors must not be used any more.
 */
export function registerSimdBackend(engine: SimdEngine): void {
  if (findBackend(SIMD_BACKEND)) removeBackend(SIMD_BACKEND);
  registerReferenceOps();
  registerBackend(SIMD_BACKEND, () => new SimdBackend(engine), 5);
  copyCpuKernels();
  registerSimdKernels();
}

/** As tfjs' copyRegisteredKernels, without its warnings when called again. */
function copyCpuKernels(): void {
  for (const kernel of getKernelsForBackend('cpu')) {
    if (!getKernel(kernel.kernelName, SIMD_BACKEND)) registerKernel({ ...kernel, backendName: SIMD_BACKEND });
  }
}

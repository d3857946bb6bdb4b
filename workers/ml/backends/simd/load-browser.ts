// Loads the engine in a browser worker: the fitting kernel build, and threads where the page is cross-origin isolated.
import { setBackend } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../../src/shared/errors.ts';
import plainUrl from '../../kernels/simd/build/kernels.wasm?url';
import relaxedUrl from '../../kernels/simd/build/kernels-relaxed.wasm?url';
import { createSimdEngine } from './engine.ts';
import type { SimdEngine } from './engine.ts';
import { registerSimdBackend, SIMD_BACKEND } from './register.ts';
import { hasRelaxedSimd } from './relaxed.ts';
import type { ComputeThread, ThreadMessage } from './threads.ts';

const RELOAD = { safe: 'Everything stored is unharmed.', remedy: 'Reload the page.' };

function spawn(message: ThreadMessage): Promise<ComputeThread> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./kernel-thread.js', import.meta.url), { type: 'module' });
    worker.addEventListener('message', () => resolve(worker), { once: true });
    worker.addEventListener(
      'error',
      (event) => reject(new WorkbenchError('E-THREAD', `A compute thread did not start: ${event.message}`, RELOAD)),
      { once: true },
    );
    worker.postMessage(message);
  });
}

/** Compiled from bytes: 28 kB need no streaming, and streaming would fail on a server without the wasm media type. */
async function fetchModule(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new WorkbenchError('E-MISSING', `The compute kernels could not be loaded (${response.status}).`, RELOAD);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

/** Threads that pay off: the engine shares the machine with the page, and more than four were never measured. */
export function defaultThreads(): number {
  return globalThis.crossOriginIsolated ? Math.max(1, Math.min(4, navigator.hardwareConcurrency)) : 1;
}

/**
 * Creates the engine, registers the backend `simd` and makes it the current one. Must run in a worker: it waits synchronously.
 * @param options.threads wanted; 1 without cross-origin isolation
 */
export async function loadSimdBrowser(options: { threads?: number } = {}): Promise<SimdEngine> {
  const module = await fetchModule(hasRelaxedSimd() ? relaxedUrl : plainUrl);
  const threads = globalThis.crossOriginIsolated ? (options.threads ?? defaultThreads()) : 1;
  const engine = await createSimdEngine({ module, threads, spawn });
  registerSimdBackend(engine);
  await setBackend(SIMD_BACKEND);
  return engine;
}

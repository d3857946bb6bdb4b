// Kernel module and compute threads of the `simd` engine in Node. Knows nothing about tfjs.
import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { hasRelaxedSimd } from '../ml/backends/simd/relaxed.ts';
import type { ComputeThread, ThreadMessage } from '../ml/backends/simd/threads.ts';
import { buildKernels, KERNEL_BINARIES } from './build-kernels.ts';

/** Starts one compute thread as a Node worker. */
export function spawnNodeThread(message: ThreadMessage): Promise<ComputeThread> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../ml/backends/simd/kernel-thread.js', import.meta.url), { execArgv: [] });
    worker.once('message', () => {
      // Only now: a thread that is still starting must keep the process alive.
      worker.unref();
      resolve({ terminate: () => void worker.terminate() });
    });
    worker.once('error', reject);
    worker.postMessage(message);
  });
}

/**
 * The kernel module; built first when its sources are newer. Node 20 has relaxed SIMD (fused multiply-add, a quarter faster in
 * training) behind a flag, which may still be set here, before the first module is compiled.
 * @param relaxed false asks for the plain build, as browsers without relaxed SIMD run it
 */
export async function compileNodeKernels(relaxed = true): Promise<WebAssembly.Module> {
  buildKernels();
  if (relaxed && !hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.compile(await readFile(relaxed && hasRelaxedSimd() ? KERNEL_BINARIES.relaxed : KERNEL_BINARIES.plain));
}

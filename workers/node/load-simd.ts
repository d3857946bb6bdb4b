// Loads the `simd` backend in Node, for tests and command-line programs.
import { setBackend } from '@tensorflow/tfjs-core';
import { createSimdEngine } from '../ml/backends/simd/engine.ts';
import type { SimdEngine } from '../ml/backends/simd/engine.ts';
import { registerSimdBackend, SIMD_BACKEND } from '../ml/backends/simd/register.ts';
import { compileNodeKernels, spawnNodeThread } from './simd-kernels.ts';

export interface SimdNodeOptions {
  /** Threads wanted, this one included. */
  threads?: number;
  /** False asks for the plain build. */
  relaxed?: boolean;
}

/** Creates the engine, registers backend and reference ops, and makes `simd` the current backend. */
export async function loadSimdNode({ threads = 1, relaxed = true }: SimdNodeOptions = {}): Promise<SimdEngine> {
  const engine = await createSimdEngine({ module: await compileNodeKernels(relaxed), threads, spawn: spawnNodeThread });
  registerSimdBackend(engine);
  await setBackend(SIMD_BACKEND);
  return engine;
}

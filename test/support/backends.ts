// The two backends that run in Node: `cpu` (plain references) and `simd`.
import { env, setBackend } from '@tensorflow/tfjs-core';
import type { SimdEngine } from '../../workers/ml/backends/simd/engine.ts';
import { registerReferenceOps } from '../../workers/ml/kernels/register.ts';
import { loadSimdNode } from '../../workers/node/load-simd.ts';
import type { SimdNodeOptions } from '../../workers/node/load-simd.ts';

let engine: Promise<SimdEngine> | undefined;

/** Registers everything once; the current backend is then `simd`. IS_TEST makes tfjs check every kernel for leaks. */
export async function prepareBackends(options: SimdNodeOptions = { threads: 2 }): Promise<SimdEngine> {
  env().set('IS_TEST', true);
  registerReferenceOps();
  const loaded = await (engine ??= loadSimdNode(options));
  await setBackend('simd');
  return loaded;
}

/** Runs f with the named backend and returns to `simd`. */
export async function onBackend<T>(name: 'cpu' | 'simd', f: () => Promise<T>): Promise<T> {
  await setBackend(name);
  try {
    return await f();
  } finally {
    await setBackend('simd');
  }
}

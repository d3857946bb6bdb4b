// The engine in plain words. Pure.
import type { EngineStatus } from '../shared/engine-api.ts';

/** `WebGPU · Apple M2 · f16` or `CPU · SIMD, 2 threads: no GPU found`. */
export function describeEngine({ backend, adapter, threads, shaderF16, fallbackAdapter }: EngineStatus): string {
  if (backend === 'webgpu') return ['WebGPU', adapter, shaderF16 ? 'f16' : ''].filter(Boolean).join(' · ');
  const why = fallbackAdapter ? 'only a software GPU found' : 'no GPU found';
  return `CPU · SIMD, ${threads} ${threads === 1 ? 'thread' : 'threads'}: ${why}`;
}

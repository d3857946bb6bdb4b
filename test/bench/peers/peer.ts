// What a measured library looks like to the benchmark, and how one is opened.
import type { Case } from '../cases.ts';
import type { Platform } from '../hosts/platform.ts';

/** A library on one backend. */
export interface PeerSpec {
  id: string;
  library: 'workbench' | 'tfjs' | 'jax';
  backend: 'simd' | 'wasm' | 'webgpu';
  /** Of the simd engine; all that pay off by default. */
  threads?: number;
}

/** A case made ready: weights loaded, data in place. Owned by whoever prepared it. */
export interface PreparedWork {
  /**
   * The work once, results read back.
   * @returns the loss of a training step, else nothing; parts of the step in milliseconds where it has parts
   */
  run: () => Promise<{ loss?: number; phaseMs?: Record<string, number> }>;
  /** First output for the check against the double-precision reference; absent for training steps. */
  verify?: () => Promise<number[]>;
  dispose: () => void;
}

/** An opened peer. */
export interface Peer {
  /** Version, threads, adapter: what a reader needs to judge the figures. */
  description: string;
  /** False on a software WebGPU adapter. */
  realGpu: boolean;
  /** @throws Error with the reason when the peer cannot do this work */
  prepare: (work: Case['work']) => Promise<PreparedWork>;
  /** Most bytes in use since the last call, where the backend can tell. */
  takePeakBytes?: () => number;
  /** What is held now; `reservedBytes` counts idle memory too. */
  memory?: () => { tensors: number; liveBytes: number; reservedBytes: number };
  /** Gives idle memory back, as the engine does between steps. */
  trim?: () => Promise<unknown>;
}

/** Loads only the libraries that the peer needs: two tfjs backends in one thread would disturb each other. */
export async function openPeer(spec: PeerSpec, platform: Platform): Promise<Peer> {
  if (spec.library === 'workbench') return (await import('./workbench.ts')).openWorkbench(spec, platform);
  if (spec.library === 'tfjs') return (await import('./tfjs.ts')).openTfjs(spec, platform);
  return (await import('./jax.ts')).openJax(spec, platform);
}

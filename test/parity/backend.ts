// Starts the tfjs backend of the command line, once, when the first kind with tensors asks for it.

const STARTERS = {
  simd: async (): Promise<void> => {
    const { loadSimdNode } = await import('../../workers/node/load-simd.ts');
    await loadSimdNode();
  },
  webgpu: async (): Promise<void> => {
    const { loadWebgpuNode } = await import('../support/load-webgpu.ts');
    await loadWebgpuNode();
  },
};

/** A function that starts the backend at its first call and then returns the same promise. */
export function createBackendStarter(backend: keyof typeof STARTERS): () => Promise<void> {
  let started: Promise<void> | undefined;
  return () => (started ??= STARTERS[backend]());
}

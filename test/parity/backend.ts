// Starts the tfjs backend of the command line, once, when the first kind with tensors asks for it.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LOADERS = {
  simd: { file: '../../workers/node/load-simd.ts', name: 'loadSimdNode' },
  webgpu: { file: '../../workers/node/load-webgpu.ts', name: 'loadWebgpuNode' },
};

async function start(backend: keyof typeof LOADERS): Promise<void> {
  const { file, name } = LOADERS[backend];
  const url = new URL(file, import.meta.url);
  if (!existsSync(fileURLToPath(url))) throw new Error(`the ${backend} backend cannot be loaded in Node yet`);
  const module: Record<string, (() => Promise<unknown>) | undefined> = await import(url.href);
  const load = module[name];
  if (load === undefined) throw new Error(`${file} exports no ${name}`);
  await load();
}

/** A function that starts the backend at its first call and then returns the same promise. */
export function createBackendStarter(backend: keyof typeof LOADERS): () => Promise<void> {
  let started: Promise<void> | undefined;
  return () => (started ??= start(backend));
}

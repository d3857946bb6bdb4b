// The page's end of the engine worker.
import type { EngineApi } from '../shared/engine-api.ts';
import type { WorkerClient } from './worker-client.ts';
import { createWorkerClient } from './worker-client.ts';

export type EngineClient = WorkerClient<EngineApi>;

/** A client whose worker starts with the first call. */
export function createEngineClient(): EngineClient {
  return createWorkerClient(
    () => new Worker(new URL('../../workers/engine.worker.ts', import.meta.url), { type: 'module', name: 'engine' }),
    'engine',
  );
}

// The page's end of the data worker.
import type { PictureApi } from '../shared/picture-api.ts';
import type { DataApi } from '../shared/data-api.ts';
import type { WorkerClient } from './worker-client.ts';
import { createWorkerClient } from './worker-client.ts';

export type DataClient = WorkerClient<DataApi & PictureApi>;

/** A client whose worker starts with the first call. */
export function createDataClient(): DataClient {
  return createWorkerClient(
    () => new Worker(new URL('../../workers/data.worker.ts', import.meta.url), { type: 'module', name: 'data' }),
    'data',
  );
}

// The page's end of the statistics worker.
import type { StatisticsApi } from '../shared/statistics-api.ts';
import type { WorkerClient } from './worker-client.ts';
import { createWorkerClient } from './worker-client.ts';

export type StatisticsClient = WorkerClient<StatisticsApi>;

/** A client whose worker starts with the first call. */
export function createStatisticsClient(): StatisticsClient {
  return createWorkerClient(
    () => new Worker(new URL('../../workers/statistics.worker.ts', import.meta.url), { type: 'module', name: 'statistics' }),
    'statistics',
  );
}

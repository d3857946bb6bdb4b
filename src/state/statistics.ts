// The statistics worker's calls as views reach them. It holds nothing: each view keeps what it asked for.
import { createStore } from 'zustand/vanilla';
import type { Calls } from '../shared/rpc.ts';
import type { StatisticsApi } from '../shared/statistics-api.ts';
import { createStoreContext } from './store-context.tsx';

export type StatisticsState = Calls<StatisticsApi>;

export const StatisticsStore = createStoreContext<StatisticsState>('statistics');

export function createStatisticsStore(calls: Calls<StatisticsApi>) {
  return createStore<StatisticsState>(() => calls);
}

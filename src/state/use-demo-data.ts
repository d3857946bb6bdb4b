// The whole built-in dataset, from wherever a page needs images and there are none.
import type { DatasetRecord } from '../shared/domain/sample.ts';
import { DatasetsStore, DEMO_PER_CLASS } from './datasets.ts';
import { NoticesStore } from './notices.ts';

export interface DemoData {
  /** Images drawn so far and in all; null while none are drawn. */
  progress: { done: number; total: number } | null;
  /** Draws what is missing; resolves to null where that failed, which a notice says. */
  draw: () => Promise<DatasetRecord | null>;
}

/** Follows and starts the drawing of the demo images. */
export function useDemoData(): DemoData {
  const progress = DatasetsStore.use((state) => state.demo);
  const datasets = DatasetsStore.useApi();
  const notices = NoticesStore.useApi();
  const draw = async (): Promise<DatasetRecord | null> => {
    try {
      return await datasets.getState().installDemo(DEMO_PER_CLASS);
    } catch (error) {
      notices.getState().raise(error);
      return null;
    }
  };
  return { progress, draw };
}

// What runs right now, for the job chip, the tab title and the favicon. Jobs themselves live in their own stores.
import { createStore } from 'zustand/vanilla';
import { createStoreContext } from './store-context.tsx';

/** A running or waiting piece of work. */
export interface JobView {
  id: string;
  kind: 'import' | 'evaluation' | 'training';
  title: string;
  state: 'queued' | 'running' | 'paused';
  done: number;
  /** 0 while unknown. */
  total: number;
  etaMs: number | null;
  /** Hash route of its page. */
  to: string;
}

export interface JobsState {
  /** In the order they were started. */
  jobs: JobView[];
  /** Adds or replaces the job with this id. */
  report: (job: JobView) => void;
  remove: (id: string) => void;
}

export const JobsStore = createStoreContext<JobsState>('jobs');

/** The jobs store; nothing is persisted. */
export function createJobsStore() {
  return createStore<JobsState>((set) => ({
    jobs: [],
    report: (job) =>
      set(({ jobs }) => {
        const known = jobs.some(({ id }) => id === job.id);
        return { jobs: known ? jobs.map((old) => (old.id === job.id ? job : old)) : [...jobs, job] };
      }),
    remove: (id) => set(({ jobs }) => ({ jobs: jobs.filter((job) => job.id !== id) })),
  }));
}

// Keeps this tab in step with the one that works: what it stores is read, where it is inside a step is heard.
import type { StoreApi } from 'zustand/vanilla';
import { openTabChannel } from '../client/tab-channel.ts';
import { onStorageChange } from '../shared/storage/changes.ts';
import type { StoreName } from '../shared/storage/database.ts';
import type { EvaluationState } from '../state/evaluation-state.ts';
import { createPublisher } from '../state/publisher.ts';
import type { LiveRun, RunState } from '../state/run-state.ts';
import type { WriterState } from '../state/writer.ts';

const JOB_STORES: readonly StoreName[] = ['runs', 'steps', 'evals', 'answers'];
const LOOK_INTERVAL_MS = 1000;
/** A tab that was killed announces nothing; while one works, this often somebody looks. */
const WATCH_INTERVAL_MS = 3000;
const FOLLOW_INTERVAL_MS = 500;

interface Followers {
  writer: StoreApi<WriterState>;
  run: StoreApi<RunState>;
  evaluation: StoreApi<EvaluationState>;
}

/** Follows for as long as the page lives. */
export function followTabs({ writer, run, evaluation }: Followers): void {
  const channel = openTabChannel<LiveRun>('prpo-workbench-live', (live) => writer.getState().hear(live));
  run.subscribe(({ live }, before) => {
    if (live && live !== before.live) channel.post(live);
  });
  const look = createPublisher(() => void writer.getState().refresh(), LOOK_INTERVAL_MS);
  const follow = followRecords(run, evaluation);
  onStorageChange(({ store, id }) => {
    if (!JOB_STORES.includes(store)) return;
    look.request();
    follow(id);
  });
  window.addEventListener('focus', look.request);
  setInterval(() => {
    if (writer.getState().elsewhere) look.request();
  }, WATCH_INTERVAL_MS);
  look.request();
}

/** Reads anew the opened records that another tab has changed, a few times a second at most. */
function followRecords(run: StoreApi<RunState>, evaluation: StoreApi<EvaluationState>): (id: string) => void {
  const changed = new Set<string>();
  const publisher = createPublisher(() => {
    for (const id of changed) {
      const isRun = id in run.getState().steps;
      void (isRun ? run.getState().follow(id) : evaluation.getState().open(id));
    }
    changed.clear();
  }, FOLLOW_INTERVAL_MS);
  return (id) => {
    const isOwn = id === run.getState().live?.runId || id === evaluation.getState().live?.evalId;
    if (isOwn || !(id in run.getState().steps || id in evaluation.getState().answers)) return;
    changed.add(id);
    publisher.request();
  };
}

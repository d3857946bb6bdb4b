// The held-out experiment: a built-in model that never saw one domain, tested on it, trained on its unlabelled pictures with PRPO,
// and tested again. All of it is ordinary stored records, so a reload loses nothing: the next start goes on where they end.
import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import { DEFAULT_EVAL, presetConfig } from '../shared/config/presets.ts';
import type { EvalRecord, JobState, RunRecord } from '../shared/domain/run.ts';
import type { DatasetRecord } from '../shared/domain/sample.ts';
import { DEMO_SEED, HELD_OUT_DOMAIN } from './datasets.ts';
import type { DatasetsState } from './datasets.ts';
import type { EvaluationState } from './evaluation-state.ts';
import type { ModelsState } from './models.ts';
import type { NoticesState } from './notices.ts';
import type { RunState } from './run-state.ts';
import { createStoreContext } from './store-context.tsx';

/** The built-in model that was never trained on `HELD_OUT_DOMAIN`. */
export const HELD_OUT_MODEL = `dx-llava-nano-without-${HELD_OUT_DOMAIN}`;
const HELD_OUT_DATASET = `demo-${DEMO_SEED}-${HELD_OUT_DOMAIN}`;

/** Pictures per split and label. */
export const HELD_OUT_PER_CLASS = 60;
const PICTURES = HELD_OUT_PER_CLASS * 2 * 3;

/** What of the experiment is stored; each absent until it was begun. */
export interface HeldOutRecords {
  dataset?: DatasetRecord;
  before?: EvalRecord;
  run?: RunRecord;
  after?: EvalRecord;
}

/** Finds the experiment among everything stored: the newest run of its model on its pictures, and the tests around it. */
export function heldOutRecords(
  datasets: readonly DatasetRecord[],
  evals: readonly EvalRecord[],
  runs: readonly RunRecord[],
): HeldOutRecords {
  const dataset = datasets.find(({ id }) => id === HELD_OUT_DATASET);
  const run = runs.find(
    ({ datasetId, baseModelId, algorithm }) => datasetId === HELD_OUT_DATASET && baseModelId === HELD_OUT_MODEL && algorithm === 'prpo',
  );
  const testOf = (modelId: string | undefined): EvalRecord | undefined =>
    evals.find((one) => one.datasetId === HELD_OUT_DATASET && one.modelId === modelId && !one.sweepOf && !one.config.votes);
  return { dataset, before: testOf(HELD_OUT_MODEL), run, after: run?.state === 'done' ? testOf(run.checkpointIds[0]) : undefined };
}

export interface HeldOutState {
  /** A start of this tab works through the steps. */
  isDriving: boolean;
  /** Begins, or goes on where the stored records end. Settles when the last step ended or one was paused, stopped or failed. */
  start: () => Promise<void>;
}

export const HeldOutStore = createStoreContext<HeldOutState>('held-out');

/** What of a store is read, followed and called. */
type Part<State, Keys extends keyof State> = Pick<StoreApi<Pick<State, Keys>>, 'getState' | 'subscribe'>;

export interface HeldOutDeps {
  datasets: Part<DatasetsState, 'datasets' | 'refresh' | 'installDemo'>;
  models: Part<ModelsState, 'models' | 'refresh'>;
  evaluation: Part<EvaluationState, 'evals' | 'refresh' | 'create' | 'resume'>;
  run: Part<RunState, 'runs' | 'refresh' | 'create' | 'resume'>;
  notices: StoreApi<NoticesState>;
}

interface Job {
  id: string;
  state: JobState;
}

/** Resolves to the record's state when its job ended; undefined where it was deleted. */
function ended<State>(
  store: Pick<StoreApi<State>, 'getState' | 'subscribe'>,
  jobsOf: (state: State) => readonly Job[] | null,
  id: string,
): Promise<JobState | undefined> {
  return new Promise((resolve) => {
    const check = (now: State) => {
      const jobs = jobsOf(now);
      const state = jobs?.find((job) => job.id === id)?.state;
      if (!jobs || state === 'queued' || state === 'running') return;
      unsubscribe();
      resolve(state);
    };
    const unsubscribe = store.subscribe(check);
    check(store.getState());
  });
}

/** The held-out store; it works through the stores of data, evaluations and runs. */
export function createHeldOutStore(deps: HeldOutDeps) {
  const { datasets, models, evaluation, run, notices } = deps;
  const records = (): HeldOutRecords =>
    heldOutRecords(datasets.getState().datasets, evaluation.getState().evals ?? [], run.getState().runs ?? []);

  const pictures = async (): Promise<DatasetRecord> => {
    const { dataset } = records();
    return dataset && dataset.imageCount >= PICTURES ? dataset : datasets.getState().installDemo(HELD_OUT_PER_CLASS, HELD_OUT_DOMAIN);
  };

  /** Tests a model on the test split, or goes on with a test that was interrupted. True when it is complete. */
  const test = async (dataset: DatasetRecord, model: { id: string; name: string }, known: EvalRecord | undefined): Promise<boolean> => {
    if (known?.state === 'done') return true;
    if (known) await evaluation.getState().resume(known.id);
    const id = known?.id ?? (await evaluation.getState().create({ dataset, model, config: DEFAULT_EVAL }));
    return (await ended(evaluation, ({ evals }) => evals, id)) === 'done';
  };

  const train = async (dataset: DatasetRecord, known: RunRecord | undefined): Promise<RunRecord | null> => {
    if (known && known.state !== 'done') await run.getState().resume(known.id);
    const model = { id: HELD_OUT_MODEL, name: nameOf(HELD_OUT_MODEL) };
    const name = `PRPO on ${HELD_OUT_DOMAIN}, held out`;
    const id = known?.id ?? (await run.getState().create({ dataset, model, name, config: presetConfig('tiny-demo', 'prpo') }));
    const state = await ended(run, ({ runs }) => runs, id);
    return state === 'done' ? (run.getState().runs?.find((one) => one.id === id) ?? null) : null;
  };

  const nameOf = (modelId: string): string => models.getState().models.find(({ id }) => id === modelId)?.name ?? modelId;

  const drive = async (): Promise<void> => {
    await Promise.all([datasets.getState().refresh(), evaluation.getState().refresh(), run.getState().refresh()]);
    const dataset = await pictures();
    if (!(await test(dataset, { id: HELD_OUT_MODEL, name: nameOf(HELD_OUT_MODEL) }, records().before))) return;
    const trained = await train(dataset, records().run);
    const checkpointId = trained?.checkpointIds[0];
    if (!checkpointId) return;
    await models.getState().refresh();
    await test(dataset, { id: checkpointId, name: nameOf(checkpointId) }, records().after);
  };

  return createStore<HeldOutState>((set, get) => ({
    isDriving: false,
    start: async () => {
      if (get().isDriving) return;
      set({ isDriving: true });
      try {
        await drive();
      } catch (error) {
        notices.getState().raise(error);
      } finally {
        set({ isDriving: false });
      }
    },
  }));
}

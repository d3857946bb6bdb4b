// What goes out of and comes into the workbench as files: bundles, models, logs. Answers and folders: imports.ts.
import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import type { BundleSummary, DataApi, ImportEntry, ModelDifference, WrittenFile } from '../shared/data-api.ts';
import type { EngineApi, LoadReport } from '../shared/engine-api.ts';
import { loadPart } from '../shared/load-part.ts';
import type { Calls } from '../shared/rpc.ts';
import { deleteCheckpoint } from '../shared/storage/checkpoints.ts';
import type { Database } from '../shared/storage/database.ts';
import { kindOfDrop } from './drop-kind.ts';
import type { JobsState } from './jobs.ts';
import type { NoticesState } from './notices.ts';
import { createStoreContext } from './store-context.tsx';

export type ExchangeWork = 'bundle-out' | 'bundle-in' | 'model-out' | 'model-in' | 'model-merge' | 'model-diff' | 'log-in';

export interface ExchangeState {
  /** One at a time. */
  busy: { work: ExchangeWork; done: number; total: number } | null;
  /** What the last bundle brought. */
  bundle: BundleSummary | null;
  /** The model that was imported last, with what of it was used. */
  loaded: { checkpointId: string; report: LoadReport } | null;
  /** null when it failed or was stopped; the user has been told. */
  exportBundle: (images: boolean) => Promise<WrittenFile | null>;
  importBundle: (file: Blob) => Promise<void>;
  exportModel: (modelId: string, layout: 'llava' | 'peft') => Promise<Blob | null>;
  importModel: (entries: ImportEntry[], baseModelId: string) => Promise<void>;
  /** Folds a model's adapter into its weights; the new model's id, or null when it failed. */
  mergeModel: (modelId: string) => Promise<string | null>;
  /** How far two models lie apart; null when it failed or was stopped. */
  compareModels: (a: string, b: string) => Promise<ModelDifference | null>;
  importLog: (entry: ImportEntry) => Promise<void>;
  cancel: () => void;
  /** Takes a drop that is a bundle, a model or a log; others come back to be reviewed, zips of images unpacked. */
  take: (entries: ImportEntry[]) => Promise<ImportEntry[] | null>;
}

export const ExchangeStore = createStoreContext<ExchangeState>('exchange');

export interface ExchangeDeps {
  data: Pick<
    Calls<DataApi>,
    'exportBundle' | 'importBundle' | 'exportModel' | 'importModel' | 'mergeModel' | 'compareModels' | 'importLog'
  >;
  engine: Pick<Calls<EngineApi>, 'loadModel'>;
  database: () => Promise<Database>;
  jobs: StoreApi<JobsState>;
  notices: StoreApi<NoticesState>;
  codeVersion: string;
  /** What an adapter is for where the user chose nothing else. */
  baseModelId: () => string;
}

const TITLES: Record<ExchangeWork, string> = {
  'bundle-out': 'Writing the bundle',
  'bundle-in': 'Reading the bundle',
  'model-out': 'Writing the model',
  'model-in': 'Reading the model',
  'model-merge': 'Folding the adapter into the weights',
  'model-diff': 'Comparing weights',
  'log-in': 'Reading the log',
};
const JOB_ID = 'exchange';

type Progress = { done: number; total: number };

/** One piece of work at a time: shows its progress, tells its failure, and can stop it. */
function createWork({ jobs, notices }: ExchangeDeps, get: () => ExchangeState, set: (patch: Partial<ExchangeState>) => void) {
  let abort = new AbortController();
  const run = async <Result>(
    work: ExchangeWork,
    job: (call: { signal: AbortSignal; onProgress: (progress: Progress) => void }) => Promise<Result>,
  ): Promise<Result | null> => {
    if (get().busy) {
      notices.getState().tell('Another file is being read or written; try again when it is done.');
      return null;
    }
    abort = new AbortController();
    const onProgress = (progress: Progress) => {
      set({ busy: { work, ...progress } });
      jobs
        .getState()
        .report({ id: JOB_ID, kind: 'import', title: TITLES[work], state: 'running', ...progress, etaMs: null, to: '/device' });
    };
    onProgress({ done: 0, total: 0 });
    try {
      return await job({ signal: abort.signal, onProgress });
    } catch (error) {
      notices.getState().raise(error);
      return null;
    } finally {
      set({ busy: null });
      jobs.getState().remove(JOB_ID);
    }
  };
  return { run, cancel: () => abort.abort() };
}

type Run = ReturnType<typeof createWork>['run'];

function bundleActions(
  { data, notices, codeVersion }: ExchangeDeps,
  run: Run,
  set: (patch: Partial<ExchangeState>) => void,
): Pick<ExchangeState, 'exportBundle' | 'importBundle'> {
  return {
    exportBundle: (images) => run('bundle-out', (call) => data.exportBundle({ images, appVersion: codeVersion }, call)),
    importBundle: async (file) => {
      const bundle = await run('bundle-in', (call) => data.importBundle({ file }, call));
      if (!bundle) return;
      set({ bundle });
      const added = Object.values(bundle.added).reduce((sum, ids) => sum + ids.length, 0);
      notices.getState().tell(`The bundle brought ${added} records; ${bundle.alreadyHere.length} were here already.`, {
        to: '/device',
        label: 'See what it held',
      });
    },
  };
}

function modelActions(
  { data, engine, database, notices }: ExchangeDeps,
  run: Run,
  set: (patch: Partial<ExchangeState>) => void,
): Pick<ExchangeState, 'exportModel' | 'importModel' | 'mergeModel' | 'compareModels'> {
  const list = { to: '/models', label: 'Open the list' };
  /** A whole model that the engine cannot load does not stay. */
  const loadReport = async (checkpointId: string, signal: AbortSignal): Promise<LoadReport> => {
    try {
      return await engine.loadModel({ modelId: checkpointId }, { signal });
    } catch (error) {
      await deleteCheckpoint(await database(), checkpointId);
      throw error;
    }
  };
  return {
    exportModel: (modelId, layout) => run('model-out', () => data.exportModel({ modelId, layout })),
    importModel: async (entries, base) => {
      const loaded = await run('model-in', async ({ signal }) => {
        const { checkpointId, report } = await data.importModel({ entries, baseModelId: base });
        return { checkpointId, report: report ?? (await loadReport(checkpointId, signal)) };
      });
      if (!loaded) return;
      set({ loaded });
      notices.getState().tell(`The model was imported: ${loaded.report.matched} tensors in use.`, list);
    },
    mergeModel: async (modelId) => {
      const merged = await run('model-merge', () => data.mergeModel({ modelId }));
      if (merged) notices.getState().tell('The adapter was folded in: a new model with full weights is in the list.', list);
      return merged?.checkpointId ?? null;
    },
    compareModels: (a, b) => run('model-diff', (call) => data.compareModels({ a, b }, call)),
  };
}

const unzip = async (file: File) => (await loadPart(() => import('../shared/formats/zip-reader.ts'))).openZip(file);

/** Gives a drop to whoever reads its kind. */
async function takeDrop(entries: ImportEntry[], get: () => ExchangeState, baseModelId: () => string): Promise<ImportEntry[] | null> {
  const [only] = entries;
  const zip = entries.length === 1 && only?.path.toLowerCase().endsWith('.zip') ? await unzip(only.file) : null;
  const kind = kindOfDrop(zip ? [...zip.keys()] : entries.map(({ path }) => path));
  if (kind === 'bundle' && zip && only) await get().importBundle(only.file);
  else if (kind === 'model') await get().importModel(entries, baseModelId());
  else if (kind === 'log' && only && !zip) await get().importLog(only);
  else if (zip) return Promise.all([...zip.values()].map(async ({ path, read }) => ({ path, file: new File([await read()], path) })));
  else return entries;
  return null;
}

/** The exchange store. */
export function createExchangeStore(deps: ExchangeDeps) {
  const { data, notices, codeVersion, baseModelId } = deps;
  return createStore<ExchangeState>((set, get) => {
    const { run, cancel } = createWork(deps, get, set);
    return {
      busy: null,
      bundle: null,
      loaded: null,
      ...bundleActions(deps, run, set),
      ...modelActions(deps, run, set),
      importLog: async (entry) => {
        const log = await run('log-in', () => data.importLog({ entry, codeVersion }));
        if (log)
          notices.getState().tell(`${entry.path} was read: ${log.steps} steps.`, { to: `/run/${log.runId}`, label: 'Open the curves' });
      },
      cancel,
      take: (entries) => takeDrop(entries, get, baseModelId),
    };
  });
}

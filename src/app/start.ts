// Builds clients and stores by hand, in order of need, and wires what must follow what. No global holds them.
import type { StoreApi } from 'zustand/vanilla';
import { version } from '../../package.json';
import { FILE_SAVED } from '../components/save-file.ts';
import { createDataClient } from '../client/data-client.ts';
import { createEngineClient } from '../client/engine-client.ts';
import { createStatisticsClient } from '../client/statistics-client.ts';
import { keepOffline } from '../client/offline.ts';
import { settleAfterCrash } from '../client/recovery.ts';
import type { BackendName } from '../shared/engine-api.ts';
import { onStorageChange } from '../shared/storage/changes.ts';
import type { Database } from '../shared/storage/database.ts';
import { trimJournal } from '../shared/storage/journal.ts';
import { listWorkingIds } from '../shared/storage/locks.ts';
import type { DatasetHealthState } from '../state/dataset-health.ts';
import { createDatasetHealthStore } from '../state/dataset-health.ts';
import type { DatasetsState } from '../state/datasets.ts';
import { createDatasetsStore } from '../state/datasets.ts';
import { tellDeviceLoss } from '../state/device-loss.ts';
import type { EngineState } from '../state/engine.ts';
import { createEngineStore } from '../state/engine.ts';
import type { EvaluationState } from '../state/evaluation-state.ts';
import { createEvaluationStore } from '../state/evaluation.ts';
import type { ExchangeState } from '../state/exchange.ts';
import { createExchangeStore } from '../state/exchange.ts';
import type { HeldOutState } from '../state/held-out.ts';
import { createHeldOutStore } from '../state/held-out.ts';
import type { ImportsState } from '../state/imports.ts';
import { createImportsStore } from '../state/imports.ts';
import type { InspectionState } from '../state/inspection-state.ts';
import { createInspectionStore } from '../state/inspection.ts';
import type { JobsState } from '../state/jobs.ts';
import { createJobsStore } from '../state/jobs.ts';
import type { JournalState } from '../state/journal.ts';
import { createJournalStore } from '../state/journal.ts';
import type { KeyboardState } from '../state/keyboard.ts';
import { createKeyboardStore } from '../state/keyboard.ts';
import type { ModelsState } from '../state/models.ts';
import { chosenModel, createModelsStore, fetchModelIndex } from '../state/models.ts';
import type { NoticesState } from '../state/notices.ts';
import { createNoticesStore } from '../state/notices.ts';
import type { PreviewState } from '../state/preview.ts';
import { createPreviewStore } from '../state/preview.ts';
import type { PrivateCaseState } from '../state/private-case.ts';
import { createPrivateCaseStore } from '../state/private-case.ts';
import { createDropPairing } from '../state/pair-drops.ts';
import type { PreferencesState } from '../state/preferences.ts';
import { createPreferencesStore } from '../state/preferences.ts';
import { createPublisher } from '../state/publisher.ts';
import type { RecoveryState } from '../state/recovery.ts';
import { createRecoveryStore } from '../state/recovery.ts';
import { linkFolder } from '../state/linked-folder.ts';
import type { RescanState } from '../state/rescan.ts';
import { createRescanStore } from '../state/rescan.ts';
import type { RunState } from '../state/run-state.ts';
import { createRunStore } from '../state/run.ts';
import type { SamplesState } from '../state/samples.ts';
import { createSamplesStore } from '../state/samples.ts';
import type { SelectionState } from '../state/selection.ts';
import { createSelectionStore } from '../state/selection.ts';
import type { StatisticsState } from '../state/statistics.ts';
import { createStatisticsStore } from '../state/statistics.ts';
import type { StorageState } from '../state/storage.ts';
import { createStorageStore } from '../state/storage.ts';
import type { WriterState } from '../state/writer.ts';
import { createWriterStore } from '../state/writer.ts';
import { followTabs } from './follow-tabs.ts';
import { openOnce } from './open-once.ts';
import { watchFailures } from './watch-failures.ts';

/** Every store of the page. */
export interface Stores {
  notices: StoreApi<NoticesState>;
  jobs: StoreApi<JobsState>;
  storage: StoreApi<StorageState>;
  engine: StoreApi<EngineState>;
  datasets: StoreApi<DatasetsState>;
  samples: StoreApi<SamplesState>;
  datasetHealth: StoreApi<DatasetHealthState>;
  rescan: StoreApi<RescanState>;
  imports: StoreApi<ImportsState>;
  models: StoreApi<ModelsState>;
  selection: StoreApi<SelectionState>;
  evaluation: StoreApi<EvaluationState>;
  run: StoreApi<RunState>;
  preview: StoreApi<PreviewState>;
  inspection: StoreApi<InspectionState>;
  exchange: StoreApi<ExchangeState>;
  writer: StoreApi<WriterState>;
  recovery: StoreApi<RecoveryState>;
  journal: StoreApi<JournalState>;
  preferences: StoreApi<PreferencesState>;
  statistics: StoreApi<StatisticsState>;
  keyboard: StoreApi<KeyboardState>;
  privateCase: StoreApi<PrivateCaseState>;
  heldOut: StoreApi<HeldOutState>;
}

/** An import changes its dataset with every batch; the lists follow at this pace. */
const REFRESH_INTERVAL_MS = 1000;
/** The browser adds up its files for each answer: with 50,000 of them that is real work. */
const STORAGE_INTERVAL_MS = 5000;
/** The index of an open dataset is read anew while it grows; with 100,000 images that takes a second. */
const REOPEN_INTERVAL_MS = 4000;

interface Clients {
  engine: ReturnType<typeof createEngineClient>;
  data: ReturnType<typeof createDataClient>;
  statistics: ReturnType<typeof createStatisticsClient>;
}

/** Starts the page's side of the app. Workers start with their first call. */
export function start(): Stores {
  const clients = { engine: createEngineClient(), data: createDataClient(), statistics: createStatisticsClient() };
  const openDb = openOnce((error) => stores.storage.getState().fail(error));
  const stores = createStores(clients, openDb);
  const { notices, journal, recovery, writer, storage } = stores;
  for (const client of Object.values(clients)) client.onDeath((error) => notices.getState().raise(error));
  watchFailures(notices);
  followTabs(stores);
  followStorage(stores);
  watchJournal(journal, writer);
  recoverAfterCrash(openDb, recovery, writer);
  keepOffline(() => storage.setState({ offlineReady: true }));
  readAtStart(openDb, stores);
  return stores;
}

/** In the order in which they need each other. */
function createStores(
  { engine: engineClient, data: dataClient, statistics: statisticsClient }: Clients,
  openDb: () => Promise<Database>,
): Stores {
  const notices = createNoticesStore();
  const jobs = createJobsStore();
  const selection = createSelectionStore();
  const storage = createStorageStore(openDb);
  const engine = createEngineStore(engineClient.calls, forcedBackend(), (status) => tellDeviceLoss(status, notices.getState()));
  const datasets = createDatasetsStore(dataClient.calls, openDb, jobs);
  const privateCase = createPrivateCaseStore();
  const samples = createSamplesStore(openDb, dataClient.calls, privateCase);
  const datasetHealth = createDatasetHealthStore(dataClient.calls, engineClient.calls, jobs);
  const rescan = createRescanStore(dataClient.calls, openDb, async (datasetId) => {
    inspection.getState().forgetDataset(datasetId);
    await Promise.all([datasets.getState().refresh(), storage.getState().refresh()]);
  });
  const models = createModelsStore(openDb, fetchModelIndex);
  const imports = createImportsStore(
    dataClient.calls,
    jobs,
    async (datasetId, folder) => {
      if (datasetId) datasets.getState().hide(datasetId, false);
      if (datasetId && folder) await linkFolder(await openDb(), datasetId, folder);
      await Promise.all([datasets.getState().refresh(), storage.getState().refresh()]);
    },
    version,
    createDropPairing((entries) => exchange.getState().take(entries), notices.getState().tell),
  );
  const jobDeps = { engine: engineClient.calls, database: openDb, jobs, notices, codeVersion: version };
  const evaluation = createEvaluationStore(jobDeps);
  const run = createRunStore(jobDeps);
  const preview = createPreviewStore(engineClient.calls);
  const inspection = createInspectionStore({ ...jobDeps, pictures: dataClient.calls, unstoredImage: privateCase.getState().imageOf });
  const statistics = createStatisticsStore(statisticsClient.calls);
  const writer = createWriterStore({ database: openDb, listWorkingIds, run, evaluation });
  const recovery = createRecoveryStore({ database: openDb, listWorkingIds, run, evaluation, datasets });
  const journal = createJournalStore(openDb);
  const preferences = createPreferencesStore(openDb);
  const keyboard = createKeyboardStore(openDb);
  const heldOut = createHeldOutStore({ datasets, models, evaluation, run, notices });
  const exchange = createExchangeStore({
    ...jobDeps,
    data: dataClient.calls,
    baseModelId: () => chosenModel(models.getState().models, selection.getState().modelId)?.id ?? '',
  });
  return {
    notices,
    jobs,
    storage,
    engine,
    datasets,
    samples,
    datasetHealth,
    rescan,
    imports,
    models,
    selection,
    evaluation,
    run,
    preview,
    inspection,
    exchange,
    writer,
    recovery,
    journal,
    preferences,
    statistics,
    keyboard,
    privateCase,
    heldOut,
  };
}

/** What storage says was changed, here or in another tab, is read anew. */
function followStorage({ datasets, storage, samples, models, evaluation, run }: Stores): void {
  const refreshData = createPublisher(() => void datasets.getState().refresh(), REFRESH_INTERVAL_MS);
  const refreshStorage = createPublisher(() => void storage.getState().refresh(), STORAGE_INTERVAL_MS);
  const reopenDataset = createPublisher(() => {
    const { datasetId, open } = samples.getState();
    if (datasetId) void open(datasetId);
  }, REOPEN_INTERVAL_MS);
  onStorageChange(({ store, id }) => {
    const isData = store === 'datasets' || store === 'samples';
    if (isData) {
      refreshData.request();
      refreshStorage.request();
    }
    if (isData && id === samples.getState().datasetId) reopenDataset.request();
    if (store === 'checkpoints') void models.getState().refresh();
    if (store === 'evals' && evaluation.getState().evals) void evaluation.getState().refresh();
    if (store === 'runs' && run.getState().runs) void run.getState().refresh();
  });
}

function readAtStart(openDb: () => Promise<Database>, { storage, datasets, models, preferences, keyboard }: Stores): void {
  const unsaid = () => undefined; // what fails here fails in the refresh too, which shows it
  openDb().then(trimJournal).catch(unsaid);
  preferences.getState().load().catch(unsaid);
  keyboard.getState().load().catch(unsaid);
  void Promise.all([storage.getState().refresh(), datasets.getState().refresh(), models.getState().refresh()]);
}

/** Looks for interrupted work now, and again when a tab that worked has gone. */
function recoverAfterCrash(openDb: () => Promise<Database>, recovery: StoreApi<RecoveryState>, writer: StoreApi<WriterState>): void {
  settleAfterCrash(openDb)
    .then((imports) => recovery.getState().look(imports))
    .catch(() => undefined); // what fails here fails in the refresh too, which shows it
  writer.subscribe(({ elsewhere }, before) => {
    if (before.elsewhere && !elsewhere) void recovery.getState().look();
  });
}

/** What only the page knows of: files that left, and work that was taken from another tab. */
function watchJournal(journal: StoreApi<JournalState>, writer: StoreApi<WriterState>): void {
  const { note } = journal.getState();
  window.addEventListener(FILE_SAVED, (event) => {
    if (event instanceof CustomEvent) void note('export', String(event.detail));
  });
  writer.subscribe(({ taken }, before) => {
    if (taken && taken !== before.taken) void note('take-over', `"${taken.name}" from another tab`);
  });
}

/** `?backend=webgpu|simd` in front of the hash. */
function forcedBackend(): BackendName | undefined {
  const backend = new URLSearchParams(location.search).get('backend');
  return backend === 'webgpu' || backend === 'simd' ? backend : undefined;
}

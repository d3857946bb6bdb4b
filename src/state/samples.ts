// The samples of one dataset as light rows for galleries and tables: no text, no pixels, so that 100,000 fit easily. What the user
// changes about them (tags, notes) goes through here too, so that rows and storage agree.
import { createStore, type StoreApi } from 'zustand/vanilla';
import { datasetIdOf, type DatasetRecord, type Label, type SampleRecord, type Split } from '../shared/domain/sample.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import type { WorkbenchError } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';
import type { Database } from '../shared/storage/database.ts';
import { keysStartingWith, transact } from '../shared/storage/database.ts';
import { getDataset } from '../shared/storage/datasets.ts';
import { listEvals } from '../shared/storage/evals.ts';
import type { OfficialSubset } from '../shared/official-subset.ts';
import type { DataApi } from '../shared/data-api.ts';
import type { Calls } from '../shared/rpc.ts';
import { missingDataset, rememberedModel, type Remembered } from '../shared/storage/remembered.ts';
import { editSamples, type SampleEdit } from '../shared/storage/sample-edits.ts';
import { getImage, getSample, getThumbnails, listSampleIds, readSamplePages } from '../shared/storage/samples.ts';
import { caseDataset, PRIVATE_CASE_ID, type PrivateCaseState } from './private-case.ts';
import { ensurePictures, folderAccess, type FolderAccess } from './linked-folder.ts';
import { addViews, readViews, removeView, type SavedView } from './saved-views.ts';
import { createStoreContext } from './store-context.tsx';

/** What the newest evaluation says of a sample; `none` = not asked. */
export type Predicted = Label | 'unparsed' | 'none';

/** A sample in the gallery's memory. */
export interface SampleRow {
  id: string;
  path: string;
  domain: string;
  split: Split;
  label: Label | null;
  predicted: Predicted;
  /** Number of recorded problems. */
  problems: number;
  tags: readonly string[];
  /** Empty where there is none. */
  note: string;
  /** Path and note in lower case, for the search. */
  haystack: string;
  sizeBytes: number;
  /** Width times height. */
  pixels: number;
}

/** Where a full-text search stands. */
export interface TextSearch {
  query: string;
  /** Samples read into the index so far; null when it is built. */
  indexing: { done: number; total: number } | null;
  /** One byte per row, 1 where the texts hold all words; null until known. */
  hits: Uint8Array | null;
  /** The texts could not be searched; a notice told why. */
  hasFailed: boolean;
}

export interface SamplesState {
  datasetId: string | null;
  dataset: DatasetRecord | null;
  phase: 'idle' | 'loading' | 'ready' | 'failed';
  /** In path order. */
  rows: SampleRow[];
  error: ErrorRecord | null;
  /** The evaluation that `predicted` comes from. */
  predictedBy: { evalId: string; name: string } | null;
  /** Saved filters of the dataset, by name. */
  views: SavedView[];
  /** Stores views, by default of the open dataset; one of the same name is replaced. */
  saveViews: (views: readonly SavedView[], datasetId?: string | null) => Promise<void>;
  removeView: (name: string) => Promise<void>;
  /** Draws the official script's question subset of the open dataset. */
  drawSubset: (params: Omit<DataApi['officialSubset']['params'], 'datasetId'>) => Promise<OfficialSubset>;
  /** Search in annotations and questions; null without a query, and when the rows were read anew. */
  textSearch: TextSearch | null;
  /** Looks the words up in the texts; an empty query ends the search. */
  searchTexts: (query: string) => Promise<void>;
  /** Stores tags, notes and ratings of one dataset's samples; it need not be the open one. @returns the edits that undo these */
  edit: (edits: readonly SampleEdit[]) => Promise<SampleEdit[]>;
  /** @param needs what a link says of the dataset, for the case that it is not here */
  open: (datasetId: string, needs?: string | null) => Promise<void>;
  /** The error that says what a missing dataset was, where anything here remembers it. */
  missing: (datasetId: string, needs: string | null) => Promise<WorkbenchError>;
  /** How a missing model was called; null where nothing here remembers it. */
  rememberedModel: (modelId: string) => Promise<Remembered | null>;
  /** Ids in path order; reads no values. */
  listSampleIds: (datasetId: string) => Promise<string[]>;
  /** The whole record, for the quick view. */
  readSample: (id: string) => Promise<SampleRecord | undefined>;
  readImage: (id: string) => Promise<Blob>;
  /** What is known of pictures that are not stored here; null where they are. Asks nobody. */
  folderAccess: (datasetId: string) => Promise<FolderAccess | null>;
  /** Asks for the right to read the linked folder; to be called on a click. */
  allowFolder: (datasetId: string) => Promise<void>;
  readThumbnails: (ids: readonly string[]) => Promise<(Blob | undefined)[]>;
}

export const SamplesStore = createStoreContext<SamplesState>('samples');

/** What the data worker does for this store. */
export type SampleCalls = Pick<Calls<DataApi>, 'searchSamples' | 'officialSubset'>;

/**
 * The samples store.
 * @param privateCase pictures that are in memory only; without it there is no private case
 */
export function createSamplesStore(openDb: () => Promise<Database>, data: SampleCalls, privateCase?: StoreApi<PrivateCaseState>) {
  const inCase = (id: string): SampleRecord | undefined => privateCase?.getState().samples.find((sample) => sample.id === id);
  let searching = new AbortController();
  return createStore<SamplesState>((set, get) => ({
    datasetId: null,
    dataset: null,
    phase: 'idle',
    rows: [],
    error: null,
    predictedBy: null,
    textSearch: null,
    views: [],
    saveViews: async (added, datasetId = get().datasetId) => {
      if (datasetId) set(withViews(datasetId, await addViews(await openDb(), datasetId, added)));
    },
    removeView: async (name) => {
      const { datasetId } = get();
      if (datasetId) set(withViews(datasetId, await removeView(await openDb(), datasetId, name)));
    },
    drawSubset: (params) => data.officialSubset({ ...params, datasetId: get().datasetId ?? '' }),
    searchTexts: async (query) => {
      const { datasetId, rows } = get();
      searching.abort();
      searching = new AbortController();
      const { signal } = searching;
      if (query.trim() === '' || !datasetId) return set({ textSearch: null });
      const put = (search: Partial<TextSearch>) =>
        signal.aborted ||
        set((state) => ({ textSearch: { indexing: null, hits: null, hasFailed: false, ...state.textSearch, query, ...search } }));
      put({ hasFailed: false });
      const onProgress = (indexing: { done: number; total: number }) => put({ indexing });
      const { hits } = await data.searchSamples({ datasetId, query }, { signal, onProgress }).catch((error: unknown) => {
        put({ indexing: null, hits: null, hasFailed: true });
        throw error;
      });
      // Rows and index are both in path order; while an import adds images they may differ until the rows are read anew.
      put({ indexing: null, hits: hits.length === rows.length ? hits : null });
    },
    edit: async (edits) => {
      const [first] = edits;
      if (!first) return [];
      const datasetId = datasetIdOf(first.id);
      const isOpen = () => get().datasetId === datasetId;
      if (privateCase && datasetId === PRIVATE_CASE_ID) {
        const undone = privateCase.getState().edit(edits);
        if (isOpen()) set(caseRows(privateCase.getState().samples));
        return undone;
      }
      const undo = await editSamples(await openDb(), datasetId, edits);
      if (isOpen()) set(({ rows }) => ({ rows: withEdits(rows, edits) }));
      return undo;
    },
    open: async (datasetId, needs = null) => {
      const isNew = get().datasetId !== datasetId;
      if (isNew) set({ datasetId, dataset: null, phase: 'loading', rows: [], error: null, predictedBy: null, textSearch: null, views: [] });
      if (privateCase && datasetId === PRIVATE_CASE_ID) return set({ ...caseRows(privateCase.getState().samples), phase: 'ready' });
      try {
        const loaded = await loadDataset(await openDb(), datasetId, needs);
        if (get().datasetId !== datasetId) return;
        searching.abort(); // its hits are of the rows before
        set({ ...loaded, phase: 'ready', error: null, textSearch: null });
      } catch (error) {
        if (get().datasetId === datasetId) set({ phase: 'failed', error: toErrorRecord(error) });
      }
    },
    listSampleIds: async (id) => listSampleIds(await openDb(), id),
    readSample: async (id) => inCase(id) ?? getSample(await openDb(), id),
    readImage: async (id) => privateCase?.getState().imageOf(id) ?? getImage(await openDb(), id),
    missing: async (datasetId, needs) => missingDataset(await openDb(), datasetId, needs),
    rememberedModel: async (modelId) => rememberedModel(await openDb(), modelId),
    folderAccess: async (datasetId) => (datasetId === PRIVATE_CASE_ID ? null : folderAccess(await openDb(), datasetId)),
    allowFolder: async (datasetId) => ensurePictures(await openDb(), datasetId),
    readThumbnails: async (ids) => getThumbnails(await openDb(), ids),
  }));
}

/** Nothing where another dataset was opened meanwhile. */
function withViews(datasetId: string, views: SavedView[]): (state: SamplesState) => Partial<SamplesState> {
  return (state) => (state.datasetId === datasetId ? { views } : {});
}

function caseRows(samples: readonly SampleRecord[]): Pick<SamplesState, 'dataset' | 'rows'> {
  return { dataset: caseDataset(samples), rows: samples.map((sample) => toRow(sample, 'none')) };
}

async function loadDataset(
  db: Database,
  datasetId: string,
  needs: string | null,
): Promise<Pick<SamplesState, 'dataset' | 'rows' | 'predictedBy' | 'views'>> {
  const dataset = await getDataset(db, datasetId);
  if (!dataset) throw await missingDataset(db, datasetId, needs);
  const { predictions, predictedBy } = await readPredictions(db, datasetId);
  const rows: SampleRow[] = [];
  for await (const page of readSamplePages(db, datasetId)) {
    for (const sample of page) rows.push(toRow(sample, predictions.get(sample.id) ?? 'none'));
  }
  return { dataset, rows, predictedBy, views: await readViews(db, datasetId) };
}

/** A record as the gallery keeps it. */
export function toRow(sample: SampleRecord, predicted: Predicted): SampleRow {
  const { id, path, domain, split, label, problems, tags, note = '', sizeBytes, width, height } = sample;
  const facets = { id, path, domain, split, label, predicted };
  return { ...facets, problems: problems.length, tags, note, haystack: haystackOf(path, note), sizeBytes, pixels: width * height };
}

function haystackOf(path: string, note: string): string {
  return `${path}\n${note}`.toLowerCase();
}

function withEdits(rows: readonly SampleRow[], edits: readonly SampleEdit[]): SampleRow[] {
  const byId = new Map(edits.map((edit) => [edit.id, edit]));
  return rows.map((row) => {
    const edit = byId.get(row.id);
    if (!edit) return row;
    const { tags = row.tags, note = row.note } = edit;
    return { ...row, tags: [...new Set(tags)].sort(), note, haystack: haystackOf(row.path, note) };
  });
}

/** Answers read at once: they hold texts and tokens, of which one word is kept. */
const ANSWER_PAGE_SIZE = 500;

/** The parsed labels of the newest evaluation of this dataset that has answers. */
async function readPredictions(
  db: Database,
  datasetId: string,
): Promise<{ predictions: Map<string, Predicted>; predictedBy: SamplesState['predictedBy'] }> {
  for (const evaluation of await listEvals(db)) {
    if (evaluation.datasetId !== datasetId) continue;
    const predictions = await readPredictionsOf(db, evaluation.id);
    if (predictions.size > 0) return { predictions, predictedBy: { evalId: evaluation.id, name: evaluation.name } };
  }
  return { predictions: new Map(), predictedBy: null };
}

async function readPredictionsOf(db: Database, evalId: string): Promise<Map<string, Predicted>> {
  const predictions = new Map<string, Predicted>();
  let range = keysStartingWith(evalId);
  for (;;) {
    const page = await transact(db, ['answers'], 'readonly', (tx) => tx.objectStore('answers').getAll(range, ANSWER_PAGE_SIZE));
    for (const answer of page) if (!answer.failure) predictions.set(answer.sampleId, answer.predict ?? 'unparsed');
    const last = page.at(-1);
    if (!last || page.length < ANSWER_PAGE_SIZE) return predictions;
    range = IDBKeyRange.bound([evalId, last.sampleId], range.upper, true);
  }
}

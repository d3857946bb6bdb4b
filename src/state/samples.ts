// The samples of one dataset as light rows for galleries and tables: no text, no pixels, so that 100,000 fit easily.
import { createStore } from 'zustand/vanilla';
import type { DatasetRecord, Label, SampleRecord, Split } from '../shared/domain/sample.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord, WorkbenchError } from '../shared/errors.ts';
import type { Database } from '../shared/storage/database.ts';
import { keysStartingWith, transact } from '../shared/storage/database.ts';
import { getDataset } from '../shared/storage/datasets.ts';
import { listEvals } from '../shared/storage/evals.ts';
import { getImage, getSample, getThumbnails, listSampleIds, readSamplePages } from '../shared/storage/samples.ts';
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
  open: (datasetId: string) => Promise<void>;
  /** Ids in path order; reads no values. */
  listSampleIds: (datasetId: string) => Promise<string[]>;
  /** The whole record, for the quick view. */
  readSample: (id: string) => Promise<SampleRecord | undefined>;
  readImage: (id: string) => Promise<Blob>;
  readThumbnails: (ids: readonly string[]) => Promise<(Blob | undefined)[]>;
}

export const SamplesStore = createStoreContext<SamplesState>('samples');

/** The samples store. */
export function createSamplesStore(openDb: () => Promise<Database>) {
  return createStore<SamplesState>((set, get) => ({
    datasetId: null,
    dataset: null,
    phase: 'idle',
    rows: [],
    error: null,
    predictedBy: null,
    open: async (datasetId) => {
      const isNew = get().datasetId !== datasetId;
      if (isNew) set({ datasetId, dataset: null, phase: 'loading', rows: [], error: null, predictedBy: null });
      try {
        const loaded = await loadDataset(await openDb(), datasetId);
        if (get().datasetId === datasetId) set({ ...loaded, phase: 'ready', error: null });
      } catch (error) {
        if (get().datasetId === datasetId) set({ phase: 'failed', error: toErrorRecord(error) });
      }
    },
    listSampleIds: async (id) => listSampleIds(await openDb(), id),
    readSample: async (id) => getSample(await openDb(), id),
    readImage: async (id) => getImage(await openDb(), id),
    readThumbnails: async (ids) => getThumbnails(await openDb(), ids),
  }));
}

async function loadDataset(db: Database, datasetId: string): Promise<Pick<SamplesState, 'dataset' | 'rows' | 'predictedBy'>> {
  const dataset = await getDataset(db, datasetId);
  if (!dataset) {
    throw new WorkbenchError('E-MISSING', `This browser holds no dataset "${datasetId}".`, {
      safe: 'Your other datasets are unharmed.',
      remedy: 'Import the folder again, or open another dataset from Data.',
    });
  }
  const { predictions, predictedBy } = await readPredictions(db, datasetId);
  const rows: SampleRow[] = [];
  for await (const page of readSamplePages(db, datasetId)) {
    for (const sample of page) rows.push(toRow(sample, predictions.get(sample.id) ?? 'none'));
  }
  return { dataset, rows, predictedBy };
}

function toRow({ id, path, domain, split, label, problems }: SampleRecord, predicted: Predicted): SampleRow {
  return { id, path, domain, split, label, predicted, problems: problems.length };
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

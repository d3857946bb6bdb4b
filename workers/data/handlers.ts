// The data worker's calls mapped to its jobs. Holds what lives between calls: open reviews and the pause switch.
import { WorkbenchError } from '../../src/shared/errors.ts';
import { ALL_SAMPLES } from '../../src/shared/config/presets.ts';
import type { FetchFile } from '../../src/shared/models/fetch-file.ts';
import { officialSubset } from '../../src/shared/official-subset.ts';
import type { DataApi } from '../../src/shared/data-api.ts';
import { withTransfer, type Handlers } from '../../src/shared/rpc.ts';
import { passesFilter } from '../../src/shared/sample-choice.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { getDataset } from '../../src/shared/storage/datasets.ts';
import { listSamples } from '../../src/shared/storage/samples.ts';
import { assertRoom, type StorageStatus } from '../../src/shared/storage/quota.ts';
import { healthReport, runChecks } from './checks/run-checks.ts';
import { deleteDataset } from './dataset-delete.ts';
import { exportDataset } from './dataset-export.ts';
import { compareModels } from './exports/compare-models.ts';
import { exportBundle } from './exports/export-bundle.ts';
import { exportModel } from './exports/export-model.ts';
import { importAnswers } from './exports/import-answers.ts';
import { importBundle } from './exports/import-bundle.ts';
import { importLog } from './exports/import-log.ts';
import { importModel } from './exports/import-model.ts';
import { mergeModel } from './exports/merge-model.ts';
import { installDemo } from './demo-install.ts';
import { importDrop } from './import-job.ts';
import { PauseGate } from './pacing.ts';
import type { ReadPicture, ReadPixels } from './picture.ts';
import { applyDrop, compareDrop } from './rescan.ts';
import { DropFiles } from './drop/drop-files.ts';
import { reviewDrop, type ReviewedDrop } from './review.ts';
import { TextSearcher } from './text-index.ts';

/** What the jobs need of the browser. */
export interface DataPlatform {
  openDb: () => Promise<Database>;
  readPicture: ReadPicture;
  readPixels: ReadPixels;
  fetchFile: FetchFile;
  storageStatus: () => Promise<StorageStatus>;
  /** Runs `work` while no other tab writes datasets; throws E-LOCKED at once when one does. */
  asOnlyWriter: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** Reviews that can still be imported: the newest few. */
const KEPT_REVIEWS = 3;

/** All handlers of the data worker. */
export function createDataHandlers(platform: DataPlatform): Handlers<DataApi> {
  const { openDb, readPicture, readPixels, fetchFile, storageStatus, asOnlyWriter } = platform;
  const reviews = new Map<string, ReviewedDrop>();
  let adding = { dropId: '', files: new DropFiles() };
  const pause = new PauseGate();
  const texts = new TextSearcher();
  const reviewed = (reviewId: string): ReviewedDrop => {
    const drop = reviews.get(reviewId);
    if (drop) return drop;
    throw new WorkbenchError('E-MISSING', 'The reviewed files are gone, because the worker was restarted.', {
      safe: 'Nothing was stored.',
      remedy: 'Drop the folder again.',
    });
  };
  return {
    addEntries: ({ dropId, entries }) => {
      if (adding.dropId !== dropId) adding = { dropId, files: new DropFiles() }; // an earlier drop was given up
      for (const entry of entries) adding.files.add(entry);
      return { count: adding.files.count };
    },
    review: async ({ entries, dropId }, context) => {
      const files = dropId === adding.dropId ? adding.files : new DropFiles();
      adding = { dropId: '', files: new DropFiles() };
      for (const entry of entries) files.add(entry);
      const drop = await reviewDrop(files, { ...context, storage: await storageStatus() });
      reviews.set(drop.review.reviewId, drop);
      for (const id of [...reviews.keys()].slice(0, -KEPT_REVIEWS)) reviews.delete(id);
      return drop.review;
    },
    import: async (options, context) => {
      const drop = reviewed(options.reviewId);
      const part = Math.min(1, (options.sampleSize ?? drop.plan.length) / Math.max(1, drop.plan.length));
      const { neededBytes, thumbnailBytes } = drop.review.quota;
      assertRoom(await storageStatus(), (options.pictures ? thumbnailBytes : neededBytes) * part);
      pause.set(false);
      const db = await openDb();
      const result = await asOnlyWriter(() => importDrop(drop, options, { ...context, db, readPicture, pause }));
      // Answers in the drop are scored next, beside the images that are stored now.
      if (!drop.texts.some(({ kind }) => kind === 'answers-jsonl')) reviews.delete(options.reviewId);
      return result;
    },
    compareFolder: async ({ reviewId, datasetId }, context) =>
      compareDrop(reviewed(reviewId), datasetId, { ...context, db: await openDb() }),
    applyFolder: async ({ reviewId, datasetId, diff }, context) => {
      const drop = reviewed(reviewId);
      const db = await openDb();
      const { neededBytes, thumbnailBytes } = drop.review.quota;
      const part = (diff.added.length + diff.changed.length + (diff.moved?.length ?? 0)) / Math.max(1, drop.plan.length);
      assertRoom(await storageStatus(), ((await getDataset(db, datasetId))?.pictures ? thumbnailBytes : neededBytes) * part);
      pause.set(false);
      const summary = await asOnlyWriter(() => applyDrop(drop, datasetId, diff, { ...context, db, readPicture, pause }));
      reviews.delete(reviewId);
      return { summary };
    },
    pauseImport: ({ paused }) => {
      pause.set(paused);
      return { paused: pause.paused };
    },
    installDemo: async (request, context) => {
      const db = await openDb();
      return asOnlyWriter(() => installDemo(request, { ...context, db }));
    },
    importAnswers: async ({ reviewId, ...options }, context) =>
      importAnswers(reviewed(reviewId), options, { ...context, db: await openDb() }),
    deleteDataset: async ({ datasetId }, { progress }) => {
      const db = await openDb();
      return asOnlyWriter(() => deleteDataset(db, datasetId, progress));
    },
    exportBundle: async (options, context) => exportBundle(options, { ...context, db: await openDb() }),
    importBundle: async ({ file }, context) => {
      const [status, db] = [await storageStatus(), await openDb()];
      return asOnlyWriter(() => importBundle(file, { ...context, db, assertRoom: (bytes) => assertRoom(status, bytes) }));
    },
    exportModel: async ({ modelId, layout }) => exportModel(modelId, layout, { db: await openDb(), fetchFile }),
    importModel: async ({ entries, baseModelId }) => {
      const status = await storageStatus();
      return importModel(entries, baseModelId, { db: await openDb(), fetchFile, assertRoom: (bytes) => assertRoom(status, bytes) });
    },
    mergeModel: async ({ modelId }) => {
      assertRoom(await storageStatus(), 0);
      return mergeModel(modelId, { db: await openDb(), fetchFile });
    },
    compareModels: async ({ a, b }, context) => compareModels(a, b, { ...context, db: await openDb(), fetchFile }),
    importLog: async ({ entry, codeVersion }) => importLog(entry, codeVersion, await openDb()),
    runChecks: async ({ datasetId }, context) => {
      const db = await openDb();
      return asOnlyWriter(() => runChecks(datasetId, { ...context, db, readPixels }));
    },
    officialSubset: async ({ datasetId, domains, splits, size, seed }) => {
      const samples = await listSamples(await openDb(), datasetId);
      const wanted = { ...ALL_SAMPLES, domains, splits };
      return officialSubset(
        samples.filter((sample) => passesFilter(sample, wanted)),
        size,
        seed,
      );
    },
    healthReport: async ({ datasetId }) => healthReport(await openDb(), datasetId),
    searchSamples: async ({ datasetId, query }, context) => {
      const hits = await texts.search(await openDb(), datasetId, query, context);
      return withTransfer({ hits }, [hits.buffer]);
    },
    exportDataset: async ({ datasetId, format }, context) => exportDataset(await openDb(), datasetId, format, context),
  };
}

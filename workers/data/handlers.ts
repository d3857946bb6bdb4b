// The data worker's calls mapped to its jobs; those about drops are in drop-handlers.ts.
import { ALL_SAMPLES } from '../../src/shared/config/presets.ts';
import { officialSubset } from '../../src/shared/official-subset.ts';
import type { DataApi } from '../../src/shared/data-api.ts';
import { withTransfer, type Handlers } from '../../src/shared/rpc.ts';
import { passesFilter } from '../../src/shared/sample-choice.ts';
import { listSamples } from '../../src/shared/storage/samples.ts';
import { assertRoom } from '../../src/shared/storage/quota.ts';
import { healthReport, runChecks } from './checks/run-checks.ts';
import { deleteDataset } from './dataset-delete.ts';
import { exportDataset } from './dataset-export.ts';
import { compareModels } from './exports/compare-models.ts';
import { exportBundle } from './exports/export-bundle.ts';
import { exportModel } from './exports/export-model.ts';
import { importBundle } from './exports/import-bundle.ts';
import { importLog } from './exports/import-log.ts';
import { importModel } from './exports/import-model.ts';
import { mergeModel } from './exports/merge-model.ts';
import { installDemo } from './demo-install.ts';
import { createDropHandlers } from './drop-handlers.ts';
import type { DataPlatform } from './platform.ts';
import { TextSearcher } from './text-index.ts';

type Api = Handlers<DataApi>;
type ModelHandlers = Pick<Api, 'exportModel' | 'importModel' | 'mergeModel' | 'compareModels'>;
type DatasetHandlers = Pick<
  Api,
  'installDemo' | 'deleteDataset' | 'runChecks' | 'officialSubset' | 'healthReport' | 'searchSamples' | 'exportDataset'
>;

function modelHandlers({ openDb, fetchFile, storageStatus }: DataPlatform): ModelHandlers {
  return {
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
  };
}

function datasetHandlers({ openDb, readPixels, asOnlyWriter }: DataPlatform): DatasetHandlers {
  const texts = new TextSearcher();
  return {
    installDemo: async (request, context) => {
      const db = await openDb();
      return asOnlyWriter(() => installDemo(request, { ...context, db }));
    },
    deleteDataset: async ({ datasetId }, { progress }) => {
      const db = await openDb();
      return asOnlyWriter(() => deleteDataset(db, datasetId, progress));
    },
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

/** All handlers of the data worker. */
export function createDataHandlers(platform: DataPlatform): Api {
  const { openDb, storageStatus, asOnlyWriter } = platform;
  return {
    ...createDropHandlers(platform),
    ...datasetHandlers(platform),
    ...modelHandlers(platform),
    exportBundle: async (options, context) => exportBundle(options, { ...context, db: await openDb() }),
    importBundle: async ({ file }, context) => {
      const [status, db] = [await storageStatus(), await openDb()];
      return asOnlyWriter(() => importBundle(file, { ...context, db, assertRoom: (bytes) => assertRoom(status, bytes) }));
    },
    importLog: async ({ entry, codeVersion }) => importLog(entry, codeVersion, await openDb()),
  };
}

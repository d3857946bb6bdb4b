// The estimate of memory before a run beside what the buffer pool of webgpu takes, on a device that allocates and computes nothing.
import 'fake-indexeddb/auto';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { openDatabase, type Database } from '../../src/shared/storage/database.ts';
import { createEngineHandlers } from '../../workers/engine/engine.ts';
import type { EnginePlatform } from '../../workers/engine/platform.ts';
import { builtInFiles, configOf, MEMORY_SETTINGS, NANO, storeDemoSamples, storeRun } from '../engine/memory-settings.ts';
import { decodeFile } from '../support/decode.ts';
import { NULL_PROBE, openNullWebgpu, type NullWebgpu } from '../support/null-webgpu.ts';

export interface EstimateRow {
  settings: string;
  estimatedBytes: number;
  /** The most that the pool held, idle buffers included. */
  takenBytes: number;
  /** The most that live tensors held. */
  usedBytes: number;
}

/** Two steps of each of the settings that test/engine/memory-webgpu.test.ts holds the estimate against. */
export async function measureEstimates(): Promise<EstimateRow[]> {
  console.log('\nestimate of memory on webgpu (null device, answers as long as they may be)');
  const served = await builtInFiles();
  const rows: EstimateRow[] = [];
  for (const [settings, algorithm, changes] of MEMORY_SETTINGS) {
    const row = { settings, ...(await measureOne(served, configOf(algorithm, { ...changes, maxSteps: 2 }), `estimate-${rows.length}`)) };
    rows.push(row);
    console.log(rowText(row));
  }
  return rows;
}

async function measureOne(
  served: Map<string, Blob>,
  config: ReturnType<typeof configOf>,
  name: string,
): Promise<Omit<EstimateRow, 'settings'>> {
  const db = await openDatabase({}, name);
  await storeDemoSamples(db, 10);
  await storeRun({ db }, config, NANO);
  let gpu: NullWebgpu | null = null;
  const handlers = createEngineHandlers(platformOf(db, served, async (options) => (gpu = await openNullWebgpu(options)).handle));
  const context = { signal: new AbortController().signal, progress: () => undefined };
  await handlers.init({}, context);
  const { memoryBytes, mostMemoryBytes = memoryBytes } = await handlers.preflight({ config, modelId: NANO, datasetId: 'd' }, context);
  await handlers.train({ runId: 'r' }, context);
  const { handle } = opened(() => gpu);
  const { usedBytes, allocatedBytes } = handle.runner.peakBytes();
  handle.dispose();
  db.close();
  return { estimatedBytes: mostMemoryBytes, takenBytes: allocatedBytes, usedBytes };
}

function opened(gpu: () => NullWebgpu | null): NullWebgpu {
  const found = gpu();
  if (!found) throw new Error('the engine started no device');
  return found;
}

function platformOf(db: Database, served: Map<string, Blob>, startWebgpu: EnginePlatform['startWebgpu']): EnginePlatform {
  return {
    openDb: () => Promise.resolve(db),
    fetchFile: (path) => {
      const blob = served.get(path);
      return blob ? Promise.resolve(blob) : Promise.reject(new WorkbenchError('E-MISSING', `no ${path}`));
    },
    decode: decodeFile,
    probeAdapter: () => Promise.resolve(NULL_PROBE),
    startWebgpu,
    startSimd: () => Promise.reject(new Error('only webgpu is measured here')),
    asOnlyWriter: (work) => work(),
    crossOriginIsolated: false,
    cpuDescription: '',
  };
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function rowText({ settings, estimatedBytes, takenBytes, usedBytes }: EstimateRow): string {
  const ratio = (estimatedBytes / takenBytes).toFixed(2);
  return `  ${settings.padEnd(42)} ${megabytes(estimatedBytes)} estimated, ${megabytes(takenBytes)} taken, ${megabytes(usedBytes)} of them live: ${ratio}`;
}

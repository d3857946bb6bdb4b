// The estimate of memory before a run beside what the run takes: the buffer pool of webgpu, on a device that allocates and computes
// nothing, and the heap of simd, which computes.
import 'fake-indexeddb/auto';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { openDatabase, type Database } from '../../src/shared/storage/database.ts';
import { createEngineHandlers } from '../../workers/engine/engine.ts';
import type { EnginePlatform } from '../../workers/engine/platform.ts';
import type { SimdEngine } from '../../workers/ml/backends/simd/engine.ts';
import type { WebgpuOptions } from '../../workers/ml/backends/webgpu/create-backend.ts';
import { loadSimdNode } from '../../workers/node/load-simd.ts';
import { builtInFiles, configOf, MEMORY_SETTINGS, NANO, storeDemoSamples, storeRun } from '../engine/memory-settings.ts';
import { decodeFile } from '../support/decode.ts';
import { NULL_PROBE, openNullWebgpu, type NullWebgpu } from '../support/null-webgpu.ts';
import type { BenchOptions } from './options.ts';

/** Batches of other lengths, moments and pooled buffers are there by then. */
const STEPS = 12;

export interface EstimateRow {
  backend: Backend;
  settings: string;
  estimatedBytes: number;
  /** The most that was taken from the system: the pool with its idle buffers, the heap with its gaps. */
  takenBytes: number;
  /** The most that live tensors held. */
  usedBytes: number;
}

type Backend = BenchOptions['backends'][number];
type Bytes = Pick<EstimateRow, 'takenBytes' | 'usedBytes'>;

/** A backend that a run is to start, and what was measured of it. */
interface Meter {
  platform: Pick<EnginePlatform, 'probeAdapter' | 'startWebgpu' | 'startSimd'>;
  /** Ends the measurement. */
  read: () => Bytes;
}

const METERS: Record<Backend, () => Meter> = { simd: simdMeter, webgpu: webgpuMeter };

/** Some steps of each of the settings that test/engine/memory.test.ts and memory-webgpu.test.ts hold the estimate against. */
export async function measureEstimates({ backends, quick }: Pick<BenchOptions, 'backends' | 'quick'>): Promise<EstimateRow[]> {
  const served = await builtInFiles();
  const rows: EstimateRow[] = [];
  for (const backend of backends) {
    const maxSteps = quick ? 2 : STEPS;
    const how = backend === 'webgpu' ? 'null device, answers as long as they may be' : 'one thread';
    console.log(`\nestimate of memory on ${backend} (${how}), ${maxSteps} steps`);
    for (const [settings, algorithm, changes] of MEMORY_SETTINGS) {
      const config = configOf(algorithm, { ...changes, maxSteps });
      const row = { backend, settings, ...(await measureOne(served, config, METERS[backend](), `estimate-${rows.length}`)) };
      rows.push(row);
      console.log(rowText(row));
    }
  }
  return rows;
}

async function measureOne(
  served: Map<string, Blob>,
  config: ReturnType<typeof configOf>,
  { platform, read }: Meter,
  name: string,
): Promise<Pick<EstimateRow, 'estimatedBytes'> & Bytes> {
  const db = await openDatabase({}, name);
  await storeDemoSamples(db, 10);
  await storeRun({ db }, config, NANO);
  const handlers = createEngineHandlers(platformOf(db, served, platform));
  const context = { signal: new AbortController().signal, progress: () => undefined };
  const { backend } = await handlers.init({}, context);
  const { memoryBytes, mostMemoryBytes = memoryBytes } = await handlers.preflight({ config, modelId: NANO, datasetId: 'd' }, context);
  await handlers.train({ runId: 'r' }, context);
  db.close();
  // The null device never computes an end of text; what simd writes is about as long as the annotations.
  return { estimatedBytes: backend === 'webgpu' ? mostMemoryBytes : memoryBytes, ...read() };
}

function webgpuMeter(): Meter {
  let gpu: NullWebgpu | null = null;
  const read = (): Bytes => {
    const { handle } = opened(() => gpu);
    const { usedBytes, allocatedBytes } = handle.runner.peakBytes();
    handle.dispose();
    return { takenBytes: allocatedBytes, usedBytes };
  };
  const platform = {
    probeAdapter: () => Promise.resolve(NULL_PROBE),
    startWebgpu: async (options: WebgpuOptions) => (gpu = await openNullWebgpu(options)).handle,
    startSimd: () => Promise.reject(new Error('webgpu is measured')),
  };
  return { platform, read };
}

/** A heap of its own, because a heap never gives memory back. */
function simdMeter(): Meter {
  let heap: SimdEngine['heap'] | null = null;
  const startSimd = async (): ReturnType<EnginePlatform['startSimd']> => {
    const engine = await loadSimdNode({ threads: 1 });
    heap = engine.heap;
    return { threads: 1, relaxedSimd: true, reservedBytes: () => engine.heap.reservedBytes };
  };
  const read = (): Bytes => ({ takenBytes: heap?.reservedBytes ?? 0, usedBytes: heap?.peakBytes ?? 0 });
  const noAdapter = { available: false, fallback: false, description: 'simd is measured', architecture: '', f16: false };
  const startWebgpu = () => Promise.reject(new Error('simd is measured'));
  return { platform: { probeAdapter: () => Promise.resolve(noAdapter), startWebgpu, startSimd }, read };
}

function opened(gpu: () => NullWebgpu | null): NullWebgpu {
  const found = gpu();
  if (!found) throw new Error('the engine started no device');
  return found;
}

function platformOf(db: Database, served: Map<string, Blob>, started: Meter['platform']): EnginePlatform {
  return {
    openDb: () => Promise.resolve(db),
    fetchFile: (path) => {
      const blob = served.get(path);
      return blob ? Promise.resolve(blob) : Promise.reject(new WorkbenchError('E-MISSING', `no ${path}`));
    },
    decode: decodeFile,
    ...started,
    asOnlyWriter: (work) => work(),
    crossOriginIsolated: false,
    cpuDescription: '',
  };
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function rowText({ settings, estimatedBytes, takenBytes, usedBytes }: EstimateRow): string {
  const ratio = (estimatedBytes / takenBytes).toFixed(2);
  const taken = `${megabytes(takenBytes)} taken, ${megabytes(usedBytes)} of them live`;
  return `  ${settings.padEnd(48)} ${megabytes(estimatedBytes)} estimated, ${taken}: ${ratio}`;
}

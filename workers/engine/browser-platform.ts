// The browser's side of the engine worker: database, files, decoder, backends and the lock against other tabs.
import { WorkbenchError } from '../../src/shared/errors.ts';
import { decodeInBrowser } from '../../src/shared/image/browser-decoder.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { openDatabase } from '../../src/shared/storage/database.ts';
import { ENGINE_WRITER_LOCK, workingLockName } from '../../src/shared/storage/locks.ts';
import { loadSimdBrowser } from '../ml/backends/simd/load-browser.ts';
import { hasRelaxedSimd } from '../ml/backends/simd/relaxed.ts';
import { probeAdapter } from '../ml/backends/webgpu/probe-adapter.ts';
import type { WebgpuOptions } from '../ml/backends/webgpu/create-backend.ts';
import { fetchFile } from '../../src/shared/models/fetch-file.ts';
import type { EnginePlatform, SimdHandle, WriterClaim } from './platform.ts';

/** Everything that the handlers need, from the worker's own globals. */
export function browserPlatform(): EnginePlatform {
  let opening: Promise<Database> | null = null;
  const openDb = (): Promise<Database> => {
    opening ??= openDatabase({ onClosed: () => (opening = null) }).catch((error: unknown) => {
      opening = null; // so that the next call tries again
      throw error;
    });
    return opening;
  };
  return {
    openDb,
    fetchFile,
    decode: decodeInBrowser,
    probeAdapter,
    startWebgpu,
    startSimd,
    asOnlyWriter,
    crossOriginIsolated: globalThis.crossOriginIsolated,
    cpuDescription: `CPU with ${navigator.hardwareConcurrency} logical cores`,
  };
}

/** Loaded only where it is used: tfjs' WebGPU backend is most of the worker's size. */
async function startWebgpu(options: WebgpuOptions) {
  const [{ createWebgpuBackend }, { registerWgslOps }, { registerReferenceOps }] = await Promise.all([
    import('../ml/backends/webgpu/create-backend.ts'),
    import('../ml/kernels/wgsl/register.ts'),
    import('../ml/kernels/register.ts'),
  ]);
  registerReferenceOps();
  registerWgslOps();
  return createWebgpuBackend(options);
}

async function startSimd(): Promise<SimdHandle> {
  const engine = await loadSimdBrowser();
  return {
    threads: engine.threads,
    relaxedSimd: hasRelaxedSimd(),
    reservedBytes: () => engine.stats.reservedBytes,
    maximumBytes: () => engine.stats.maximumBytes,
  };
}

/** A page that was just closed or reloaded holds its lock until its worker has ended. */
const LOCK_WAIT_MS = 5_000;

async function asOnlyWriter<Result>(work: () => Promise<Result>, { recordId, takeOver, onTaken }: WriterClaim): Promise<Result> {
  let working: Promise<Result> | null = null;
  const holding = (): Promise<Result> => (working = navigator.locks.request(workingLockName(recordId), { mode: 'shared' }, work));
  const options = takeOver ? { steal: true } : { signal: AbortSignal.timeout(LOCK_WAIT_MS) };
  try {
    return await navigator.locks.request(ENGINE_WRITER_LOCK, options, holding);
  } catch (error) {
    if (!working) throw lockedElsewhere(error);
    if (!isStolen(error)) throw error;
    const taken = takenOver();
    onTaken(taken);
    await settled(working); // the next job must not begin before this one has closed its tensor scopes
    throw taken;
  }
}

const settled = async (work: Promise<unknown>): Promise<void> => {
  await Promise.allSettled([work]);
};

/** How a request ends whose lock another tab has stolen. Errors of the work itself are no DOMException of this name. */
const isStolen = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

function lockedElsewhere(cause: unknown): WorkbenchError {
  return new WorkbenchError('E-LOCKED', 'Another tab of this workbench runs an evaluation or a training.', {
    safe: 'Nothing was changed.',
    remedy: 'Wait until it is done, pause it there, or take it over here.',
    details: { cause: String(cause) },
  });
}

function takenOver(): WorkbenchError {
  return new WorkbenchError('E-LOCKED', 'Another tab has taken over the work of this one.', {
    safe: 'Everything finished is stored; the other tab goes on from there.',
    remedy: 'Follow it here, or take it back.',
  });
}

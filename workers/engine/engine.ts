// The engine worker's calls mapped to its jobs: one heavy job at a time, started on the backend that `init` chose, repeated
// from the last stored state when the graphics device is lost.
import { toErrorRecord } from '../../src/shared/errors.ts';
import type { EngineApi, EngineStatus } from '../../src/shared/engine-api.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import { EngineBackend } from './backend.ts';
import { dryRun } from './dry-run.ts';
import type { EngineParts } from './engine-parts.ts';
import { evaluate, settleFailedEvaluation } from './evaluate.ts';
import { explain } from './explain.ts';
import { ImageSource } from './images.ts';
import { ModelFolders } from '../../src/shared/models/model-folder.ts';
import { ModelStore } from './models.ts';
import { patchSimilarity } from './patch-similarity.ts';
import type { EnginePlatform } from './platform.ts';
import { preflight } from './preflight.ts';
import { maskPreview, rewardPreview } from './preview.ts';
import { JobQueue, type JobControl } from './queue.ts';
import { selfTest } from './self-test.ts';
import { textStatistics } from './text-statistics.ts';
import { settleFailedRun, train } from './train-job.ts';

/** All handlers of the engine worker. */
export function createEngineHandlers(platform: EnginePlatform): Handlers<EngineApi> {
  const queue = new JobQueue();
  const engine = new Engine(platform);
  /** A short call, which may go in between the steps of a long job. */
  const inTurn = <Result>(signal: AbortSignal, work: (parts: EngineParts) => Promise<Result>): Promise<Result> =>
    queue.runShort(signal, () => engine.compute(work));
  /** A long job in its turn, while no other tab runs one; ends when another tab takes it over. */
  const asWriter = <Result>(
    recordId: string,
    takeOver: boolean,
    signal: AbortSignal,
    work: (control: JobControl) => Promise<Result>,
  ): Promise<Result> =>
    queue.run(recordId, signal, (control) => {
      const taken = new AbortController();
      control.signal = AbortSignal.any([control.signal, taken.signal]);
      return platform.asOnlyWriter(() => work(control), { recordId, takeOver, onTaken: (error) => taken.abort(error) });
    });
  return {
    init: ({ backend }, { progress }) => {
      progress({ message: 'Starting the engine…' });
      return engine.start(backend);
    },
    watch: (_params, { signal, progress }) => engine.watch(signal, progress),
    memory: async () => (await engine.parts()).backend.memory(),
    loadModel: ({ modelId }, { signal, progress }) =>
      inTurn(signal, async ({ models }) => (await models.load(modelId, (done, total) => progress({ done, total }))).report),
    explain: (params, context) => inTurn(context.signal, (parts) => explain(parts, params, context)),
    evaluate: ({ evalId, takeOver = false }, { signal, progress }) =>
      asWriter(evalId, takeOver, signal, (control) =>
        engine.computeStored(
          (parts) => evaluate(parts, evalId, control, progress),
          ({ db }, error) => settleFailedEvaluation(db, evalId, control.writer, error),
        ),
      ),
    train: ({ runId, takeOver = false }, { signal, progress }) =>
      asWriter(runId, takeOver, signal, (control) =>
        engine.computeStored(
          (parts) => train(parts, runId, control, progress),
          ({ db }, error) => settleFailedRun(db, runId, control.writer, error),
        ),
      ),
    control: ({ jobId, action }) => ({ accepted: queue.control(jobId, action) }),
    patchSimilarity: (params, { signal }) => inTurn(signal, (parts) => patchSimilarity(parts, params)),
    // Reads the tokenizer only, so it need not wait for a running job.
    textStatistics: async (params, context) => textStatistics(params, { ...(await engine.parts()), ...context }),
    // Reads sizes only, so it need not wait for a running job.
    preflight: async (params) => preflight(await engine.parts(), params),
    maskPreview: (params, { signal }) => inTurn(signal, (parts) => maskPreview(parts, params, signal)),
    rewardPreview: (params, { signal }) => inTurn(signal, (parts) => rewardPreview(parts, params, signal)),
    dryRun: (params, { signal, progress }) =>
      queue.run('dry-run', signal, () => engine.compute((parts) => dryRun(parts, params, { signal, progress }))),
    selfTest: (_params, { signal, progress }) => inTurn(signal, () => selfTest((done, total) => progress({ done, total }))),
  };
}

/** What lives between calls: backend, models, pictures. */
class Engine {
  readonly #platform: EnginePlatform;
  readonly #backend: EngineBackend;
  #starting: ReturnType<EngineBackend['start']> | null = null;
  #parts: Promise<EngineParts> | null = null;
  readonly #watchers = new Set<(status: EngineStatus) => void>();

  constructor(platform: EnginePlatform) {
    this.#platform = platform;
    this.#backend = new EngineBackend(platform);
  }

  /** Starts the backend once; later calls get its present status. */
  async start(forced?: Parameters<EngineBackend['start']>[0]): ReturnType<EngineBackend['start']> {
    this.#starting ??= this.#backend.start(forced).catch((error: unknown) => {
      this.#starting = null; // so that the next call tries again
      throw error;
    });
    await this.#starting;
    return this.#backend.status;
  }

  /** Hands every later change of the status to `report`, until the signal says that nobody listens any more. */
  watch(signal: AbortSignal, report: (status: EngineStatus) => void): Promise<null> {
    this.#watchers.add(report);
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        this.#watchers.delete(report);
        resolve(null);
      });
    });
  }

  #report(status: EngineStatus): void {
    for (const watcher of this.#watchers) watcher(status);
  }

  /** Everything that a job works with; a call without `init` lets the engine choose its backend. */
  async parts(): Promise<EngineParts> {
    await this.start();
    this.#parts ??= this.#open().catch((error: unknown) => {
      this.#parts = null;
      throw error;
    });
    return this.#parts;
  }

  async #open(): Promise<EngineParts> {
    const db = await this.#platform.openDb();
    const folders = new ModelFolders(this.#platform, db);
    return { db, backend: this.#backend, folders, models: new ModelStore(folders), images: new ImageSource(db, this.#platform.decode) };
  }

  /** Runs work; after a lost device it starts again on a new one, or on the CPU. */
  async compute<Result>(work: (parts: EngineParts) => Promise<Result>): Promise<Result> {
    const parts = await this.parts();
    for (;;) {
      try {
        const result = await work(parts);
        if (!this.#backend.isLost) return result;
      } catch (error) {
        // A short call inside a long job may have found the loss first and made the new device already.
        if (!this.#backend.isLost && toErrorRecord(error).code !== 'E-GPU-LOST') throw await this.#backend.causeOf(error);
      }
      parts.models.clear();
      if (this.#backend.isLost) this.#report(await this.#backend.recover());
    }
  }

  /** As `compute`, for a job with a record: an error is written there before it is thrown, unless the record is another tab's now. */
  async computeStored<Result>(
    work: (parts: EngineParts) => Promise<Result>,
    settle: (parts: EngineParts, error: unknown) => Promise<void>,
  ): Promise<Result> {
    try {
      return await this.compute(work);
    } catch (error) {
      if (toErrorRecord(error).code !== 'E-LOCKED') {
        // Where not even that can be stored, the record stays as it was: the page takes it for interrupted, and it can go on.
        await settle(await this.parts(), error).catch(() => undefined);
      }
      throw error;
    }
  }
}

// A training run from its last stored state to its end. After every step the step, its completions, the run and the state to go
// on from are stored in one transaction: a closed tab loses at most the step under way, and the curve of an interrupted run is
// that of an uninterrupted one.
import type { RunRecord, StepPhase, StepRecord } from '../../src/shared/domain/run.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import { toErrorRecord, WorkbenchError } from '../../src/shared/errors.ts';
import type { TrainProgress } from '../../src/shared/engine-api.ts';
import { getCheckpoint, type NewFile } from '../../src/shared/storage/checkpoints.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { assertSamePictures } from '../../src/shared/storage/replaced-pictures.ts';
import { claimRun, getRun, listSteps, putRunAsWriter } from '../../src/shared/storage/runs.ts';
import { commitStep, deleteResumeStates } from '../../src/shared/storage/resume-states.ts';
import type { Algorithm, AlgorithmStep } from './algorithm.ts';
import { createAlgorithm } from './create-algorithm.ts';
import type { EngineParts } from './engine-parts.ts';
import { explainOutOfMemory } from './out-of-memory.ts';
import { Eta, requestedEnd, stateAfter, type JobEnd } from './job-state.ts';
import type { LoadedModel } from './load-model.ts';
import { notFiniteError } from './nan-cause.ts';
import { probe } from './probe.ts';
import { ProbeWatch } from './probe-watch.ts';
import type { JobControl } from './queue.ts';
import { resumeRun } from './resume-run.ts';
import { runSummary } from './run-summary.ts';
import { checkpointIdOf, storeCheckpoint } from './run-checkpoint.ts';
import { fixSamples, samplesOfRun } from './fixed-samples.ts';
import type { TrainingData } from './training-data.ts';
import { writeTrainerState, type TrainerCounters } from './trainer-state.ts';

/** So many steps in a row without a finite loss end the run. */
const MOST_SKIPS = 3;

/**
 * @throws E-MISSING for an unknown run
 * @returns how it ended; an error is stored in the record and thrown
 */
export async function train(
  parts: EngineParts,
  runId: string,
  control: JobControl,
  progress: (progress: TrainProgress) => void,
): Promise<{ state: RunRecord['state'] }> {
  control.signal.throwIfAborted(); // begun again after a lost device: not where another tab has taken it over
  if ((await storedRun(parts.db, runId)).state === 'done') return { state: 'done' };
  const run = await claimedRun(parts.db, runId, control.writer);
  try {
    return await trainClaimed(parts, run, control, progress);
  } catch (error) {
    throw await explainOutOfMemory(parts, await getRun(parts.db, runId), await parts.backend.causeOf(error));
  }
}

async function trainClaimed(
  parts: EngineParts,
  run: RunRecord,
  control: JobControl,
  progress: (progress: TrainProgress) => void,
): Promise<{ state: RunRecord['state'] }> {
  const samples = await samplesOfRun(parts.db, run);
  const { data, probed } = samples;
  if (run.step > 0)
    await assertSamePictures(
      parts.db,
      { ...run, kind: 'run' },
      [...data.samples, ...probed].map(({ id }) => id),
    );
  const model = await parts.models.open(run.baseModelId);
  try {
    const setup = { model, images: parts.images, data, config: run.config };
    const algorithm = createAlgorithm(setup);
    try {
      await fixSamples(parts.db, run, samples);
      const job = new TrainingJob({
        parts,
        model,
        algorithm,
        data,
        probed,
        control,
        progress,
        watch: new ProbeWatch(run),
      });
      return { state: await job.run(run) };
    } finally {
      algorithm.dispose();
    }
  } finally {
    model.detector.model.language.adapter = null;
    model.dispose();
  }
}

/** Stores what an error means for the run. Not called for a lost device, after which it goes on. @throws E-LOCKED */
export async function settleFailedRun(db: Database, runId: string, writer: string, error: unknown): Promise<void> {
  const run = await getRun(db, runId);
  if (run) await putRunAsWriter(db, { ...run, writer, ...stateAfter(error), updatedAt: Date.now() });
}

async function storedRun(db: Database, runId: string): Promise<RunRecord> {
  return (await getRun(db, runId)) ?? unknownRun(runId);
}

/** From here on a tab that worked on the run before can write nothing more. */
async function claimedRun(db: Database, runId: string, writer: string): Promise<RunRecord> {
  return (await claimRun(db, runId, writer)) ?? unknownRun(runId);
}

function unknownRun(runId: string): never {
  throw new WorkbenchError('E-MISSING', `There is no training run "${runId}" in this browser.`, {
    safe: 'Other runs are unharmed.',
    remedy: 'Start a new one.',
  });
}

interface JobParts {
  parts: EngineParts;
  model: LoadedModel;
  algorithm: Algorithm;
  data: TrainingData;
  /** Fixed samples of the probe. */
  probed: SampleRecord[];
  control: JobControl;
  progress: (progress: TrainProgress) => void;
  watch: ProbeWatch;
}

class TrainingJob {
  readonly #job: JobParts;
  readonly #eta = new Eta(1);
  #counters: TrainerCounters = { step: 0, updates: 0, consecutiveSkips: 0, numTokens: 0 };
  /** The state after the last step, which also serves as its checkpoint; empty before the first one. */
  #state: readonly NewFile[] = [];
  /** The state before the last finite step, which has shown that these weights compute; without files it is that of the start. */
  #proven: { step: number; files: readonly NewFile[] } | null = null;
  #newest: readonly StepRecord[] = [];
  /** The step whose checkpoint is stored. */
  #savedStep = 0;
  readonly #watch: ProbeWatch;

  constructor(job: JobParts) {
    this.#job = job;
    this.#watch = job.watch;
  }

  async run(stored: RunRecord): Promise<JobEnd> {
    const { parts, algorithm, control } = this.#job;
    const resumed = await resumeRun(parts.db, stored, algorithm.trained);
    this.#counters = resumed.counters;
    if (await getCheckpoint(parts.db, checkpointIdOf(stored.id, resumed.run.step))) this.#savedStep = resumed.run.step;
    let run = await this.#keepBest(await this.#enter(resumed.run, 'running'), await listSteps(parts.db, stored.id));
    while (run.step < run.maxSteps && !this.#watch.endsEarly) {
      const end = requestedEnd(control);
      if (end) return this.#finish(run, end);
      await control.breathe();
      parts.backend.assertHealthy();
      run = await this.#keepBest(await this.#stepOrSave(run), this.#newest);
      if (control.checkpoint || run.step % run.config.saveSteps === 0) run = await this.#checkpoint(run);
      control.checkpoint = false;
      if (this.#counters.consecutiveSkips >= MOST_SKIPS) throw await this.#notFinite(run);
    }
    return this.#finish(this.#watch.explainEnd(run), 'done');
  }

  /** Looks at new steps; where the best probe is that of the run's present step, its checkpoint is stored and spared. */
  async #keepBest(run: RunRecord, steps: readonly StepRecord[]): Promise<RunRecord> {
    const best = this.#watch.add(steps);
    const isStale = run.best !== undefined && run.best.step > run.step; // its steps were lost
    const known = isStale ? { ...run, best: undefined } : run;
    if (!best || best.step !== run.step || best.checkpointId === known.best?.checkpointId) return known;
    return this.#checkpoint({ ...known, best });
  }

  /** Without memory for the next step, the last one becomes a checkpoint. */
  async #stepOrSave(run: RunRecord): Promise<RunRecord> {
    try {
      return await this.#step(run);
    } catch (error) {
      const cause = await this.#job.parts.backend.causeOf(error);
      if (toErrorRecord(cause).code === 'E-MEMORY' && this.#state.length > 0) await this.#checkpoint(run);
      throw cause;
    }
  }

  async #step(before: RunRecord): Promise<RunRecord> {
    const { algorithm, control, progress } = this.#job;
    const begin = performance.now();
    const number = before.step + 1;
    const onPhase = (phase: StepPhase, done: number, total: number): void => progress({ kind: 'phase', step: number, phase, done, total });
    const result = await algorithm.step(before.step, { signal: control.signal, onPhase });
    const probed = await this.#probe(before, number, onPhase);
    this.#job.parts.backend.assertHealthy(); // a graphics device tells of missing memory afterwards: such a step is not stored
    onPhase('checkpoint', 0, 1);
    this.#count(result);
    const saving = performance.now();
    const state = await writeTrainerState(algorithm.trained, this.#counters);
    const phaseMs = { ...result.phaseMs, ...probed.phaseMs, checkpoint: performance.now() - saving };
    const step: StepRecord = {
      runId: before.id,
      step: number,
      timestamp: Date.now(),
      metrics: finite(this.#metrics(before, result, probed.metrics)),
      phaseMs,
    };
    const completions = result.completions.map((completion) => ({ ...completion, runId: before.id, step: number }));
    const run = await this.#current(before, { step: number, skippedSteps: before.skippedSteps + Number(result.skipped) });
    await commitStep(this.#job.parts.db, { run, step, completions, state });
    if (!result.skipped) this.#proven = { step: before.step, files: this.#state };
    this.#state = state;
    this.#newest = [step];
    this.#eta.add(performance.now() - begin);
    progress({ kind: 'step', step, completions, etaMs: this.#eta.of(run.maxSteps - number) });
    return run;
  }

  async #probe(
    { config }: RunRecord,
    number: number,
    onPhase: (phase: StepPhase, done: number, total: number) => void,
  ): Promise<{ metrics: Record<string, number>; phaseMs: StepRecord['phaseMs'] }> {
    const { model, parts, probed, control, algorithm } = this.#job;
    if (config.evalSteps === 0 || number % config.evalSteps !== 0) return { metrics: {}, phaseMs: {} };
    const begin = performance.now();
    const onProgress = (done: number, total: number): void => onPhase('probe', done, total);
    const answered = await probe(model, parts.images, probed, config, { signal: control.signal, onProgress });
    const losses = await algorithm.evaluate(probed, control.signal);
    const elapsedMs = performance.now() - begin;
    const speed = { eval_runtime: elapsedMs / 1000, eval_samples_per_second: (1000 * probed.length) / elapsedMs };
    return { metrics: { ...answered, ...losses, ...(probed.length > 0 ? speed : {}) }, phaseMs: { probe: elapsedMs } };
  }

  #count({ skipped, numTokens }: AlgorithmStep): void {
    const { step, consecutiveSkips, numTokens: before } = this.#counters;
    const { updates } = this.#job.algorithm.trained.optimizer;
    this.#counters = { step: step + 1, updates, consecutiveSkips: skipped ? consecutiveSkips + 1 : 0, numTokens: before + numTokens };
  }

  #metrics({ config, step }: RunRecord, result: AlgorithmStep, probed: Record<string, number>): Record<string, number> {
    const perStep = isPolicy(config.algorithm)
      ? config.policy.promptsPerStep
      : config.sft.perDeviceTrainBatchSize * config.sft.gradientAccumulationSteps;
    const epoch = ((step + 1) * perStep) / this.#job.data.samples.length;
    return { ...result.metrics, ...probed, epoch, num_tokens: this.#counters.numTokens, 'data/left_out_samples': this.#job.data.leftOut };
  }

  async #checkpoint(run: RunRecord): Promise<RunRecord> {
    if (run.step === 0 || run.step === this.#savedStep) return run;
    const files = this.#state.length > 0 ? this.#state : await writeTrainerState(this.#job.algorithm.trained, this.#counters);
    const changed = await this.#store(run, run.step, files);
    this.#savedStep = run.step;
    return changed;
  }

  async #store(run: RunRecord, step: number, files: readonly NewFile[]): Promise<RunRecord> {
    const { parts, model, progress } = this.#job;
    progress({ kind: 'phase', step, phase: 'checkpoint', done: 0, total: 1 });
    const { checkpointId, checkpointIds } = await storeCheckpoint(parts.db, { ...run, step }, files, model);
    const changed = await this.#current(run, { checkpointIds });
    await putRunAsWriter(parts.db, changed);
    progress({ kind: 'checkpoint', checkpointId, step });
    return changed;
  }

  /** A stopped or finished run leaves a checkpoint of its last step, also where it was cut off before it could store that one. */
  async #finish(run: RunRecord, end: JobEnd): Promise<JobEnd> {
    const { db } = this.#job.parts;
    const saved = end === 'paused' ? run : await this.#checkpoint(run);
    await this.#enter(end === 'paused' ? saved : { ...saved, summary: await this.#summary(saved) }, end);
    if (end === 'done') await deleteResumeStates(db, run.id);
    return end;
  }

  async #summary({ id, config }: RunRecord): Promise<Record<string, number>> {
    const { parts, model } = this.#job;
    const steps = await listSteps(parts.db, id);
    const parameterCount = model.weights.parameterCount - model.weights.get('model.embed_tokens.weight').size;
    return runSummary({ steps, config, numTokens: this.#counters.numTokens, parameterCount });
  }

  /** The update before the first bad step may be what spoilt the weights: those before it are kept, which one more step has proven. */
  async #notFinite(run: RunRecord): Promise<WorkbenchError> {
    const proven = this.#proven;
    const hasFiles = proven !== null && proven.files.length > 0;
    if (hasFiles) await this.#store(run, proven.step, proven.files);
    else if (this.#counters.updates === 0) await this.#checkpoint(run);
    const steps = await listSteps(this.#job.parts.db, run.id);
    return notFiniteError(run, steps, hasFiles ? proven.step : null);
  }

  async #enter(run: RunRecord, state: RunRecord['state']): Promise<RunRecord> {
    const { error: _ended, smaller: _offers, ...changed } = await this.#current(run, { state, engine: this.#job.parts.backend.stamp });
    await putRunAsWriter(this.#job.parts.db, changed);
    this.#job.progress({ kind: 'state', run: changed });
    return changed;
  }

  /**
   * The run with changes. Name, notes and tags are the user's, who may have changed them meanwhile.
   * @throws E-MISSING when it was deleted
   */
  async #current(run: RunRecord, changes: Partial<RunRecord>): Promise<RunRecord> {
    const { name, notes, tags, group, archived, pairedRunId } = await storedRun(this.#job.parts.db, run.id);
    return { ...run, name, notes, tags, group, archived, pairedRunId, ...changes, updatedAt: Date.now() };
  }
}

const isPolicy = (algorithm: RunRecord['algorithm']): boolean => algorithm === 'prpo' || algorithm === 'grpo';

/** What has no value is not logged, as in TRL. A loss that is not finite is told by `skippedSteps`. */
function finite(metrics: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}

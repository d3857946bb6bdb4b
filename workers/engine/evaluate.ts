// An evaluation from its next unanswered sample to its end. Each answer is stored as it is made; a pause, a full disk or a
// closed tab lose nothing but the batch under way.
import type { AnswerRecord } from '../../src/shared/domain/answer.ts';
import type { EvalRecord } from '../../src/shared/domain/run.ts';
import type { EvalProgress } from '../../src/shared/engine-api.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { changeEval, claimEval, listAnsweredIds, putAnswersAsWriter, unknownEvaluation } from '../../src/shared/storage/evals.ts';
import { assertSamePictures } from '../../src/shared/storage/replaced-pictures.ts';
import { getSample } from '../../src/shared/storage/samples.ts';
import { answerBatch, answerRecord, type JobSample } from './answer-batch.ts';
import type { EngineParts } from './engine-parts.ts';
import { Eta, requestedEnd, stateAfter, type JobEnd } from './job-state.ts';
import type { LoadedModel } from './load-model.ts';
import { parityHashes } from './parity.ts';
import type { JobControl } from './queue.ts';

/** Answers written together: one first, for an early first answer; then as many as pay off. */
const BATCH_SIZES = [1, 8, 16];
/** Answers before a remaining time is shown. */
const ETA_AFTER = 5;

/**
 * @throws E-MISSING for an unknown evaluation
 * @returns how it ended; an error is stored in the record and thrown
 */
export async function evaluate(
  parts: EngineParts,
  evalId: string,
  control: JobControl,
  progress: (progress: EvalProgress) => void,
): Promise<{ state: EvalRecord['state'] }> {
  control.signal.throwIfAborted(); // begun again after a lost device: not where another tab has taken it over
  // From here on a tab that worked on it before can write nothing more.
  const stored = (await claimEval(parts.db, evalId, control.writer)) ?? unknownEvaluation(evalId);
  const job = new EvaluationJob(parts, { ...stored, engine: parts.backend.stampOf(stored.config.decoding) }, control, progress);
  return { state: await job.run() };
}

/** Stores what an error means for the evaluation. Not called for a lost device, after which it goes on. @throws E-LOCKED */
export async function settleFailedEvaluation(db: Database, evalId: string, writer: string, error: unknown): Promise<void> {
  await changeEval(db, evalId, (record) => ({ ...record, ...stateAfter(error), updatedAt: Date.now() }), writer);
}

class EvaluationJob {
  readonly #parts: EngineParts;
  readonly #control: JobControl;
  readonly #progress: (progress: EvalProgress) => void;
  readonly #eta = new Eta(ETA_AFTER);
  #record: EvalRecord;
  #done = 0;

  constructor(parts: EngineParts, record: EvalRecord, control: JobControl, progress: (progress: EvalProgress) => void) {
    this.#parts = parts;
    this.#record = record;
    this.#control = control;
    this.#progress = progress;
  }

  async run(): Promise<JobEnd> {
    await this.#enter('running');
    const { db } = this.#parts;
    const answered = await listAnsweredIds(db, this.#record.id);
    const open = this.#record.sampleIds.flatMap((id, index) => (answered.has(id) ? [] : [{ id, index }]));
    this.#done = this.#record.sampleIds.length - open.length;
    this.#report();
    if (open.length === 0) return this.#enter('done');
    if (this.#done > 0) await assertSamePictures(db, { ...this.#record, kind: 'evaluation' }, this.#record.sampleIds);
    const { modelId, config, parity } = this.#record;
    this.#record.parity = parity ?? (await parityHashes(await this.#parts.folders.chainOf(modelId), config));
    return this.#enter(await this.#answerAll(open));
  }

  /** Batch by batch, until the last one or until the user asks to end. */
  async #answerAll(open: { id: string; index: number }[]): Promise<JobEnd> {
    let batches = 0;
    while (open.length > 0) {
      const end = requestedEnd(this.#control);
      if (end) return end;
      await this.#control.breathe();
      // Asked for again each time: a short call may have needed the room for other models.
      const model = await this.#parts.models.load(this.#record.modelId);
      this.#parts.backend.assertHealthy();
      const together = BATCH_SIZES[Math.min(batches++, BATCH_SIZES.length - 1)] ?? 1;
      const size = Math.max(1, Math.floor(together / (this.#record.config.votes ?? 1)));
      const samples = open
        .splice(0, size)
        .map(async (one): Promise<JobSample> => ({ ...one, record: await getSample(this.#parts.db, one.id) }));
      await this.#answer(model, await Promise.all(samples));
    }
    return 'done';
  }

  async #answer(model: LoadedModel, samples: readonly JobSample[]): Promise<void> {
    const begin = performance.now();
    const { config } = this.#record;
    const change = config.perturbation && { perturbation: config.perturbation, seed: config.seed };
    const request = { ...config, ...(change ? { change } : {}) };
    const outcomes = await answerBatch(model, this.#parts.images, samples, request, this.#control.signal);
    const elapsedMs = (performance.now() - begin) / samples.length;
    const answeredAt = Date.now(); // of those that were written together
    const answers = outcomes.map((outcome) => ({ ...answerRecord(this.#record.id, outcome, elapsedMs), answeredAt }));
    await putAnswersAsWriter(this.#parts.db, this.#record.id, this.#control.writer, answers);
    for (const answer of answers) {
      this.#done++;
      this.#eta.add(elapsedMs);
      this.#report(answer);
    }
  }

  /** @throws E-MISSING when the evaluation was deleted meanwhile; E-LOCKED when another tab has claimed it */
  async #enter<State extends EvalRecord['state']>(state: State): Promise<State> {
    const { id, engine, parity: hashed } = this.#record;
    const enter = ({ error: _ended, ...current }: EvalRecord): EvalRecord => {
      const parity = hashed ?? current.parity;
      return { ...current, engine, ...(parity ? { parity } : {}), state, updatedAt: Date.now() };
    };
    this.#record = (await changeEval(this.#parts.db, id, enter, this.#control.writer)) ?? unknownEvaluation(id);
    this.#report();
    return state;
  }

  #report(last?: AnswerRecord): void {
    const total = this.#record.sampleIds.length;
    const etaMs = this.#eta.of(total - this.#done);
    this.#progress({ state: this.#record.state, done: this.#done, total, etaMs, ...(last ? { last } : {}) });
  }
}

// Evaluations and their answers. Each answer is stored as it is made, so that a resume knows what is left.
import type { AnswerRecord, AnswerScores } from '../domain/answer.ts';
import type { EvalRecord } from '../domain/run.ts';
import { WorkbenchError } from '../errors.ts';
import { announceChange } from './changes.ts';
import type { Database } from './database.ts';
import { keysStartingWith, queue, transact } from './database.ts';
import { noteIn, noteState } from './journal.ts';
import { assertWriter } from './writer-fence.ts';

/** Stores or replaces an evaluation. */
export async function putEval(db: Database, evaluation: EvalRecord): Promise<void> {
  await transact(db, ['evals', 'journal'], 'readwrite', async (tx) => {
    const before = await tx.objectStore('evals').get(evaluation.id);
    noteState(tx.objectStore('journal'), 'evaluation', before, evaluation, `${evaluation.sampleIds.length} images`);
    await tx.objectStore('evals').put(evaluation);
  });
  announceChange('evals', evaluation.id);
}

/** Makes `writer` the only job that may write this evaluation from now on. @returns it as it is then; undefined where there is none */
export function claimEval(db: Database, id: string, writer: string): Promise<EvalRecord | undefined> {
  return transact(db, ['evals'], 'readwrite', async (tx) => {
    const stored = await tx.objectStore('evals').get(id);
    if (!stored) return undefined;
    const claimed = { ...stored, writer };
    await tx.objectStore('evals').put(claimed);
    return claimed;
  });
}

/**
 * Changes an evaluation in one transaction, so that page and job do not undo each other's words.
 * @param writer the job that writes; absent for the user
 * @returns it as stored; undefined where it was deleted
 * @throws E-LOCKED when another tab's job has claimed it
 */
export async function changeEval(
  db: Database,
  id: string,
  change: (stored: EvalRecord) => EvalRecord,
  writer?: string,
): Promise<EvalRecord | undefined> {
  const changed = await transact(db, ['evals', 'journal'], 'readwrite', async (tx) => {
    const before = await tx.objectStore('evals').get(id);
    if (!before) return undefined;
    if (writer !== undefined) assertWriter(before, { writer });
    const after = change(before);
    noteState(tx.objectStore('journal'), 'evaluation', before, after, `${after.sampleIds.length} images`);
    await tx.objectStore('evals').put(after);
    return after;
  });
  if (changed) announceChange('evals', id);
  return changed;
}

/** One evaluation, or undefined. */
export function getEval(db: Database, id: string): Promise<EvalRecord | undefined> {
  return transact(db, ['evals'], 'readonly', (tx) => tx.objectStore('evals').get(id));
}

/** All evaluations, newest first. */
export async function listEvals(db: Database): Promise<EvalRecord[]> {
  const evals = await transact(db, ['evals'], 'readonly', (tx) => tx.objectStore('evals').index('createdAt').getAll());
  return evals.reverse();
}

/** Stores answers of one evaluation in one transaction; an answer to the same sample is replaced. */
export async function putAnswers(db: Database, answers: readonly AnswerRecord[]): Promise<void> {
  await transact(db, ['answers'], 'readwrite', async (tx) => {
    for (const answer of answers) queue(tx.objectStore('answers').put(answer));
  });
  for (const evalId of new Set(answers.map((answer) => answer.evalId))) announceChange('answers', evalId);
}

/**
 * Stores answers of one evaluation as the job that claimed it, in one transaction.
 * @throws E-LOCKED when another tab has claimed it; E-MISSING when it was deleted
 */
export async function putAnswersAsWriter(db: Database, evalId: string, writer: string, answers: readonly AnswerRecord[]): Promise<void> {
  await transact(db, ['evals', 'answers'], 'readwrite', async (tx) => {
    const stored = await tx.objectStore('evals').get(evalId);
    if (!stored) throw deletedMeanwhile(evalId);
    assertWriter(stored, { writer });
    for (const answer of answers) queue(tx.objectStore('answers').put(answer));
  });
  announceChange('answers', evalId);
}

const START_ANEW = { safe: 'Other evaluations are unharmed.', remedy: 'Start a new one.' };

function deletedMeanwhile(evalId: string): WorkbenchError {
  return new WorkbenchError('E-MISSING', `The evaluation "${evalId}" was deleted while it ran.`, START_ANEW);
}

/** For an id that no record has. @throws E-MISSING */
export function unknownEvaluation(evalId: string): never {
  throw new WorkbenchError('E-MISSING', `There is no evaluation "${evalId}" in this browser.`, START_ANEW);
}

/** Removes some answers of an evaluation, so that a resume asks again. */
export async function deleteAnswers(db: Database, evalId: string, sampleIds: readonly string[]): Promise<void> {
  await transact(db, ['answers'], 'readwrite', async (tx) => {
    for (const sampleId of sampleIds) queue(tx.objectStore('answers').delete([evalId, sampleId]));
  });
  announceChange('answers', evalId);
}

/** Answers read at once: unpacking 20,000 in one go would hold a page up for a second. */
const ANSWERS_AT_ONCE = 200;

/** Hands over an evaluation's answers in parts, in the order of their keys. */
function readAnswers(db: Database, evalId: string, take: (answer: AnswerRecord) => void): Promise<void> {
  return transact(db, ['answers'], 'readonly', async (tx) => {
    const store = tx.objectStore('answers');
    let range: IDBKeyRange | null = keysStartingWith(evalId);
    while (range) {
      const part: AnswerRecord[] = await store.getAll(range, ANSWERS_AT_ONCE);
      part.forEach(take);
      const last = part.at(-1);
      range =
        last && part.length === ANSWERS_AT_ONCE ? IDBKeyRange.bound([evalId, last.sampleId], range.upper, true, range.upperOpen) : null;
    }
  });
}

/** All answers of an evaluation in the order of its samples. */
export async function listAnswers(db: Database, evalId: string): Promise<AnswerRecord[]> {
  const answers: AnswerRecord[] = [];
  await readAnswers(db, evalId, (answer) => answers.push(answer));
  return answers.sort((a, b) => a.index - b.index);
}

/** Decisions and scores of an evaluation's answers in the order of its samples; texts and tokens are dropped part by part. */
export async function listAnswerScores(db: Database, evalId: string): Promise<AnswerScores[]> {
  const found: (AnswerScores & { index: number })[] = [];
  await readAnswers(db, evalId, ({ sampleId, domain, label, predict, pFakeHead, pFakeToken, failure, index }) => {
    found.push({ sampleId, domain, label, predict, pFakeHead, pFakeToken, index, ...(failure ? { failure } : {}) });
  });
  return found.sort((a, b) => a.index - b.index);
}

/** Ids of the samples that have an answer; reads no values. */
export async function listAnsweredIds(db: Database, evalId: string): Promise<Set<string>> {
  const keys = await transact(db, ['answers'], 'readonly', (tx) => tx.objectStore('answers').getAllKeys(keysStartingWith(evalId)));
  return new Set(keys.map(([, sampleId]) => sampleId));
}

/** All answers that evaluations gave for one sample. */
export function listAnswersOfSample(db: Database, sampleId: string): Promise<AnswerRecord[]> {
  return transact(db, ['answers'], 'readonly', (tx) => tx.objectStore('answers').index('sampleId').getAll(sampleId));
}

/** Removes an evaluation with its answers. */
export async function deleteEval(db: Database, id: string): Promise<void> {
  await transact(db, ['evals', 'answers', 'journal'], 'readwrite', async (tx) => {
    const evaluation = await tx.objectStore('evals').get(id);
    if (evaluation) noteIn(tx.objectStore('journal'), 'delete-evaluation', `"${evaluation.name}" with its answers`);
    await tx.objectStore('answers').delete(keysStartingWith(id));
    await tx.objectStore('evals').delete(id);
  });
  announceChange('evals', id);
}

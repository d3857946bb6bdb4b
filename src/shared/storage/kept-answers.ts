// Answers that were asked for in the inspector and kept: one per model, question, change of the picture and image; a group of answers
// is one record. They lie beside those of evaluations, under a made-up evaluation id, so that no list of evaluations shows them.
import type { AnswerRecord } from '../domain/answer.ts';
import type { EvalConfig } from '../config/config.ts';
import { describeEdit, type ImageEdit } from '../image/edit.ts';
import { sha256OfText } from '../hash.ts';
import type { Database } from './database.ts';
import { queue, transact } from './database.ts';

const PREFIX = 'asked:';

/** Key range of all that were kept. */
const allKept = (): IDBKeyRange => IDBKeyRange.bound([PREFIX], [`${PREFIX}\uffff`]);

/** Everything that an answer depends on, beside weights and image. */
export type KeptQuestion = Pick<EvalConfig, 'prompt' | 'template' | 'decoding' | 'parser' | 'reward'> & {
  /** Answers of a group; 1 by default. */
  numGenerations?: number;
  /** What was changed in the picture. */
  edit?: ImageEdit;
};

/**
 * The id under which answers of a model to one kind of question are kept.
 * @param weights what tells its weights from others of the same id, such as their hash
 */
export async function keptId(modelId: string, weights: string, question: KeptQuestion): Promise<string> {
  const { prompt, template, decoding, parser, reward, numGenerations = 1, edit } = question;
  const more = [...(numGenerations > 1 ? [{ numGenerations }] : []), ...(edit ? [describeEdit(edit)] : [])];
  const hash = await sha256OfText(JSON.stringify([weights, prompt, template, decoding, parser, reward, ...more]));
  return `${PREFIX}${modelId}:${hash.slice(0, 12)}`;
}

/** Key range of everything that was kept of one model's answers. */
export function keptAnswersOf(modelId: string): IDBKeyRange {
  return IDBKeyRange.bound([`${PREFIX}${modelId}:`], [`${PREFIX}${modelId};`], false, true); // ";" follows ":" in code point order
}

/** All kept answers of a model. */
export function listKeptAnswers(db: Database, modelId: string): Promise<AnswerRecord[]> {
  return transact(db, ['answers'], 'readonly', (tx) => tx.objectStore('answers').getAll(keptAnswersOf(modelId)));
}

/** How many there are of these models, and about how large. */
export async function sizeOfKeptAnswers(db: Database, modelIds: readonly string[]): Promise<{ count: number; bytes: number }> {
  const answers = (await Promise.all(modelIds.map((id) => listKeptAnswers(db, id)))).flat();
  return { count: answers.length, bytes: answers.reduce((sum, answer) => sum + JSON.stringify(answer).length, 0) };
}

/** How much is kept in all, about, and when the newest was written. Read one by one: groups with their tokens are large. */
export async function sizeOfAllKept(db: Database): Promise<{ count: number; bytes: number; newestAt: number }> {
  const total = { count: 0, bytes: 0, newestAt: 0 };
  await transact(db, ['answers'], 'readonly', async (tx) => {
    for (let cursor = await tx.objectStore('answers').openCursor(allKept()); cursor; cursor = await cursor.continue()) {
      total.count += 1;
      total.bytes += JSON.stringify(cursor.value).length;
      total.newestAt = Math.max(total.newestAt, cursor.value.answeredAt ?? 0);
    }
  });
  return total;
}

/** Removes everything that was kept. */
export async function deleteAllKept(db: Database): Promise<void> {
  await transact(db, ['answers'], 'readwrite', (tx) => tx.objectStore('answers').delete(allKept()));
}

/** Models of which answers are kept; reads no values. */
export async function listModelsWithKeptAnswers(db: Database): Promise<string[]> {
  const keys = await transact(db, ['answers'], 'readonly', (tx) => tx.objectStore('answers').getAllKeys(allKept()));
  return [...new Set(keys.map(([evalId]) => evalId.slice(PREFIX.length, evalId.lastIndexOf(':'))))];
}

/** Whether an answer is one that was kept of this model. */
export function isKeptAnswerOf(modelId: string, { evalId }: AnswerRecord): boolean {
  return evalId.startsWith(`${PREFIX}${modelId}:`);
}

/** Keeps an answer; `evalId` comes from `keptId`. An earlier one is replaced. */
export async function keepAnswer(db: Database, answer: AnswerRecord): Promise<void> {
  await transact(db, ['answers'], 'readwrite', (tx) => tx.objectStore('answers').put(answer));
}

/** The kept answer, or undefined. */
export function getKeptAnswer(db: Database, evalId: string, sampleId: string): Promise<AnswerRecord | undefined> {
  return transact(db, ['answers'], 'readonly', (tx) => tx.objectStore('answers').get([evalId, sampleId]));
}

/** Answers kept of a model to one question about changed copies of an image, oldest first. */
export async function listKeptChanges(
  db: Database,
  modelId: string,
  weights: string,
  question: KeptQuestion,
  sampleId: string,
): Promise<AnswerRecord[]> {
  const all = await transact(db, ['answers'], 'readonly', (tx) => tx.objectStore('answers').index('sampleId').getAll(sampleId));
  const ofModel = all.filter((answer) => answer.edit && isKeptAnswerOf(modelId, answer));
  const ids = await Promise.all(ofModel.map(({ edit }) => keptId(modelId, weights, { ...question, ...(edit ? { edit } : {}) })));
  return ofModel.filter(({ evalId }, i) => evalId === ids[i]).sort((a, b) => (a.answeredAt ?? 0) - (b.answeredAt ?? 0));
}

/** Removes single kept answers. */
export async function deleteKeptAnswers(db: Database, answers: readonly Pick<AnswerRecord, 'evalId' | 'sampleId'>[]): Promise<void> {
  await transact(db, ['answers'], 'readwrite', async (tx) => {
    for (const { evalId, sampleId } of answers) queue(tx.objectStore('answers').delete([evalId, sampleId]));
  });
}

/** Removes what was kept about the images of a dataset. */
export async function deleteKeptAnswersOfDataset(db: Database, datasetId: string): Promise<void> {
  await transact(db, ['answers'], 'readwrite', async (tx) => {
    const store = tx.objectStore('answers');
    const keys = await store.getAllKeys(allKept());
    for (const key of keys) if (key[1].startsWith(`${datasetId}/`)) queue(store.delete(key));
  });
}

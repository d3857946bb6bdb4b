// Answers that were asked for in the inspector and kept: one per model, question and image. They lie beside those of evaluations,
// under a made-up evaluation id, so that no list of evaluations shows them.
import type { AnswerRecord } from '../domain/answer.ts';
import type { EvalConfig } from '../config/config.ts';
import { sha256OfText } from '../hash.ts';
import type { Database } from './database.ts';
import { queue, transact } from './database.ts';

const PREFIX = 'asked:';

/** Key range of all that were kept. */
const allKept = (): IDBKeyRange => IDBKeyRange.bound([PREFIX], [`${PREFIX}\uffff`]);

type Question = Pick<EvalConfig, 'prompt' | 'template' | 'decoding' | 'parser' | 'reward'>;

/**
 * The id under which answers of a model to one kind of question are kept.
 * @param weights what tells its weights from others of the same id, such as their hash
 */
export async function keptId(modelId: string, weights: string, { prompt, template, decoding, parser, reward }: Question): Promise<string> {
  const hash = await sha256OfText(JSON.stringify([weights, prompt, template, decoding, parser, reward]));
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

/** Removes what was kept about the images of a dataset. */
export async function deleteKeptAnswersOfDataset(db: Database, datasetId: string): Promise<void> {
  await transact(db, ['answers'], 'readwrite', async (tx) => {
    const store = tx.objectStore('answers');
    const keys = await store.getAllKeys(allKept());
    for (const key of keys) if (key[1].startsWith(`${datasetId}/`)) queue(store.delete(key));
  });
}

// Answers that were asked for in the inspector and kept: one per model, question and image. They lie beside those of evaluations,
// under a made-up evaluation id, so that no list of evaluations shows them.
import type { AnswerRecord } from '../domain/answer.ts';
import type { EvalConfig } from '../config/config.ts';
import { sha256OfText } from '../hash.ts';
import type { Database } from './database.ts';
import { transact } from './database.ts';

const PREFIX = 'asked:';

type Question = Pick<EvalConfig, 'prompt' | 'template' | 'decoding' | 'parser' | 'reward'>;

/**
 * The id under which answers of a model to one kind of question are kept.
 * @param weights what tells its weights from others of the same id, such as their hash
 */
export async function keptId(modelId: string, weights: string, { prompt, template, decoding, parser, reward }: Question): Promise<string> {
  const hash = await sha256OfText(JSON.stringify([weights, prompt, template, decoding, parser, reward]));
  return `${PREFIX}${modelId}:${hash.slice(0, 12)}`;
}

/** Keeps an answer; `evalId` comes from `keptId`. An earlier one is replaced. */
export async function keepAnswer(db: Database, answer: AnswerRecord): Promise<void> {
  await transact(db, ['answers'], 'readwrite', (tx) => tx.objectStore('answers').put(answer));
}

/** The kept answer, or undefined. */
export function getKeptAnswer(db: Database, evalId: string, sampleId: string): Promise<AnswerRecord | undefined> {
  return transact(db, ['answers'], 'readonly', (tx) => tx.objectStore('answers').get([evalId, sampleId]));
}

// How long the sequences of a run will be, before it starts: prompts are known exactly, supervised answers from the annotations,
// written answers from the newest run with this model, else from the annotations it may have learnt from.
import type { TrainConfig } from '../../src/shared/config/config.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { listRuns, listSteps } from '../../src/shared/storage/runs.ts';
import { listSamples } from '../../src/shared/storage/samples.ts';
import { expandedLength } from '../ml/model/sequence-layout.ts';
import { buildPromptRow } from '../ml/text/template.ts';
import type { Tokenizer } from '../ml/text/tokenizer.ts';
import { trainingData } from './training-data.ts';
import { trainingRowOf } from './training-row.ts';

/** Annotations that are looked at. */
const LOOKED_AT = 64;

export interface RunLengths {
  /** Tokens of the longest prompt, vision tokens included. */
  promptLength: number;
  /** Tokens of the longest answer that is expected. */
  answerLength: number;
  meanAnswerLength: number;
  /** Standard deviation of supervised answers. */
  answerDeviation: number;
  /** Samples that an epoch sees; Infinity where only the settings are known. */
  sampleCount: number;
}

interface Question {
  db: Database;
  config: TrainConfig;
  modelId: string;
  /** undefined: only the settings are known. */
  datasetId: string | undefined;
  tokenizer: Tokenizer;
  numVisionTokens: number;
}

export async function runLengths(question: Question): Promise<RunLengths> {
  const { db, config, tokenizer, numVisionTokens } = question;
  const isPolicy = config.algorithm === 'prpo' || config.algorithm === 'grpo';
  const samples = await annotatedSamples(question);
  const sampleCount = samples.length || Infinity;
  const rows = samples.slice(0, LOOKED_AT).map((sample) => rowLengths(sample, question));
  const longest = (of: (row: RowLengths) => number, otherwise: number): number =>
    rows.length === 0 ? otherwise : rows.reduce((most, row) => Math.max(most, of(row)), 0);
  const limit = config.policy.maxCompletionLength;
  const asked = expandedLength(buildPromptRow({ template: config.template, question: config.prompt, tokenizer }), numVisionTokens);
  const annotated = longest(({ answer }) => answer, limit);
  if (isPolicy) {
    const written = (await writtenLength(db, question.modelId)) ?? annotated;
    const answerLength = Math.min(limit, written);
    return { promptLength: asked, answerLength, meanAnswerLength: answerLength, answerDeviation: 0, sampleCount };
  }
  const total = longest((row) => row.prompt + row.answer, asked + limit);
  const mean = rows.length === 0 ? annotated : rows.reduce((sum, { answer }) => sum + answer, 0) / rows.length;
  const variance = rows.reduce((sum, { answer }) => sum + (answer - mean) ** 2, 0) / Math.max(1, rows.length);
  const answerDeviation = Math.sqrt(variance);
  return { promptLength: total - annotated, answerLength: annotated, meanAnswerLength: mean, answerDeviation, sampleCount };
}

interface RowLengths {
  prompt: number;
  answer: number;
}

function rowLengths(sample: SampleRecord, { config, tokenizer, numVisionTokens }: Question): RowLengths {
  const { inputIds, labels } = trainingRowOf(sample, config, tokenizer);
  const answer = labels.filter((label) => label >= 0).length;
  return { prompt: expandedLength(inputIds, numVisionTokens) - answer, answer };
}

async function annotatedSamples({ db, config, datasetId }: Question): Promise<SampleRecord[]> {
  if (datasetId === undefined) return [];
  try {
    const { samples } = trainingData(await listSamples(db, datasetId), config);
    return samples.filter(({ annotation }) => annotation !== undefined && annotation.answer !== '');
  } catch {
    return []; // nothing passes the filter: the form says so itself
  }
}

/** The longest answer of the newest run with this model; null without one. */
async function writtenLength(db: Database, modelId: string): Promise<number | null> {
  const run = (await listRuns(db)).find(({ baseModelId, step, algorithm }) => {
    return baseModelId === modelId && step > 0 && (algorithm === 'prpo' || algorithm === 'grpo');
  });
  if (!run) return null;
  const lengths = (await listSteps(db, run.id)).flatMap(({ metrics }) => metrics['completions/max_length'] ?? []);
  return lengths.length === 0 ? null : lengths.reduce((most, length) => Math.max(most, length), 0);
}

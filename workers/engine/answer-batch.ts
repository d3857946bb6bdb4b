// Answers to a few stored samples, each with its own success or failure. Used by evaluations and by probes while training.
import { dispose } from '@tensorflow/tfjs-core';
import type { AnswerRecord, SampledAnswer } from '../../src/shared/domain/answer.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import type { ErrorCode, ErrorRecord } from '../../src/shared/errors.ts';
import { toErrorRecord } from '../../src/shared/errors.ts';
import { majorityVote } from '../../src/shared/metrics/majority.ts';
import type { AnswerRequest, DetectorAnswer } from '../ml/model/detector.ts';
import { batchOf, type HostImage, type ImageSource, type PictureChange } from './images.ts';
import type { LoadedModel } from './load-model.ts';

/** One sample of a job and its place in it. */
export interface JobSample {
  id: string;
  /** Position in the job; with the seed it decides what is sampled. */
  index: number;
  /** undefined when it was deleted meanwhile. */
  record: SampleRecord | undefined;
}

/** How every sample of a job is asked. */
export interface JobRequest extends AnswerRequest {
  /** Answers per sample, of which the majority counts; 1 by default. */
  votes?: number;
  /** Made to every picture. */
  change?: PictureChange;
}

/** What became of one sample. `all` are the answers of a vote; `answer` is then the first of the majority. */
export type SampleOutcome =
  { sample: JobSample; answer: DetectorAnswer; all: readonly DetectorAnswer[] } | { sample: JobSample; failure: ErrorRecord };

/** Faults of one sample; anything else ends the whole job. */
const SAMPLE_FAULTS: readonly ErrorCode[] = ['E-IMAGE', 'E-MISSING', 'E-CONTEXT'];

function faultOf(error: unknown): ErrorRecord {
  const record = toErrorRecord(error);
  if (SAMPLE_FAULTS.includes(record.code)) return record;
  throw error;
}

/**
 * Answers samples together. Which others are in the batch changes no answer.
 * @throws what is not the fault of one sample
 */
export async function answerBatch(
  model: LoadedModel,
  images: ImageSource,
  samples: readonly JobSample[],
  request: JobRequest,
  signal?: AbortSignal,
): Promise<SampleOutcome[]> {
  const outcomes: SampleOutcome[] = [];
  const ready: { sample: JobSample; image: HostImage }[] = [];
  for (const sample of samples) {
    try {
      ready.push({ sample, image: await images.encoded(model, sample.id, request.change) });
    } catch (error) {
      outcomes.push({ sample, failure: faultOf(error) });
    }
  }
  for (const run of consecutiveRuns(ready)) outcomes.push(...(await answerReady(model, run, request, signal)));
  return outcomes.sort((a, b) => a.sample.index - b.sample.index);
}

/** Random numbers belong to positions, and a batch takes consecutive ones. */
function consecutiveRuns<Item extends { sample: JobSample }>(items: readonly Item[]): Item[][] {
  const runs: Item[][] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (last && last.at(-1)?.sample.index === item.sample.index - 1) last.push(item);
    else runs.push([item]);
  }
  return runs;
}

async function answerReady(
  model: LoadedModel,
  ready: { sample: JobSample; image: HostImage }[],
  request: JobRequest,
  signal?: AbortSignal,
): Promise<SampleOutcome[]> {
  const votes = request.votes ?? 1;
  const batch = batchOf(model.detector, ready.map(({ image }) => image)); // prettier-ignore
  try {
    const firstRowId = (ready[0]?.sample.index ?? 0) * votes;
    const answers = await model.detector.answer(batch, request, { numGenerations: votes, firstRowId, ...(signal ? { signal } : {}) });
    return ready.flatMap(({ sample }, i): SampleOutcome[] => {
      const all = answers.slice(i * votes, (i + 1) * votes);
      const answer = firstOfMajority(all);
      return answer ? [{ sample, answer, all }] : [];
    });
  } catch (error) {
    const failure = faultOf(error);
    if (ready.length === 1) return ready.map(({ sample }) => ({ sample, failure }));
    const alone = [];
    for (const one of ready) alone.push(...(await answerReady(model, [one], request, signal)));
    return alone;
  } finally {
    dispose(batch.visionTokens);
  }
}

function firstOfMajority(answers: readonly DetectorAnswer[]): DetectorAnswer | undefined {
  const { predict } = majorityVote(answers.map(({ scored }) => scored.predict));
  return answers.find(({ scored }) => scored.predict === predict);
}

const EMPTY = { paragraphs: [], cutParagraphs: 0, predict: null, parseRule: 'none', formatScore: 0, reward: 0, votes: null } as const;

/** The stored form of an outcome. @param elapsedMs share of this sample in its batch */
export function answerRecord(evalId: string, outcome: SampleOutcome, elapsedMs: number): AnswerRecord {
  const { id, index, record } = outcome.sample;
  const head = {
    evalId,
    sampleId: id,
    index,
    path: record?.path ?? id,
    domain: record?.domain ?? '',
    label: record?.label ?? null,
    elapsedMs,
  };
  if ('failure' in outcome) {
    return {
      ...head,
      ...EMPTY,
      paragraphs: [],
      text: '',
      pFakeHead: null,
      pFakeToken: null,
      truncated: false,
      tokenCount: 0,
      failure: outcome.failure,
    };
  }
  const { scored, text, pFakeHead, pFakeToken, truncated, tokens } = outcome.answer;
  const own = { ...head, ...scored, text, pFakeHead, pFakeToken, truncated, tokens, tokenCount: tokens.length };
  return outcome.all.length > 1 ? { ...own, ...votedFields(outcome.all) } : own;
}

/** Every single answer, and the token's probability as the mean of those that have one. */
function votedFields(answers: readonly DetectorAnswer[]): Pick<AnswerRecord, 'sampled' | 'pFakeToken'> {
  const sampled = answers.map(({ text, scored, pFakeToken, truncated, tokens }): SampledAnswer => {
    const { predict, parseRule, reward } = scored;
    return { text, predict, parseRule, reward, pFakeToken, truncated, tokenCount: tokens.length };
  });
  const known = answers.flatMap(({ pFakeToken }) => pFakeToken ?? []);
  return { sampled, pFakeToken: known.length === 0 ? null : known.reduce((sum, pFakeToken) => sum + pFakeToken, 0) / known.length };
}

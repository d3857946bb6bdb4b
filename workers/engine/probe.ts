// A small evaluation on fixed samples while training: greedy answers, so that no random number of the training is used.
import { GREEDY } from '../../src/shared/config/presets.ts';
import type { TrainConfig } from '../../src/shared/config/config.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import type { EvaluatedSample } from '../../src/shared/metrics/answer-scores.ts';
import { computeEvaluation } from '../../src/shared/metrics/evaluation.ts';
import { completionMetrics } from '../ml/rl/step-metrics.ts';
import { answerBatch, type SampleOutcome } from './answer-batch.ts';
import type { ImageSource } from './images.ts';
import type { LoadedModel } from './load-model.ts';

const BATCH = 16;

type Answered = Extract<SampleOutcome, { answer: unknown }>;

export interface ProbeHooks {
  signal: AbortSignal;
  onProgress: (done: number, total: number) => void;
}

/** Metrics under the names of spec/metrics.md 6; empty without labelled samples. */
export async function probe(
  model: LoadedModel,
  images: ImageSource,
  samples: readonly SampleRecord[],
  config: TrainConfig,
  { signal, onProgress }: ProbeHooks,
): Promise<Record<string, number>> {
  if (samples.length === 0) return {};
  const { prompt, reward, policy } = config;
  const decoding = { ...GREEDY, maxNewTokens: policy.maxCompletionLength };
  // The template of stage 1 asks no question.
  const template = config.template === 'plain' ? 'v1' : config.template;
  const outcomes: SampleOutcome[] = [];
  for (let start = 0; start < samples.length; start += BATCH) {
    onProgress(start, samples.length);
    const part = samples.slice(start, start + BATCH).map((record, i) => ({ id: record.id, index: start + i, record }));
    outcomes.push(...(await answerBatch(model, images, part, { template, prompt, reward, decoding, parser: 'prpo' }, signal)));
  }
  const answers = outcomes.flatMap((outcome) => ('answer' in outcome ? [outcome] : []));
  const judged = answers.flatMap(({ sample, answer }): EvaluatedSample[] => {
    const { label = null, domain = '' } = sample.record ?? {};
    return label === null ? [] : [{ label, domain, predict: answer.scored.predict, score: answer.pFakeHead }];
  });
  const { unparsed_wrong, auc, coverage } = computeEvaluation(judged);
  return {
    ...answerMetrics(answers),
    'eval/acc': unparsed_wrong.acc ?? NaN,
    'eval/f1': unparsed_wrong.f1 ?? NaN,
    'eval/auc': auc ?? NaN,
    'eval/coverage': coverage ?? NaN,
    'eval/failed': outcomes.length - answers.length,
  };
}

/** TRL logs in evaluation what it logs in training; one greedy answer to an image has no group, so what tells of groups is left out. */
const OF_ONE_ANSWER = /^(?:reward|rewards\/.+|completions\/.+)$/;

function answerMetrics(answers: readonly Answered[]): Record<string, number> {
  const completions = answers.map(({ answer: { scored, tokens, truncated }, sample }, group) => {
    return { scored, group, length: tokens.length, terminated: !truncated, advantages: [], label: sample.record?.label ?? null };
  });
  const named = Object.entries(completionMetrics(completions)).filter(([name]) => OF_ONE_ANSWER.test(name));
  return Object.fromEntries(named.map(([name, value]) => [`eval_${name}`, value]));
}

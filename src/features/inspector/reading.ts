// One shape for what a model said about an image, whether it was stored by an evaluation or asked for just now. Pure.
import type { EvalConfig, RewardConfig, WeightPrecision } from '../../shared/config/config.ts';
import type { EngineStamp } from '../../shared/domain/engine-stamp.ts';
import type { EvalRecord } from '../../shared/domain/run.ts';
import type { AnswerRecord, GroupAnswer, SampledAnswer, ScoredCompletion, TokenRecord } from '../../shared/domain/answer.ts';
import { formatDate } from '../../components/format.ts';
import { describeEdit } from '../../shared/image/edit.ts';
import { perturbationLabel } from '../../shared/image/perturb.ts';
import type { Label } from '../../shared/domain/sample.ts';
import type { Explanation } from '../../shared/engine-api.ts';

/** How an answer was asked for. */
export type AskedWith = Pick<EvalConfig, 'prompt' | 'template' | 'decoding' | 'parser' | 'reward' | 'votes'>;

/** A finished answer with its readouts. */
export interface Reading {
  /** Where it comes from, in words. */
  source: string;
  pFakeHead: number | null;
  pFakeToken: number | null;
  predict: Label | null;
  parseRule: string;
  text: string;
  completion: ScoredCompletion;
  tokens: TokenRecord[];
  tokenCount: number;
  truncated: boolean;
  elapsedMs: number;
  weights: RewardConfig;
  /** All answers of a majority vote; `text` is then the first of the majority. */
  sampled?: readonly SampledAnswer[];
  /** The picture was changed before it was asked about, in words. */
  change?: string;
  /** A re-scan has changed the image since: its picture, label or text. */
  isEarlier?: true;
  /** Weights that each new token read, where they were not f32. */
  precision?: EngineStamp['precision'];
}

/** An answer whose making is known, as a report needs it. */
export interface AskedReading extends Reading {
  askedWith: AskedWith;
  /** What computed it; null where nobody wrote it down. */
  engine: EngineStamp | null;
  /** When it was written, or the evaluation that it belongs to began, milliseconds; null: nobody wrote it down. */
  askedAt: number | null;
  /** `askedAt` is when its evaluation began: those of earlier versions have no time of their own. */
  isBegun?: boolean;
  /** The evaluation that it belongs to; null: asked for in the inspector. */
  evalId: string | null;
  /** The answers file that it was read from, where it was made elsewhere: how it was asked is then not known. */
  fileName?: string;
  /** As its evaluation knows the model, which may not be in this browser any more. */
  modelName?: string;
  /** Side of the model's grid of patches, where it is known. */
  gridSize?: number;
}

/** What one question gave: one answer, or a group of them. */
export interface Answered {
  readouts: Pick<Explanation['readouts'], 'pFakeHead' | 'pFakeToken'>;
  completions: readonly GroupAnswer[];
  elapsedMs: number;
  engine: EngineStamp | null;
  gridSize?: number | undefined;
}

/** In an address: the answer that was asked for in the inspector, rather than one of an evaluation. */
export const ASKED_HERE = 'asked';

/** The first completion of an explanation, or its n-th. */
export function readingOfExplanation(
  explanation: Answered,
  askedWith: AskedWith,
  { index = 0, askedAt = null }: { index?: number; askedAt?: number | null } = {},
): AskedReading | null {
  const completion = explanation.completions[index];
  if (!completion) return null;
  const { readouts, elapsedMs, engine, gridSize } = explanation;
  return {
    source: 'asked just now',
    pFakeHead: readouts.pFakeHead,
    pFakeToken: readouts.pFakeToken,
    predict: completion.predict,
    parseRule: completion.parseRule,
    text: completion.text,
    completion,
    tokens: completion.tokens,
    tokenCount: completion.tokenCount,
    truncated: completion.truncated,
    elapsedMs,
    weights: askedWith.reward,
    askedWith,
    engine,
    ...precisionOf(engine),
    ...(gridSize === undefined ? {} : { gridSize }),
    askedAt,
    evalId: null,
  };
}

/** When a kept answer was written, in words. */
function keptSource({ answeredAt }: AnswerRecord): string {
  return answeredAt === undefined ? 'asked here on an earlier visit' : `asked here on ${formatDate(answeredAt)}`;
}

/** A group kept of an earlier visit; null where the record is a single answer. */
export function groupOfKept({ group, pFakeHead, pFakeToken, elapsedMs, engine, gridSize }: AnswerRecord): Answered | null {
  return group ? { readouts: { pFakeHead, pFakeToken }, completions: group, elapsedMs, engine: engine ?? null, gridSize } : null;
}

/** An answer kept of an earlier visit to the inspector. */
export function readingOfKept(answer: AnswerRecord, askedWith: AskedWith): AskedReading {
  const { pFakeHead, pFakeToken, predict, parseRule, text, tokens = [], tokenCount, truncated, elapsedMs, engine, answeredAt } = answer;
  const { edit, gridSize } = answer;
  return {
    pFakeHead,
    pFakeToken,
    predict,
    parseRule,
    text,
    tokens,
    tokenCount,
    truncated,
    elapsedMs,
    source: keptSource(answer),
    completion: answer,
    weights: askedWith.reward,
    askedWith,
    engine: engine ?? null,
    ...precisionOf(engine),
    ...(edit ? { change: describeEdit(edit) } : {}),
    ...(gridSize === undefined ? {} : { gridSize }),
    askedAt: answeredAt ?? null,
    evalId: null,
  };
}

/** What a stored answer and its evaluation give; structural, so that tests need no whole record. */
export interface StoredReadingInput {
  answer: ScoredCompletion & {
    text: string;
    pFakeHead: number | null;
    pFakeToken: number | null;
    tokens?: TokenRecord[];
    tokenCount: number;
    truncated: boolean;
    elapsedMs: number;
    answeredAt?: number;
    sampled?: readonly SampledAnswer[];
  };
  evaluation: Pick<EvalRecord, 'id' | 'name' | 'modelName' | 'config' | 'engine' | 'createdAt' | 'imported'>;
  isEarlier?: boolean;
}

function precisionOf(engine: EngineStamp | null | undefined): Pick<Reading, 'precision'> {
  return engine?.precision ? { precision: engine.precision } : {};
}

/** What tells an evaluation's answer from others to the same image. */
export function describeStored({ evaluation, isEarlier }: Pick<StoredReadingInput, 'evaluation' | 'isEarlier'>): string {
  const { name, config, engine } = evaluation;
  const { perturbation, votes = 1 } = config;
  return [
    `evaluation “${name}”`,
    ...(perturbation ? [`picture changed: ${perturbationLabel(perturbation)}`] : []),
    ...(votes > 1 ? [`majority of ${votes}`] : []),
    ...(engine?.precision ? [`${engine.precision} weights`] : []),
    ...(isEarlier ? ['before a re-scan changed the image'] : []),
  ].join(', ');
}

export function readingOfAnswer({ answer, evaluation, isEarlier }: StoredReadingInput): AskedReading {
  return {
    source: `evaluation “${evaluation.name}”`,
    pFakeHead: answer.pFakeHead,
    pFakeToken: answer.pFakeToken,
    predict: answer.predict,
    parseRule: answer.parseRule,
    text: answer.text,
    completion: answer,
    tokens: answer.tokens ?? [],
    tokenCount: answer.tokenCount,
    truncated: answer.truncated,
    elapsedMs: answer.elapsedMs,
    weights: evaluation.config.reward,
    askedWith: evaluation.config,
    engine: evaluation.engine ?? null,
    ...precisionOf(evaluation.engine),
    ...(answer.sampled ? { sampled: answer.sampled } : {}),
    ...(evaluation.config.perturbation ? { change: perturbationLabel(evaluation.config.perturbation) } : {}),
    ...(isEarlier ? { isEarlier } : {}),
    askedAt: answer.answeredAt ?? evaluation.createdAt,
    ...(answer.answeredAt === undefined && !evaluation.imported ? { isBegun: true } : {}),
    evalId: evaluation.id,
    modelName: evaluation.modelName,
    ...(evaluation.imported ? { fileName: evaluation.imported.fileName } : {}),
  };
}

/**
 * The newest answer of a model to the picture as it is. Rows of a robustness sweep answered a changed picture, and answers from before a
 * re-scan may have read another one.
 * @param stored newest evaluation first
 * @param precision of the weights that wrote it
 */
export function newestReading(
  stored: readonly (StoredReadingInput & { evaluation: Pick<EvalRecord, 'modelId'> })[],
  modelId: string,
  precision: WeightPrecision = 'f32',
): AskedReading | null {
  const own = stored.find(
    ({ evaluation: { modelId: by, config, engine }, isEarlier }) =>
      by === modelId && !isEarlier && !config.perturbation && (engine?.precision ?? 'f32') === precision,
  );
  return own ? readingOfAnswer(own) : null;
}

export type TokenMeasure = 'logProbability' | 'entropy' | 'advantage';
export const TOKEN_MEASURES: readonly TokenMeasure[] = ['logProbability', 'entropy', 'advantage'];

/** A token's figure for shading; null where it has none. */
export function tokenValue(token: TokenRecord, measure: TokenMeasure, paragraphs: ScoredCompletion['paragraphs']): number | null {
  if (measure !== 'advantage') return token[measure];
  if (token.paragraph === null) return null;
  return paragraphs[token.paragraph]?.advantage ?? null;
}

/** Shading strength in [-1, 1]: surprise and entropy are positive, advantage keeps its sign. */
export function tokenShade(value: number | null, measure: TokenMeasure): number {
  if (value === null) return 0;
  if (measure === 'logProbability') return Math.min(1, -value / 4);
  if (measure === 'entropy') return Math.min(1, value / 3);
  return Math.max(-1, Math.min(1, value / 2));
}

/** Places of paragraphs that differ, are new or are gone; white space does not count. */
export function changedParagraphs(before: Pick<Reading, 'completion'>, after: Pick<Reading, 'completion'>): number[] {
  const [a, b] = [before.completion.paragraphs, after.completion.paragraphs];
  const textAt = (paragraphs: typeof a, index: number): string | undefined => paragraphs[index]?.text.replaceAll(/\s+/g, ' ').trim();
  return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => index).filter((index) => textAt(a, index) !== textAt(b, index));
}

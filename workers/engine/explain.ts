// One picture, explained: the binary head first, so that a verdict shows at once; then the text as it is written; then
// rewards, readouts and, where several answers were asked for, the advantages of their group.
import { dispose } from '@tensorflow/tfjs-core';
import type { ExplainParams, ExplainProgress, Explanation, Readouts } from '../../src/shared/engine-api.ts';
import { prpoPaperAdvantages } from '../../src/shared/rewards/advantages.ts';
import type { Detector, DetectorAnswer, EncodedImages } from '../ml/model/detector.ts';
import { headProbabilities } from '../ml/model/readouts.ts';
import type { EngineParts } from './engine-parts.ts';
import { batchOf, hostImage } from './images.ts';

export interface ExplainContext {
  signal: AbortSignal;
  progress: (progress: ExplainProgress) => void;
}

/** @throws E-CONFIG without a picture, E-IMAGE, E-MISSING, E-CONTEXT, E-CANCELLED */
export async function explain(parts: EngineParts, params: ExplainParams, { signal, progress }: ExplainContext): Promise<Explanation> {
  const model = await parts.models.load(params.modelId, (done, total) => progress({ kind: 'loading', done, total }));
  signal.throwIfAborted();
  const begin = performance.now();
  const images = batchOf(model.detector, [await hostImage(parts.images, model, params)]);
  try {
    const [pFakeHead = NaN] = await headProbabilities(model.detector.model, images.visionTokens);
    progress({ kind: 'head', pFakeHead });
    const answers = await answersOf(model.detector, images, params, { signal, progress });
    const elapsedMs = performance.now() - begin;
    const tokens = answers.reduce((sum, answer) => sum + answer.tokens.length, 0);
    return {
      readouts: readoutsOf(model.detector, pFakeHead, answers[0]),
      completions: withAdvantages(answers, params.reward.alpha === 0 && params.reward.beta === 0),
      elapsedMs,
      tokensPerSecond: (1000 * tokens) / elapsedMs,
      gridSize: model.gridSize,
      engine: parts.backend.stampOf(params.decoding),
    };
  } finally {
    dispose(images.visionTokens);
  }
}

function answersOf(
  detector: Detector,
  images: EncodedImages,
  params: ExplainParams,
  { signal, progress }: ExplainContext,
): Promise<DetectorAnswer[]> {
  const onText = (text: string, tokenCount: number): void => progress({ kind: 'text', text, tokenCount });
  return detector.answer(images, params, { numGenerations: params.numGenerations, signal, onText });
}

function readoutsOf(detector: Detector, pFakeHead: number, first: DetectorAnswer | undefined): Readouts {
  const names = (ids: readonly number[]): string[] => ids.map((id) => detector.tokenizer.decode([id]));
  return {
    pFakeHead,
    pFakeToken: first?.pFakeToken ?? null,
    tokenNames: { real: names(detector.answerTokens.real), fake: names(detector.answerTokens.fake) },
    predict: first?.scored.predict ?? null,
    parseRule: first?.scored.parseRule ?? 'none',
  };
}

/** A single answer has no group and so no advantages; several answers are one group, as in PRPO. */
function withAdvantages(answers: readonly DetectorAnswer[], isUnscored: boolean): Explanation['completions'] {
  const rewards = answers.map(({ scored }) => scored.paragraphs.map(({ reward }) => reward));
  const hasGroup = answers.length > 1 && !isUnscored;
  const advantages = hasGroup ? prpoPaperAdvantages({ rewards, groups: answers.map(() => 0), normalize: true }) : [];
  return answers.map(({ scored, text, tokens, truncated }, i) => {
    const own = advantages[i] ?? [];
    const paragraphs = scored.paragraphs.map((paragraph, p) => ({ ...paragraph, advantage: own[p] ?? null }));
    const ofToken = (paragraph: number | null): number => (paragraph === null ? 0 : (own[paragraph] ?? 0));
    const total = tokens.reduce((sum, token) => sum + ofToken(token.paragraph), 0);
    return {
      ...scored,
      paragraphs,
      text,
      tokens,
      truncated,
      tokenCount: tokens.length,
      advantage: tokens.length === 0 ? 0 : total / tokens.length,
    };
  });
}

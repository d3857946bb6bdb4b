// A threshold chosen on validation images and then left alone: how it is made, and which evaluations may choose it.
import type { ScoreSource } from '../domain/answer.ts';
import type { EvalRecord, FrozenThreshold, ThresholdRule } from '../domain/run.ts';
import type { ScoredAnswer } from './answer-scores.ts';
import { answerScores } from './answer-scores.ts';
import { fitTemperature } from './temperature.ts';
import { chooseThreshold, countsAt } from './threshold.ts';

/** An evaluation and its answers. */
export interface AnsweredEvaluation {
  record: EvalRecord;
  answers: readonly ScoredAnswer[];
}

/** How the rules are called wherever they are shown. */
export const THRESHOLD_RULES: Record<ThresholdRule, string> = {
  'max-f1': 'greatest F1',
  'max-balanced-accuracy': 'greatest balanced accuracy',
  'fpr-5': 'most fakes found with at most 5 % of real images called fake',
};

const sameWay = (a: EvalRecord, b: EvalRecord): boolean =>
  a.config.template === b.config.template && a.config.prompt === b.config.prompt && (a.config.votes ?? 1) === (b.config.votes ?? 1);

/** Stands for an image of which an answers file gives only the question. */
const UNNAMED_IMAGE = /^imported\/question-[^/]*$/;

/** Whether an imported file names its images, none of them in a train or test folder: else it may be the test images once more. */
function namesOtherImages({ sampleIds }: EvalRecord): boolean {
  return sampleIds.every((id) => !/\/(?:train|test)\//i.test(id) && !UNNAMED_IMAGE.test(id));
}

function isValidation(record: EvalRecord): boolean {
  const { imported, config } = record;
  if (imported) return namesOtherImages(record);
  return config.filter.splits.length === 1 && config.filter.splits[0] === 'val';
}

/**
 * Whether `other` may choose a threshold for `record`: finished, by the same model, asked in the same way, on unchanged validation
 * images of the same dataset, none of which `record` has seen. Answers from files must name their images on both sides for that.
 */
export function mayChooseFor(record: EvalRecord, other: EvalRecord): boolean {
  const isSameModel = record.modelId === other.modelId && (record.modelId !== 'imported' || record.modelName === other.modelName);
  if (!isSameModel || !isValidation(other) || other.state !== 'done' || other.config.perturbation) return false;
  if (record.datasetId !== other.datasetId || !sameWay(record, other)) return false;
  if (record.imported && record.sampleIds.some((id) => UNNAMED_IMAGE.test(id))) return false;
  const own = new Set(record.sampleIds);
  return !other.sampleIds.some((id) => own.has(id));
}

/** @returns null where the validation answers lack scores or a class */
export function freezeThreshold(
  tested: AnsweredEvaluation,
  validation: AnsweredEvaluation,
  source: ScoreSource,
  rule: ThresholdRule,
): FrozenThreshold | null {
  const scores = answerScores(validation.answers, source);
  const chosen = chooseThreshold(scores, rule);
  if (!chosen) return null;
  const { id: evalId, name, datasetName, datasetHash } = validation.record;
  return {
    source,
    value: chosen.value,
    rule,
    from: { evalId, name, datasetName, datasetHash, counts: chosen.counts },
    measured: countsAt(answerScores(tested.answers, source), chosen.value),
    temperature: fitTemperature(scores)?.temperature ?? null,
    frozenAt: Date.now(),
  };
}

/** The same threshold with this evaluation's own counts, after answers were added. */
export function remeasure(threshold: FrozenThreshold, answers: readonly ScoredAnswer[]): FrozenThreshold {
  return { ...threshold, measured: countsAt(answerScores(answers, threshold.source), threshold.value) };
}

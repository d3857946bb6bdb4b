// All numbers of an evaluation in one object, with the reason beside every null (metrics.md 6).
import { scoredSamples, type EvaluatedSample } from './answer-scores.ts';
import { calibrationMetrics } from './calibration.ts';
import type { CalibrationMetrics } from './calibration.ts';
import { byDomain, classificationMetrics, countConfusion, metricsAcrossDomains } from './classification.ts';
import type { AcrossDomains, ClassificationMetrics, Confusion, Treatment } from './classification.ts';
import { rankingMetrics } from './ranking.ts';
import type { RankingMetrics } from './ranking.ts';

export type TreatedMetrics = ClassificationMetrics & AcrossDomains;

export interface Evaluation extends RankingMetrics, CalibrationMetrics {
  n: number;
  n_parsed: number;
  /** Parsed share of the answers; null without samples. */
  coverage: number | null;
  unparsed_ratio: number | null;
  confusion: Confusion;
  parsed_only: TreatedMetrics;
  unparsed_wrong: TreatedMetrics;
  domain_auc: Record<string, number | null>;
  /** Why a value is null: path -> one phrase. */
  null_reasons: Record<string, string>;
}

function treat(samples: readonly EvaluatedSample[], treatment: Treatment): TreatedMetrics {
  return { ...classificationMetrics(countConfusion(samples), treatment), ...metricsAcrossDomains(samples, treatment) };
}

const CLASSIFICATION_KEYS = ['acc', 'precision', 'recall', 'f1', 'macro_f1', 'real_acc', 'fake_acc', 'balanced_acc'] as const;
const RANKING_KEYS = ['auc', 'ap', 'eer', 'tpr_at_5fpr'] as const;
const CALIBRATION_KEYS = ['ece', 'brier', 'nll'] as const;

const NO_LABEL = 'no labelled sample';

function reasonsOfTreatment(name: Treatment, metrics: TreatedMetrics, samples: number): [string, string][] {
  const all = samples === 0 ? NO_LABEL : metrics.acc === null ? 'no parsed sample' : 'no sample of the class';
  const own = CLASSIFICATION_KEYS.filter((key) => metrics[key] === null).map((key): [string, string] => [`${name}.${key}`, all]);
  const domains = Object.entries(metrics.domains)
    .filter(([, domain]) => domain.acc === null)
    .map(([domain]): [string, string] => [`${name}.domains.${domain}`, 'no parsed sample']);
  return [...own, ...domains];
}

function nullReasons(evaluation: Omit<Evaluation, 'null_reasons'>, scored: number): Record<string, string> {
  const scoreReason = evaluation.n === 0 ? NO_LABEL : scored === 0 ? 'no scores' : 'one class only';
  const scores = [...RANKING_KEYS, ...CALIBRATION_KEYS].filter((key) => evaluation[key] === null);
  const domains = Object.entries(evaluation.domain_auc).filter(([, auc]) => auc === null);
  return Object.fromEntries([
    ...reasonsOfTreatment('parsed_only', evaluation.parsed_only, evaluation.n),
    ...reasonsOfTreatment('unparsed_wrong', evaluation.unparsed_wrong, evaluation.n),
    ...scores.map((key): [string, string] => [key, scoreReason]),
    ...domains.map(([domain]): [string, string] => [`domain_auc.${domain}`, scoreReason]),
  ]);
}

/** Every metric of `eval/...`; samples without a label must be left out by the caller. */
export function computeEvaluation(samples: readonly EvaluatedSample[]): Evaluation {
  const scored = scoredSamples(samples);
  const parsed = samples.filter((sample) => sample.predict !== null).length;
  const evaluation = {
    n: samples.length,
    n_parsed: parsed,
    coverage: samples.length === 0 ? null : parsed / samples.length,
    unparsed_ratio: samples.length === 0 ? null : 1 - parsed / samples.length,
    confusion: countConfusion(samples),
    parsed_only: treat(samples, 'parsed_only'),
    unparsed_wrong: treat(samples, 'unparsed_wrong'),
    domain_auc: byDomain(samples, (group) => rankingMetrics(scoredSamples(group)).auc),
    ...rankingMetrics(scored),
    ...calibrationMetrics(scored),
  };
  return { ...evaluation, null_reasons: nullReasons(evaluation, scored.length) };
}

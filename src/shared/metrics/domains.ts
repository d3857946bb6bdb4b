// The figures of each domain, and the unweighted mean and the least of them.
import { classificationMetrics, countConfusion, type ClassificationMetrics } from './classification.ts';
import { scoredSamples } from './answer-scores.ts';
import type { EvaluatedSample } from './evaluation.ts';
import { rankingMetrics } from './ranking.ts';

/** What the table by domain shows, in its order. `percent` figures are shares. */
export const DOMAIN_METRICS = [
  { key: 'acc', name: 'accuracy', label: 'accuracy', percent: true },
  { key: 'precision', name: 'precision', label: 'precision', percent: true },
  { key: 'recall', name: 'recall', label: 'recall', percent: true },
  { key: 'f1', name: 'f1', label: 'F1', percent: true },
  { key: 'auc', name: 'auc', label: 'AUC', percent: false },
  { key: 'coverage', name: 'coverage', label: 'coverage', percent: true },
] as const;
export type DomainKey = (typeof DOMAIN_METRICS)[number]['key'];

/** Parsed answers only, but for `coverage`, the parsed share of the answers, and `auc`, which rests on scores. */
export interface DomainFigures extends ClassificationMetrics {
  coverage: number | null;
  auc: number | null;
}

/** @param samples of one domain */
export function domainFigures(samples: readonly EvaluatedSample[]): DomainFigures {
  const counts = countConfusion(samples);
  const parsed = samples.length - counts.unparsed_fake - counts.unparsed_real;
  return {
    coverage: samples.length === 0 ? null : parsed / samples.length,
    auc: rankingMetrics(scoredSamples(samples)).auc,
    ...classificationMetrics(counts, 'parsed_only'),
  };
}

/** Unweighted mean, or the lowest value, over the domains that have one. */
export function acrossDomains(rows: readonly Pick<DomainFigures, DomainKey>[], how: 'average' | 'worst'): Record<DomainKey, number | null> {
  const fold = (key: DomainKey): number | null => {
    const values = rows.flatMap((row) => row[key] ?? []);
    if (values.length === 0) return null;
    return how === 'worst' ? Math.min(...values) : values.reduce((a, b) => a + b, 0) / values.length;
  };
  return {
    acc: fold('acc'),
    precision: fold('precision'),
    recall: fold('recall'),
    f1: fold('f1'),
    auc: fold('auc'),
    coverage: fold('coverage'),
  };
}

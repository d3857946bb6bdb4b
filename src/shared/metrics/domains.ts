// The figures of each domain, and the unweighted mean and the least of them.
import type { AnswerRecord } from '../domain/answer.ts';
import { classificationMetrics, conventional, countConfusion, groupByDomain, type ClassificationMetrics } from './classification.ts';
import { scoredSamples, type EvaluatedSample } from './answer-scores.ts';
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

/** Parsed answers only, but for `coverage`, the parsed share of the expected ones, and `auc`, which rests on scores. */
export interface DomainFigures extends ClassificationMetrics {
  coverage: number | null;
  auc: number | null;
  /** Figures with a value by convention alone. */
  conventional: ReadonlySet<DomainKey>;
}

/** @param samples of one domain; with what `withUnanswered` adds */
export function domainFigures(samples: readonly EvaluatedSample[]): DomainFigures {
  const counts = countConfusion(samples);
  const parsed = samples.length - counts.unparsed_fake - counts.unparsed_real;
  const open = conventional(counts, 'parsed_only');
  const isConventional = (key: DomainKey): boolean => key !== 'coverage' && key !== 'auc' && open.has(key);
  return {
    coverage: samples.length === 0 ? null : parsed / samples.length,
    auc: rankingMetrics(scoredSamples(samples)).auc,
    ...classificationMetrics(counts, 'parsed_only'),
    conventional: new Set(DOMAIN_METRICS.flatMap(({ key }) => (isConventional(key) ? [key] : []))),
  };
}

/** Images that should have an answer and have none, by domain. */
export type Unanswered = Readonly<Record<string, number>>;

/** Failed answers, and those that a file made elsewhere lacks. */
export function countUnanswered(answers: readonly Pick<AnswerRecord, 'domain' | 'failure'>[], lacking: Unanswered = {}): Unanswered {
  const counts = new Map(Object.entries(lacking));
  for (const { domain, failure } of answers) if (failure) counts.set(domain, (counts.get(domain) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/**
 * The samples by domain, and a stand-in for each unanswered image: it counts in the coverage alone, for a domain's other figures rest
 * on parsed answers and on scores. Its label says nothing.
 */
export function withUnanswered(samples: readonly EvaluatedSample[], unanswered: Unanswered): [domain: string, group: EvaluatedSample[]][] {
  const standIns = Object.entries(unanswered).flatMap(([domain, count]) =>
    Array.from({ length: count }, (): EvaluatedSample => ({ domain, label: 'real', predict: null, score: null })),
  );
  return [...groupByDomain([...samples, ...standIns])];
}

export interface DomainRow extends DomainFigures {
  domain: string;
  /** Labelled answers. */
  n: number;
  /** And the unanswered. */
  expected: number;
}

/** Every domain with its figures, in the order of its name in any case. */
export function domainRows(samples: readonly EvaluatedSample[], unanswered: Unanswered): DomainRow[] {
  const lacking = new Map(Object.entries(unanswered));
  return withUnanswered(samples, unanswered)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([domain, group]) => ({
      domain,
      n: group.length - (lacking.get(domain) ?? 0),
      expected: group.length,
      ...domainFigures(group),
    }));
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

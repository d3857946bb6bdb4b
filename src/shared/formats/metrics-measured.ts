// What a metrics file says beyond single figures: their intervals, and how another evaluation differs on the same images. Pure.
import type { ScoreSource } from '../domain/answer.ts';
import type { EvalRecord } from '../domain/run.ts';
import { evaluatedSamples, type ScoredAnswer } from '../metrics/answer-scores.ts';
import type { Interval } from '../metrics/bootstrap.ts';
import { countUnanswered, DOMAIN_METRICS } from '../metrics/domains.ts';
import { BOOTSTRAP_SEED, domainScope, intervalKey, resamplesFor, type Intervals } from '../metrics/intervals.ts';
import { CLASS_METRICS, SCORE_METRICS } from '../metrics/metric-specs.ts';
import type { PairedReport } from '../metrics/pairing.ts';
import type { FlipAnswer } from '../metrics/flips.ts';
import type { PairedTests } from '../statistics-api.ts';

export interface Measured {
  /** Of a `report` request; `images` are those that were resampled. */
  intervals?: { found: Intervals; images: number };
  paired?: MeasuredPair;
}

/** What a metrics file needs intervals of. @param answers of the whole evaluation, failures included */
export function reportRequest(record: EvalRecord, answers: readonly ScoredAnswer[], source: ScoreSource) {
  const parsed = answers.filter(({ failure, predict }) => !failure && predict !== null).length;
  const unanswered = countUnanswered(answers, record.imported?.unanswered);
  return { kind: 'report' as const, samples: evaluatedSamples(answers, source), expected: record.sampleIds.length, parsed, unanswered };
}

export interface MeasuredPair {
  other: Pick<EvalRecord, 'id' | 'name' | 'modelName' | 'datasetHash'>;
  report: PairedReport<FlipAnswer>;
  tests: PairedTests;
  /** Of the report's `paired` request. */
  differences: Intervals;
}

type NamedIntervals = Record<string, Interval>;

const METHOD =
  'percentile bootstrap over images, within the domains for figures by domain, without resamples that leave a figure open; Wilson where every resample of a share or of F1 agrees, and for coverage';

/** `all/accuracy` is `eval/acc` in the file, `average/f1` is `eval/avg_f1`, `domain:ddim/f1` is `eval/ddim/f1`. */
function fileName(key: string): string {
  const at = key.lastIndexOf('/');
  const [scope, name] = [key.slice(0, at), key.slice(at + 1)];
  const plain = name.replace(/_unparsed_wrong$/, '');
  const short = [...CLASS_METRICS, ...SCORE_METRICS, ...DOMAIN_METRICS].find((metric) => metric.name === plain)?.key ?? plain;
  if (scope === 'all') return plain === name ? `eval/${short}` : `unparsed_wrong/${short}`;
  return scope === 'average' ? `eval/avg_${short}` : `eval/${scope.replace(domainScope(''), '')}/${short}`;
}

function named(found: Intervals): NamedIntervals {
  return Object.fromEntries(Object.entries(found).map(([key, interval]) => [fileName(key), interval]));
}

function bootstrap(images: number) {
  return { method: METHOD, level: 0.95, seed: BOOTSTRAP_SEED, resamples: resamplesFor(images) };
}

/** Differences are the other minus this one, unparsed = wrong. */
function pairedKeys({ other, report, tests, differences }: MeasuredPair) {
  const { shared, accuracyA, accuracyB, flips } = report;
  const deltas = CLASS_METRICS.map(({ name, key }) => [key, differences[intervalKey(`delta_${name}`, 'all')] ?? null]);
  const count = (kind: (typeof flips)[number]['kind']): number => flips.filter((flip) => flip.kind === kind).length;
  const { mcNemar, deLong } = tests;
  return {
    with: { id: other.id, name: other.name, model: other.modelName, dataset_hash: other.datasetHash },
    direction: 'there minus here; unparsed = wrong',
    shared_images: shared,
    acc: { here: accuracyA, there: accuracyB, difference: accuracyB - accuracyA },
    difference_intervals: Object.fromEntries(deltas),
    bootstrap: bootstrap(shared),
    mcnemar_exact: { only_here_right: mcNemar.onlyARight, only_there_right: mcNemar.onlyBRight, p: mcNemar.p },
    delong: deLong && {
      images: report.tested.scores.length,
      auc_here: deLong.aucA,
      auc_there: deLong.aucB,
      difference: deLong.aucB - deLong.aucA,
      low: deLong.low,
      high: deLong.high,
      p: deLong.p,
    },
    flips: { total: flips.length, became_right: count('fixed'), became_wrong: count('broken') },
  };
}

/** The keys that a metrics file gets; none for what was not measured. */
export function measuredKeys({ intervals, paired }: Measured) {
  return {
    ...(intervals ? { intervals: { ...bootstrap(intervals.images), values: named(intervals.found) } } : {}),
    ...(paired ? { paired: pairedKeys(paired) } : {}),
  };
}

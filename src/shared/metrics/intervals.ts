// Which intervals a page asks for, as data that can cross to a worker, and the steps that compute them: a percentile bootstrap over
// images. All figures of a request's part share their resamples. Domains are resampled within themselves. A resample that leaves a
// figure open (precision with nothing called fake, F1 with nothing fake, AUC with one class) has no part in its interval: its value would
// be a convention. A share that no resample moves (all right, none right) has Wilson's interval instead, because "100 % of 12" is not
// known without doubt; so has F1, which is 2J / (1 + J) with J the share of hits among the images that are fake or called fake.
import { scoredSamples, type EvaluatedSample } from './answer-scores.ts';
import { bootstrapSteps, hasSpread, type Interval, type Statistics } from './bootstrap.ts';
import { calibrationMetrics } from './calibration.ts';
import { classificationMetrics, conventional, countConfusion, type Confusion, type Treatment } from './classification.ts';
import { acrossDomains, DOMAIN_METRICS, domainFigures, withUnanswered, type DomainFigures, type Unanswered } from './domains.ts';
import { VOTE_FIGURES, voteFigures, type VotedSample } from './majority.ts';
import { CLASS_METRICS, SCORE_METRICS } from './metric-specs.ts';
import { wilsonInterval } from './proportion.ts';
import { rankingMetrics } from './ranking.ts';
import type { ScoredSample } from './ranking.ts';
import type { SweepPair } from './sweep.ts';
import { SWEEP_COLUMNS, sweepDifference, sweepFigure } from './sweep.ts';

/** By `intervalKey`. */
export type Intervals = Readonly<Record<string, Interval>>;

/** @param scope `all`, `average` over domains, `vote`, an evaluation of a sweep, or what `domainScope` makes */
export function intervalKey(name: string, scope: string): string {
  return `${scope}/${name}`;
}

/** One domain as a scope. A domain is a folder, and a folder may be called `all` or `average` too. */
export function domainScope(domain: string): string {
  return `domain:${domain}`;
}

/** One row of a sweep; `pairs` is empty for the clean pictures. */
export interface SweepIntervalRow {
  evalId: string;
  samples: readonly EvaluatedSample[];
  pairs: readonly SweepPair[];
}

/** One image as two systems answered it. */
export interface EvaluatedPair {
  a: EvaluatedSample;
  b: EvaluatedSample;
}

/** What intervals are wanted of. A sweep's differences have the name `delta_<figure>`, its evaluations are the domains. */
export type IntervalRequest =
  /**
   * `parsed` of `expected` samples have a clear answer. Figures that count unparsed answers as wrong end in `_unparsed_wrong`.
   * `unanswered` images are drawn too where a domain's coverage is.
   */
  | { kind: 'report'; samples: readonly EvaluatedSample[]; expected: number; parsed: number; unanswered?: Unanswered }
  | { kind: 'vote'; samples: readonly VotedSample[] }
  | { kind: 'sweep'; rows: readonly SweepIntervalRow[] }
  /** Differences b - a as `delta_<figure>`, unparsed = wrong. */
  | { kind: 'paired'; pairs: readonly EvaluatedPair[] };

/** Intervals of one set of resamples, by key. */
export interface IntervalTask {
  steps: () => Generator<void, Record<string, Interval>>;
}

/** Of every bootstrap of a page. */
export const BOOTSTRAP_SEED = 42;

/** Fewer resamples of a large sample: its interval is narrow and steady. */
export function resamplesFor(count: number): number {
  return count > 4000 ? 300 : 1000;
}

interface Drawn<T> {
  strata: readonly (readonly T[])[];
  statistics: (resample: T[][]) => Statistics;
}

function task<T>(
  { strata, statistics }: Drawn<T>,
  settle: (found: Record<string, Interval>) => Record<string, Interval> = (found) => found,
): IntervalTask {
  const count = strata.reduce((sum, { length }) => sum + length, 0);
  return {
    *steps() {
      return settle(yield* bootstrapSteps(strata, statistics, { seed: BOOTSTRAP_SEED, resamples: resamplesFor(count) }));
    },
  };
}

/** The same of one list. */
function plainTask<T>(samples: readonly T[], statistics: (resample: T[]) => Statistics, settle?: Parameters<typeof task>[1]): IntervalTask {
  return task({ strata: [samples], statistics: ([resample = []]) => statistics(resample) }, settle);
}

/** Shares among the figures, as part and whole. */
function sharesOf({ tp, fp, tn, fn, unparsed_fake, unparsed_real }: Confusion): Record<string, [part: number, whole: number]> {
  const [fakes, reals, parsed] = [tp + fn, tn + fp, tp + fp + tn + fn];
  const [allFakes, allReals] = [fakes + unparsed_fake, reals + unparsed_real];
  return {
    accuracy: [tp + tn, parsed],
    precision: [tp, tp + fp],
    recall: [tp, fakes],
    real_accuracy: [tn, reals],
    fake_accuracy: [tp, fakes],
    coverage: [parsed, allFakes + allReals],
    accuracy_unparsed_wrong: [tp + tn, allFakes + allReals],
    precision_unparsed_wrong: [tp, tp + fp],
    recall_unparsed_wrong: [tp, allFakes],
    real_accuracy_unparsed_wrong: [tn, allReals],
    fake_accuracy_unparsed_wrong: [tp, allFakes],
  };
}

type Bounds = Pick<Interval, 'low' | 'high'>;

/** Of F1, from Wilson's of the hits among the images that are fake or called fake. */
function f1Interval(hits: number, concerned: number): Bounds | null {
  const share = wilsonInterval(hits, concerned);
  const f1 = (j: number): number => (2 * j) / (1 + j);
  return share && { low: f1(share.low), high: f1(share.high) };
}

/** What stands in for a bootstrap without width, by figure. */
function standIns(counts: Confusion): Record<string, Bounds | null> {
  const { tp, fp, fn, unparsed_fake } = counts;
  const shares = Object.entries(sharesOf(counts)).map(([name, share]) => [name, wilsonInterval(...share)] as const);
  return {
    ...Object.fromEntries(shares),
    f1: f1Interval(tp, tp + fp + fn),
    f1_unparsed_wrong: f1Interval(tp, tp + fp + fn + unparsed_fake),
  };
}

/** Wilson's interval in place of one without width, where the figure is a share of something. */
function withShares(found: Record<string, Interval>, samples: readonly EvaluatedSample[], scope: string): Record<string, Interval> {
  const settled = { ...found };
  for (const [name, wilson] of Object.entries(standIns(countConfusion(samples)))) {
    const key = intervalKey(name, scope);
    const known = found[key];
    if (known && wilson && !hasSpread(known)) settled[key] = { ...wilson, resamples: known.resamples, method: 'wilson' };
  }
  return settled;
}

/** The class figures of a resample; null where they are open. */
function classFigures(counts: Confusion, treatment: Treatment): ReturnType<typeof classificationMetrics> {
  const figures = classificationMetrics(counts, treatment);
  const open = [...conventional(counts, treatment)].map((key) => [key, null] as const);
  return { ...figures, ...Object.fromEntries(open) };
}

/** The same of a vote: the winner's and any answer's rightness are shares of images, the other two are means. */
function withVoteShares(found: Record<string, Interval>, samples: readonly VotedSample[]): Record<string, Interval> {
  const figures = voteFigures(samples);
  const settled = { ...found };
  for (const [name, share] of [
    ['maj', figures?.majority],
    ['any', figures?.anyRight],
  ] as const) {
    const known = found[intervalKey(name, 'vote')];
    const wilson =
      known && share !== undefined && !hasSpread(known) ? wilsonInterval(Math.round(share * samples.length), samples.length) : null;
    if (known && wilson) settled[intervalKey(name, 'vote')] = { ...wilson, resamples: known.resamples, method: 'wilson' };
  }
  return settled;
}

function classStatistics(samples: readonly EvaluatedSample[]): Statistics {
  const counts = countConfusion(samples);
  const parsedOnly = classFigures(counts, 'parsed_only');
  const unparsedWrong = classFigures(counts, 'unparsed_wrong');
  return Object.fromEntries(
    CLASS_METRICS.flatMap(({ name, key }) => [
      [intervalKey(name, 'all'), parsedOnly[key]],
      [intervalKey(`${name}_unparsed_wrong`, 'all'), unparsedWrong[key]],
    ]),
  );
}

function scoreStatistics(samples: readonly ScoredSample[]): Statistics {
  const figures = { ...rankingMetrics(samples), ...calibrationMetrics(samples) };
  return Object.fromEntries(SCORE_METRICS.map(({ name, key }) => [intervalKey(name, 'all'), figures[key]]));
}

/**
 * The mean over the domains. A resample that took a figure from one of them, by drawing one class only, has no mean of it: that over
 * the others would be another figure. A domain whose figure is a convention to begin with enters as it does into the mean itself.
 */
function averageStatistics(rows: readonly DomainFigures[], whole: readonly DomainFigures[]): Statistics {
  const average = acrossDomains(rows, 'average');
  const isSame = (key: (typeof DOMAIN_METRICS)[number]['key']): boolean =>
    rows.every((row, i) => {
      const own = whole[i];
      return (row[key] !== null || own?.[key] === null) && (!row.conventional.has(key) || own?.conventional.has(key) === true);
    });
  return Object.fromEntries(DOMAIN_METRICS.map(({ name, key }) => [intervalKey(name, 'average'), isSame(key) ? average[key] : null]));
}

function domainStatistics(scope: string, figures: DomainFigures): Statistics {
  return Object.fromEntries(
    DOMAIN_METRICS.map(({ name, key }) => [intervalKey(name, scope), figures.conventional.has(key) ? null : figures[key]]),
  );
}

/** Each domain and their mean, from resamples within the domains. The least of them has none: its bootstrap would sink below it. */
function domainTask(samples: readonly EvaluatedSample[], unanswered: Unanswered): IntervalTask {
  const groups = withUnanswered(samples, unanswered);
  const whole = groups.map(([, group]) => domainFigures(group));
  const statistics = (resample: EvaluatedSample[][]): Statistics => {
    const rows = resample.map(domainFigures);
    const own = groups.map(([domain], i) => domainStatistics(domainScope(domain), rows[i] ?? domainFigures([])));
    return Object.fromEntries([...own, averageStatistics(rows, whole)].flatMap((figures) => Object.entries(figures)));
  };
  return task({ strata: groups.map(([, group]) => group), statistics }, (found) =>
    groups.reduce((settled, [domain, group]) => withShares(settled, group, domainScope(domain)), found),
  );
}

/** Coverage is a share of known counts: Wilson's interval needs no resamples. */
function coverageTask(parsed: number, expected: number): IntervalTask {
  const interval = wilsonInterval(parsed, expected);
  return {
    // oxlint-disable-next-line require-yield -- nothing to wait for
    *steps() {
      return interval ? { [intervalKey('coverage', 'all')]: { ...interval, resamples: 0, method: 'wilson' } } : {};
    },
  };
}

function reportTasks({ samples, expected, parsed, unanswered = {} }: Extract<IntervalRequest, { kind: 'report' }>): IntervalTask[] {
  if (samples.length === 0) return [coverageTask(parsed, expected)];
  return [
    coverageTask(parsed, expected),
    plainTask(samples, classStatistics, (found) => withShares(found, samples, 'all')),
    domainTask(samples, unanswered),
    plainTask(scoredSamples(samples), scoreStatistics),
  ];
}

function pairedStatistics(pairs: readonly EvaluatedPair[]): Statistics {
  const of = (side: keyof EvaluatedPair) => classFigures(countConfusion(pairs.map((pair) => pair[side])), 'unparsed_wrong');
  const [before, after] = [of('a'), of('b')];
  return Object.fromEntries(
    CLASS_METRICS.map(({ name, key }) => {
      const [a, b] = [before[key], after[key]];
      return [intervalKey(`delta_${name}`, 'all'), a === null || b === null ? null : b - a];
    }),
  );
}

const sweepStatistics = (evalId: string, prefix: string, of: (key: (typeof SWEEP_COLUMNS)[number]['key']) => number | null): Statistics =>
  Object.fromEntries(SWEEP_COLUMNS.map(({ key }) => [intervalKey(`${prefix}${key}`, evalId), of(key)]));

/** Everything that the request gets intervals of, headline figures first. */
export function intervalTasks(request: IntervalRequest): IntervalTask[] {
  switch (request.kind) {
    case 'report':
      return reportTasks(request);
    case 'vote':
      return [
        plainTask(
          request.samples,
          (resample) => {
            const figures = voteFigures(resample);
            return Object.fromEntries(VOTE_FIGURES.map(({ key, name }) => [intervalKey(name, 'vote'), figures?.[key] ?? null]));
          },
          (found) => withVoteShares(found, request.samples),
        ),
      ];
    case 'paired':
      return [plainTask(request.pairs, pairedStatistics)];
    case 'sweep':
      return request.rows.flatMap(({ evalId, samples, pairs }) => [
        plainTask(
          samples,
          (resample) => sweepStatistics(evalId, '', (key) => sweepFigure(key, resample)),
          (found) => withShares(found, samples, evalId),
        ),
        plainTask(pairs, (resample) => sweepStatistics(evalId, 'delta_', (key) => sweepDifference(key, resample))),
      ]);
  }
}

// Figures with their intervals: the headline band, the full list in both conventions, and the per-domain table.
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import { formatCount } from '../../../components/format.ts';
import { formatEstimate, intervalText } from '../../../components/interval-words.ts';
import type { Interval } from '../../../shared/metrics/bootstrap.ts';
import type { Intervals } from '../../../shared/metrics/intervals.ts';
import { domainScope, intervalKey } from '../../../shared/metrics/intervals.ts';
import { CLASS_METRICS, SCORE_METRICS, type MetricSpec } from '../../../shared/metrics/metric-specs.ts';
import { acrossDomains, DOMAIN_METRICS, type DomainKey, type DomainRow } from '../../../shared/metrics/domains.ts';
import type { Report } from './report.ts';
import styles from '../Evaluation.module.css';

export interface FiguresProps {
  report: Report;
  intervals: Intervals;
}

/** A figure that tests and scripts can read (spec/hooks.md). */
function Metric({
  name,
  domain,
  value,
  percent,
  reason,
}: {
  name: string;
  domain: string;
  value: number | null;
  percent: boolean;
  reason?: string;
}) {
  return (
    <span
      data-testid="eval-metric"
      data-name={name}
      data-domain={domain}
      data-value={value ?? ''}
      title={value === null ? reason : undefined}
    >
      {formatEstimate(value, percent)}
    </span>
  );
}

/** Where the interval lies between 0 and 1, with the value as a tick. */
function IntervalBar({ value, interval }: { value: number; interval: Interval }) {
  const clamp = (x: number): number => 100 * Math.min(1, Math.max(0, x));
  return (
    <span className={styles.interval} aria-hidden>
      <span style={{ left: `${clamp(interval.low)}%`, width: `${clamp(interval.high) - clamp(interval.low)}%` }} />
      <i style={{ left: `${clamp(value)}%` }} />
    </span>
  );
}

function Headline({
  spec,
  value,
  interval,
  reason,
}: {
  spec: MetricSpec;
  value: number | null;
  interval: Interval | undefined;
  reason?: string;
}) {
  return (
    <div className={styles.headline} title={spec.help}>
      <span className={styles.name}>{spec.label}</span>
      <span className={styles.big}>
        <Metric name={spec.name} domain="all" value={value} percent={spec.percent} reason={reason} />
      </span>
      {value !== null && interval ? <IntervalBar value={value} interval={interval} /> : null}
      <span className={styles.muted}>
        {value === null ? (reason ?? ' ') : interval ? `95 % interval ${intervalText(interval, spec.percent)}` : ' '}
      </span>
    </div>
  );
}

const COVERAGE: MetricSpec = { name: 'coverage', label: 'Coverage', help: 'Parsed answers of all expected ones', percent: true };

function specOf(list: readonly MetricSpec[], name: string): MetricSpec {
  return list.find((spec) => spec.name === name) ?? COVERAGE;
}

/** The four figures one looks at first. */
export function HeadlineBand({ report, intervals }: FiguresProps) {
  const { evaluation, coverage } = report;
  const reason = (key: string): string | undefined => evaluation.null_reasons[key];
  const interval = (name: string): Interval | undefined => intervals[intervalKey(name, 'all')];
  return (
    <div className={styles.band}>
      <Headline
        spec={specOf(CLASS_METRICS, 'accuracy')}
        value={evaluation.parsed_only.acc}
        interval={interval('accuracy')}
        reason={reason('parsed_only.acc')}
      />
      <Headline
        spec={specOf(CLASS_METRICS, 'f1')}
        value={evaluation.parsed_only.f1}
        interval={interval('f1')}
        reason={reason('parsed_only.f1')}
      />
      <Headline spec={specOf(SCORE_METRICS, 'auc')} value={evaluation.auc} interval={interval('auc')} reason={reason('auc')} />
      <Headline spec={COVERAGE} value={coverage} interval={interval('coverage')} />
    </div>
  );
}

/** The rest of the list; the headline figures carry the hooks of theirs. */
export function FiguresTable({ report, intervals }: FiguresProps) {
  const { evaluation, headTextAgreement } = report;
  const { parsed_only, unparsed_wrong, null_reasons } = evaluation;
  const hasUnparsed = report.unparsed > 0;
  const scored = report.samples.filter(({ score }) => score !== null).length;
  return (
    <div className={styles.scroll} role="region" aria-label="All figures" tabIndex={0}>
      <table className={styles.table}>
        <TableHead columns={['figure', ...numberHeads('parsed only', '95 % interval', 'unparsed = wrong')]} />
        <tbody>
          {CLASS_METRICS.map(({ name, key, label, help, percent }) => (
            <tr key={name}>
              <th scope="row" title={help}>
                {label}
              </th>
              <td className={styles.figure}>
                {name === 'accuracy' || name === 'f1' ? (
                  formatEstimate(parsed_only[key], percent)
                ) : (
                  <Metric name={name} domain="all" value={parsed_only[key]} percent={percent} reason={null_reasons[`parsed_only.${key}`]} />
                )}
              </td>
              <td className={styles.bounds}>
                {parsed_only[key] === null
                  ? null_reasons[`parsed_only.${key}`]
                  : intervalText(intervals[intervalKey(name, 'all')], percent)}
              </td>
              <td className={styles.figure} data-same={!hasUnparsed || undefined}>
                <Metric name={`${name}_unparsed_wrong`} domain="all" value={unparsed_wrong[key]} percent={percent} />
                {hasUnparsed ? (
                  <small className={styles.under}>{intervalText(intervals[intervalKey(`${name}_unparsed_wrong`, 'all')], percent)}</small>
                ) : null}
              </td>
            </tr>
          ))}
          {SCORE_METRICS.map(({ name, key, label, help, percent }) => (
            <tr key={name}>
              <th scope="row" title={help}>
                {label}
              </th>
              <td className={styles.figure}>
                {name === 'auc' ? (
                  formatEstimate(evaluation[key], percent)
                ) : (
                  <Metric name={name} domain="all" value={evaluation[key]} percent={percent} reason={null_reasons[key]} />
                )}
              </td>
              <td className={styles.bounds}>
                {evaluation[key] === null ? null_reasons[key] : intervalText(intervals[intervalKey(name, 'all')], percent)}
              </td>
              <td className={styles.muted}>
                {scored === 0 ? '' : `from ${formatCount(scored)} of ${formatCount(report.samples.length)} scores`}
              </td>
            </tr>
          ))}
          <tr>
            <th scope="row" title="Share of parsed answers that say the same as the head at 0.5">
              Head and text agree
            </th>
            <td className={styles.figure}>
              <Metric name="head_text_agreement" domain="all" value={headTextAgreement} percent />
            </td>
            <td className={styles.muted} colSpan={2}>
              {headTextAgreement === null ? 'no answer has both' : 'at threshold 0.5'}
            </td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

interface DomainCellsProps {
  domain: string;
  /** Of the intervals. */
  scope: string;
  values: Record<DomainKey, number | null>;
  intervals: Intervals;
  /** Why a figure is absent. */
  reason: (key: DomainKey) => string | undefined;
  /** Figures with a value by convention alone. */
  isOpen?: ReadonlySet<DomainKey>;
}

function DomainCells({ domain, scope, values, intervals, reason, isOpen }: DomainCellsProps) {
  return DOMAIN_METRICS.map(({ key, name, percent }) => {
    const value = values[key];
    const interval = intervals[intervalKey(name, scope)];
    return (
      <td key={key} className={styles.figure}>
        <Metric name={name} domain={domain} value={value} percent={percent} />
        <small className={styles.under} data-testid="domain-interval" data-name={name} data-domain={domain}>
          {value === null ? reason(key) : isOpen?.has(key) ? 'by convention' : intervalText(interval, percent)}
        </small>
      </td>
    );
  });
}

/** What a domain lacks, and what that does to its figures. */
const LACKS: { lacks: (row: DomainRow) => boolean; words: (names: string) => string }[] = [
  {
    lacks: ({ acc }) => acc === null,
    words: (names) => `No parsed answer in ${names}: no figures but coverage, and no part in average, worst and spread.`,
  },
  {
    lacks: ({ acc, fake_acc }) => acc !== null && fake_acc === null,
    words: (names) =>
      `No fake image among the parsed answers of ${names}: precision, recall and F1 are 0 by convention, and these zeros enter average and worst; judge such domains by accuracy.`,
  },
  {
    lacks: ({ acc, real_acc }) => acc !== null && real_acc === null,
    words: (names) =>
      `No real image among the parsed answers of ${names}: nothing can be called fake by mistake, so precision is 100 % or 0; recall and accuracy are the same.`,
  },
  {
    lacks: ({ fake_acc, conventional }) => fake_acc !== null && conventional.has('precision'),
    words: (names) => `Nothing was called fake in ${names}: precision is 0 by convention there.`,
  },
];

/** Domains whose figures need a word: a class is missing, or nothing was called fake. */
function LackNotes({ rows }: { rows: readonly DomainRow[] }) {
  return LACKS.map(({ lacks, words }, index) => {
    const names = rows.filter(lacks).map(({ domain }) => domain);
    if (names.length === 0) return null;
    return (
      <p key={index} className={styles.muted} data-testid="domain-lack">
        {words(names.length === rows.length && rows.length > 1 ? 'every domain' : names.join(', '))}
      </p>
    );
  });
}

/** Where `Evaluation.null_reasons` says why a domain's figure is absent. */
const reasonKey = (domain: string, key: DomainKey): string => (key === 'auc' ? `domain_auc.${domain}` : `parsed_only.domains.${domain}`);

const NO_ANSWER = 'no labelled answer';

/** Domains with average and worst, each unweighted. */
export function DomainTable({ report, intervals }: FiguresProps) {
  const { domains: rows, evaluation } = report;
  const { null_reasons: reasons, parsed_only } = evaluation;
  if (rows.length === 0) return <p className={styles.muted}>No answer has a label, so nothing can be scored by domain.</p>;
  return (
    <>
      <div className={styles.scroll} role="region" aria-label="Figures by domain" tabIndex={0}>
        <table className={styles.table}>
          <TableHead columns={['domain', ...numberHeads('images', ...DOMAIN_METRICS.map(({ label }) => label))]} />
          <tbody>
            {rows.map((row) => (
              <tr key={row.domain}>
                <th scope="row">{row.domain}</th>
                <td className={styles.figure}>
                  {row.n}
                  {row.n < row.expected ? <small className={styles.under}>of {row.expected}</small> : null}
                </td>
                <DomainCells
                  domain={row.domain}
                  scope={domainScope(row.domain)}
                  values={row}
                  intervals={intervals}
                  isOpen={row.conventional}
                  reason={(key) => (row.n === 0 ? NO_ANSWER : reasons[reasonKey(row.domain, key)])}
                />
              </tr>
            ))}
          </tbody>
          <tfoot>
            {(rows.length > 1 ? (['average', 'worst'] as const) : []).map((how) => (
              <tr key={how}>
                <th scope="row">{how === 'average' ? 'average' : 'worst domain'}</th>
                <td className={styles.figure}>{rows.length} domains</td>
                <DomainCells
                  domain={how}
                  scope={how}
                  values={acrossDomains(rows, how)}
                  intervals={intervals}
                  reason={() => 'no domain has it'}
                />
              </tr>
            ))}
          </tfoot>
        </table>
      </div>
      <LackNotes rows={rows} />
      <p className={styles.muted}>
        Parsed answers only, coverage of the expected ones; small figures are 95 % intervals, the images of a domain resampled within it.{' '}
        {rows.length > 1 ? (
          <>
            Average and worst are unweighted over domains that have a value; the worst has its interval in its own row. Spread of accuracy
            between domains (sACC, standard deviation): <Metric name="sacc" domain="all" value={parsed_only.sacc} percent />.
          </>
        ) : (
          'One domain: there is no average, worst or spread to tell.'
        )}
      </p>
    </>
  );
}

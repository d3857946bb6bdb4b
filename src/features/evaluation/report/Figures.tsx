// Figures with their intervals: the headline band and the full list in both conventions.
import type { ReactNode } from 'react';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import { formatCount } from '../../../components/format.ts';
import { formatEstimate, intervalText } from '../../../components/interval-words.ts';
import type { Interval } from '../../../shared/metrics/bootstrap.ts';
import type { Intervals } from '../../../shared/metrics/intervals.ts';
import { intervalKey } from '../../../shared/metrics/intervals.ts';
import { CLASS_METRICS, SCORE_METRICS, type MetricSpec } from '../../../shared/metrics/metric-specs.ts';
import { conventional } from '../../../shared/metrics/classification.ts';
import { wilsonInterval } from '../../../shared/metrics/proportion.ts';
import { FigureName } from './FigureName.tsx';
import type { Report } from './report.ts';
import { traceOf, type FigureTrace } from './trace.ts';
import styles from '../Evaluation.module.css';

export interface FiguresProps {
  report: Report;
  intervals: Intervals;
}

/** A figure that tests and scripts can read (spec/hooks.md). */
export function Metric({
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
  trace,
}: {
  spec: MetricSpec;
  value: number | null;
  interval: Interval | undefined;
  reason?: string;
  trace: (name: string) => FigureTrace;
}) {
  return (
    <div className={styles.headline}>
      <span className={styles.name}>
        <FigureName name={spec.name} label={spec.label} trace={() => trace(spec.name)} />
      </span>
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
  const trace = (name: string): FigureTrace => traceOf(name, report, intervals);
  return (
    <div className={styles.band}>
      <Headline
        trace={trace}
        spec={specOf(CLASS_METRICS, 'accuracy')}
        value={evaluation.parsed_only.acc}
        interval={interval('accuracy')}
        reason={reason('parsed_only.acc')}
      />
      <Headline
        trace={trace}
        spec={specOf(CLASS_METRICS, 'f1')}
        value={evaluation.parsed_only.f1}
        interval={interval('f1')}
        reason={reason('parsed_only.f1')}
      />
      <Headline
        trace={trace}
        spec={specOf(SCORE_METRICS, 'auc')}
        value={evaluation.auc}
        interval={interval('auc')}
        reason={reason('auc')}
      />
      <Headline trace={trace} spec={COVERAGE} value={coverage} interval={interval('coverage')} />
    </div>
  );
}

interface NamedRowProps extends FiguresProps {
  name: string;
  label: string;
  children: ReactNode;
}

function NamedRow({ name, label, report, intervals, children }: NamedRowProps) {
  return (
    <tr>
      <th scope="row">
        <FigureName name={name} label={label} trace={() => traceOf(name, report, intervals)} />
      </th>
      {children}
    </tr>
  );
}

/** A figure counted from answers, in both conventions. */
function ClassRow({ spec, report, intervals }: FiguresProps & { spec: (typeof CLASS_METRICS)[number] }) {
  const { name, key, label, percent } = spec;
  const { parsed_only, unparsed_wrong, null_reasons, confusion } = report.evaluation;
  const hasUnparsed = report.unparsed > 0;
  const reason = null_reasons[`parsed_only.${key}`];
  const bounds = (of: string): string => intervalText(intervals[intervalKey(of, 'all')], percent);
  const isByConvention = conventional(confusion, 'parsed_only').has(key);
  return (
    <NamedRow name={name} label={label} report={report} intervals={intervals}>
      <td className={styles.figure}>
        {name === 'accuracy' || name === 'f1' ? (
          formatEstimate(parsed_only[key], percent)
        ) : (
          <Metric name={name} domain="all" value={parsed_only[key]} percent={percent} reason={reason} />
        )}
      </td>
      <td className={styles.bounds}>{parsed_only[key] === null ? reason : isByConvention ? 'by convention' : bounds(name)}</td>
      <td className={styles.figure} data-same={!hasUnparsed || undefined}>
        <Metric name={`${name}_unparsed_wrong`} domain="all" value={unparsed_wrong[key]} percent={percent} />
        {hasUnparsed ? <small className={styles.under}>{bounds(`${name}_unparsed_wrong`)}</small> : null}
      </td>
    </NamedRow>
  );
}

/** A figure of the scores behind the answers. */
function ScoreRow({ spec, report, intervals }: FiguresProps & { spec: (typeof SCORE_METRICS)[number] }) {
  const { name, key, label, percent } = spec;
  const { evaluation, samples } = report;
  const reason = evaluation.null_reasons[key];
  const scored = samples.filter(({ score }) => score !== null).length;
  return (
    <NamedRow name={name} label={label} report={report} intervals={intervals}>
      <td className={styles.figure}>
        {name === 'auc' ? (
          formatEstimate(evaluation[key], percent)
        ) : (
          <Metric name={name} domain="all" value={evaluation[key]} percent={percent} reason={reason} />
        )}
      </td>
      <td className={styles.bounds}>{evaluation[key] === null ? reason : intervalText(intervals[intervalKey(name, 'all')], percent)}</td>
      <td className={styles.muted}>{scored === 0 ? '' : `from ${formatCount(scored)} of ${formatCount(samples.length)} scores`}</td>
    </NamedRow>
  );
}

function AgreementRow({ headTextAgreement: share, headText: { agreeing, withBoth } }: Pick<Report, 'headTextAgreement' | 'headText'>) {
  return (
    <tr>
      <th scope="row" title="Share of parsed answers that say the same as the head at 0.5">
        Head and text agree
      </th>
      <td className={styles.figure}>
        <Metric name="head_text_agreement" domain="all" value={share} percent />
      </td>
      <td className={styles.bounds}>{share === null ? 'no answer has both' : intervalText(wilsonInterval(agreeing, withBoth), true)}</td>
      <td className={styles.muted}>{share === null ? '' : `of ${formatCount(withBoth)} with both, head at 0.5`}</td>
    </tr>
  );
}

/** The rest of the list; the headline figures carry the hooks of theirs. */
export function FiguresTable({ report, intervals }: FiguresProps) {
  return (
    <div className={styles.scroll} role="region" aria-label="All figures" tabIndex={0}>
      <table className={styles.table}>
        <TableHead columns={['figure', ...numberHeads('parsed only', '95 % interval', 'unparsed = wrong')]} />
        <tbody>
          {CLASS_METRICS.map((spec) => (
            <ClassRow key={spec.name} spec={spec} report={report} intervals={intervals} />
          ))}
          {SCORE_METRICS.map((spec) => (
            <ScoreRow key={spec.name} spec={spec} report={report} intervals={intervals} />
          ))}
          <AgreementRow headTextAgreement={report.headTextAgreement} headText={report.headText} />
        </tbody>
      </table>
    </div>
  );
}

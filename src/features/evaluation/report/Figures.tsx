// Figures with their intervals: the headline band, the full list in both conventions, and the per-domain table.
import { TableHead } from '../../../components/TableHead.tsx';
import { formatFigure, formatPercent } from '../../../components/format.ts';
import type { Interval } from '../../../shared/metrics/bootstrap.ts';
import type { Intervals } from '../../../shared/metrics/intervals.ts';
import { intervalKey } from '../../../shared/metrics/intervals.ts';
import { CLASS_METRICS, SCORE_METRICS, type MetricSpec } from '../../../shared/metrics/metric-specs.ts';
import type { DomainKey, DomainRow, Report } from './report.ts';
import { acrossDomains } from './report.ts';
import styles from '../Evaluation.module.css';

export interface FiguresProps {
  report: Report;
  intervals: Intervals;
}

const shown = (value: number | null, percent: boolean): string =>
  percent ? (value === null ? '–' : formatPercent(value)) : formatFigure(value);

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
      {shown(value, percent)}
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

function intervalText(interval: Interval | undefined, percent: boolean): string {
  return interval ? `${shown(interval.low, percent)} – ${shown(interval.high, percent)}` : '';
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
      <span className={styles.muted}>{interval ? `95 % interval ${intervalText(interval, spec.percent)}` : (reason ?? ' ')}</span>
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
  return (
    <div className={styles.scroll} role="region" aria-label="All figures" tabIndex={0}>
      <table className={styles.table}>
        <TableHead columns={['figure', 'parsed only', '95 % interval', 'unparsed = wrong']} />
        <tbody>
          {CLASS_METRICS.map(({ name, key, label, help, percent }) => (
            <tr key={name}>
              <th scope="row" title={help}>
                {label}
              </th>
              <td className={styles.figure}>
                {name === 'accuracy' || name === 'f1' ? (
                  shown(parsed_only[key], percent)
                ) : (
                  <Metric name={name} domain="all" value={parsed_only[key]} percent={percent} reason={null_reasons[`parsed_only.${key}`]} />
                )}
              </td>
              <td className={styles.muted}>{intervalText(intervals[intervalKey(name, 'all')], percent)}</td>
              <td className={styles.figure} data-same={!hasUnparsed || undefined}>
                <Metric name={`${name}_unparsed_wrong`} domain="all" value={unparsed_wrong[key]} percent={percent} />
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
                  shown(evaluation[key], percent)
                ) : (
                  <Metric name={name} domain="all" value={evaluation[key]} percent={percent} reason={null_reasons[key]} />
                )}
              </td>
              <td className={styles.muted}>
                {evaluation[key] === null ? null_reasons[key] : intervalText(intervals[intervalKey(name, 'all')], percent)}
              </td>
              <td className={styles.muted}>from scores</td>
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
              at threshold 0.5
            </td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

const DOMAIN_COLUMNS: { key: DomainKey; name: string; label: string; percent: boolean }[] = [
  { key: 'acc', name: 'accuracy', label: 'accuracy', percent: true },
  { key: 'precision', name: 'precision', label: 'precision', percent: true },
  { key: 'recall', name: 'recall', label: 'recall', percent: true },
  { key: 'f1', name: 'f1', label: 'F1', percent: true },
  { key: 'auc', name: 'auc', label: 'AUC', percent: false },
  { key: 'coverage', name: 'coverage', label: 'coverage', percent: true },
];

function DomainCells({ domain, values, intervals }: { domain: string; values: Record<DomainKey, number | null>; intervals: Intervals }) {
  return DOMAIN_COLUMNS.map(({ key, name, percent }) => (
    <td key={key} className={styles.figure} title={intervalText(intervals[intervalKey(name, domain)], percent)}>
      <Metric name={name} domain={domain} value={values[key]} percent={percent} />
      {key === 'f1' && intervals[intervalKey('f1', domain)] ? (
        <small> {intervalText(intervals[intervalKey('f1', domain)], true)}</small>
      ) : null}
    </td>
  ));
}

/** Domains in which a class is missing: precision, recall and F1 are then 0 by definition, not by failure. */
function MissingClassNote({ rows }: { rows: readonly DomainRow[] }) {
  const missing = rows.filter((row) => row.real_acc === null || row.fake_acc === null);
  if (missing.length === 0) return null;
  const words = missing.map((row) => `${row.domain} (no parsed ${row.fake_acc === null ? 'fake' : 'real'} image)`).join(', ');
  return (
    <p className={styles.muted}>
      One class only: {words}. Where no fake image was answered, precision, recall and F1 are 0 by definition; judge these domains by
      accuracy.
    </p>
  );
}

/** Domains with average and worst, each unweighted. */
export function DomainTable({ rows, sacc, intervals }: { rows: readonly DomainRow[]; sacc: number | null; intervals: Intervals }) {
  return (
    <>
      <div className={styles.scroll} role="region" aria-label="Figures by domain" tabIndex={0}>
        <table className={styles.table}>
          <TableHead
            columns={['domain', 'images', ...DOMAIN_COLUMNS.map(({ key, label }) => `${label}${key === 'f1' ? ' (95 % interval)' : ''}`)]}
          />
          <tbody>
            {rows.map((row) => (
              <tr key={row.domain}>
                <th scope="row">{row.domain}</th>
                <td className={styles.figure}>{row.n}</td>
                <DomainCells domain={row.domain} values={row} intervals={intervals} />
              </tr>
            ))}
          </tbody>
          <tfoot>
            {(['average', 'worst'] as const).map((how) => (
              <tr key={how}>
                <th scope="row">{how === 'average' ? 'average' : 'worst domain'}</th>
                <td className={styles.figure}>{rows.length} domains</td>
                <DomainCells domain={how} values={acrossDomains(rows, how)} intervals={intervals} />
              </tr>
            ))}
          </tfoot>
        </table>
      </div>
      <MissingClassNote rows={rows} />
      <p className={styles.muted}>
        Average and worst are unweighted over domains that have a value. Spread of accuracy between domains (sACC):{' '}
        <Metric name="sacc" domain="all" value={sacc} percent />.
      </p>
    </>
  );
}

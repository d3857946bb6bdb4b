// The table by domain with average and worst, and what a domain lacks in words.
import { intervalText } from '../../../components/interval-words.ts';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import { hasSpread } from '../../../shared/metrics/bootstrap.ts';
import { acrossDomains, DOMAIN_METRICS, type DomainKey, type DomainRow } from '../../../shared/metrics/domains.ts';
import { domainScope, intervalKey, type Intervals } from '../../../shared/metrics/intervals.ts';
import { Metric, type FiguresProps } from './Figures.tsx';
import styles from '../Evaluation.module.css';

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
  /** Of a row over domains: all of them have this value. Then no resample moves it, and each domain's own interval says how sure it is. */
  isEverywhere?: (key: DomainKey, value: number) => boolean;
}

function DomainCells({ domain, scope, values, intervals, reason, isOpen, isEverywhere }: DomainCellsProps) {
  return DOMAIN_METRICS.map(({ key, name, percent }) => {
    const value = values[key];
    const interval = intervals[intervalKey(name, scope)];
    const isStill = value !== null && interval !== undefined && !hasSpread(interval);
    const words = isStill && isEverywhere?.(key, value) ? 'in every domain' : intervalText(interval, percent);
    return (
      <td key={key} className={styles.figure}>
        <Metric name={name} domain={domain} value={value} percent={percent} />
        <small className={styles.under} data-testid="domain-interval" data-name={name} data-domain={domain}>
          {value === null ? reason(key) : isOpen?.has(key) ? 'by convention' : words}
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
                  isEverywhere={(key, value) => rows.every((row) => row[key] === value)}
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

// What the figures would be with another parser, and which rules fired.
import { useMemo } from 'react';
import { formatPercent, formatPlural } from '../../../components/format.ts';
import { intervalText } from '../../../components/interval-words.ts';
import { Panel } from '../../../components/Page.tsx';
import { ruleText } from '../../../components/parser-words.ts';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import { wilsonInterval } from '../../../shared/metrics/proportion.ts';
import { parserRows, type ParserRow } from './parsers.ts';
import type { ReportAnswer } from './report.ts';
import type { SampleList } from './sample-lists.ts';
import styles from '../Evaluation.module.css';

function Row({ row: { parser, usedBy, answered, parsed, right, judged, f1, differs, rules } }: { row: ParserRow }) {
  return (
    <tr data-testid="parser-row" data-parser={parser} data-parsed={parsed} data-differs={differs}>
      <th scope="row">
        {parser} <small className={styles.under}>{usedBy}</small>
      </th>
      <td className={styles.figure}>
        {parsed} <small className={styles.under}>of {answered}</small>
      </td>
      <td className={styles.figure}>
        {judged === 0 ? '–' : formatPercent(right / judged)}
        <small className={styles.under}>{intervalText(wilsonInterval(right, judged), true)}</small>
      </td>
      <td className={styles.figure}>{f1 === null ? '–' : formatPercent(f1)}</td>
      <td className={styles.figure}>{differs}</td>
      <td>
        {rules.map(([rule, count]) => (
          <small key={rule} className={styles.rule}>
            {count} × {ruleText(rule)}
          </small>
        ))}
      </td>
    </tr>
  );
}

interface ParsersPanelProps {
  answers: readonly ReportAnswer[];
  isImported: boolean;
  /** Answers still arrive. */
  isLive: boolean;
  onOpen: (list: SampleList) => void;
}

/** The panel; nothing while answers arrive, and nothing for votes. */
export function ParsersPanel({ answers, isImported, isLive, onOpen }: ParsersPanelProps) {
  const rows = useMemo(() => (isLive ? [] : parserRows(answers)), [answers, isLive]);
  if (rows.length === 0) return null;
  const most = Math.max(...rows.map(({ differs }) => differs));
  return (
    <Panel title="Read by other parsers">
      <div className={styles.scroll} role="region" aria-label="Figures by parser" tabIndex={0}>
        <table className={styles.table}>
          <TableHead columns={['parser', ...numberHeads('parsed', 'accuracy', 'F1', 'differs'), 'rules that fired']} />
          <tbody>
            {rows.map((row) => (
              <Row key={row.parser} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.muted}>
        Parsed answers only, Wilson&rsquo;s 95 % intervals. &ldquo;Differs&rdquo; counts answers that this report counts otherwise
        {isImported ? ', because of what the file says' : ''}. The official parsers look for the words anywhere: &ldquo;really&rdquo; is
        real to them.{' '}
        {most > 0 ? (
          <button type="button" className={styles.textButton} onClick={() => onOpen('parsers')}>
            List what they read differently
          </button>
        ) : (
          `All of them agree with this report on ${formatPlural(rows[0]?.answered ?? 0, 'answer')}.`
        )}
      </p>
    </Panel>
  );
}

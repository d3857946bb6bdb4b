// What PRPO changed on the held-out domain: both tests in one table, the paired test below.
import { useMemo } from 'react';
import { Link } from 'react-router';
import { formatP, formatPercent } from '../../components/format.ts';
import { Panel } from '../../components/Page.tsx';
import { TableHead } from '../../components/TableHead.tsx';
import table from '../../components/Table.module.css';
import type { AnswerRecord } from '../../shared/domain/answer.ts';
import { pairedTest, testFigures, type TestFigures } from './before-after.ts';
import styles from './HeldOutPage.module.css';

interface BeforeAfterProps {
  before: readonly AnswerRecord[];
  after: readonly AnswerRecord[] | undefined;
  /** Link to the paired comparison with its flips. */
  to: string;
}

function Figure({ figure }: { figure: TestFigures | undefined }) {
  if (!figure || figure.value === null) return <td>–</td>;
  const { value, interval, name } = figure;
  return (
    <td data-testid="held-out-figure" data-name={name} data-value={value}>
      {formatPercent(value)}{' '}
      {interval ? (
        <span className={styles.interval}>
          [{formatPercent(interval.low)}, {formatPercent(interval.high)}]
        </span>
      ) : null}
    </td>
  );
}

function PairedLine({ before, after, to }: { before: readonly AnswerRecord[]; after: readonly AnswerRecord[]; to: string }) {
  const { onlyARight, onlyBRight, p } = useMemo(() => pairedTest(before, after), [before, after]);
  return (
    <p className={styles.muted}>
      {onlyBRight} pictures became right, {onlyARight} became wrong (McNemar, exact, {formatP(p)}).{' '}
      <Link to={to}>See them in the report</Link>
    </p>
  );
}

/** The panel; the second column fills when the last test has ended. */
export function BeforeAfter({ before, after, to }: BeforeAfterProps) {
  const first = useMemo(() => testFigures(before), [before]);
  const second = useMemo(() => (after ? testFigures(after) : []), [after]);
  return (
    <Panel title="Before and after" aside={`${before.length} test pictures, unparsed answers count as errors, 95 % intervals`}>
      <div className={table.scroll} role="region" aria-label="Before and after" tabIndex={0}>
        <table className={table.table}>
          <TableHead columns={['figure', 'before', 'after PRPO']} />
          <tbody>
            {first.map((figure) => (
              <tr key={figure.name}>
                <th scope="row">{figure.label}</th>
                <Figure figure={figure} />
                <Figure figure={second.find(({ name }) => name === figure.name)} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {after ? <PairedLine before={before} after={after} to={to} /> : null}
    </Panel>
  );
}

// What PRPO changed on the held-out domain: both tests in one table with the paired difference, the paired test below.
import { useMemo } from 'react';
import { Link } from 'react-router';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatP, formatPercent } from '../../components/format.ts';
import { differenceText, intervalText } from '../../components/interval-words.ts';
import { Panel } from '../../components/Page.tsx';
import { TableHead } from '../../components/TableHead.tsx';
import table from '../../components/Table.module.css';
import { useAsync } from '../../components/use-async.ts';
import type { AnswerRecord } from '../../shared/domain/answer.ts';
import { intervalKey, type Intervals } from '../../shared/metrics/intervals.ts';
import type { PairedReport } from '../../shared/metrics/pairing.ts';
import { StatisticsStore } from '../../state/statistics.ts';
import { useIntervals } from '../../state/use-intervals.ts';
import { pairedTests, testFigures, testRequest, type TestFigure } from './before-after.ts';
import styles from './HeldOutPage.module.css';

interface BeforeAfterProps {
  before: readonly AnswerRecord[];
  after: readonly AnswerRecord[] | undefined;
  /** Link to the paired comparison with its flips. */
  to: string;
}

function Figure({ figure, intervals }: { figure: TestFigure | undefined; intervals: Intervals }) {
  if (!figure || figure.value === null) return <td>–</td>;
  const { value, name } = figure;
  const within = intervalText(intervals[intervalKey(`${name}_unparsed_wrong`, 'all')], true);
  return (
    <td data-testid="held-out-figure" data-name={name} data-value={value}>
      {formatPercent(value)} <span className={styles.interval}>{within}</span>
    </td>
  );
}

function Difference({ before, after, intervals }: { before: TestFigure; after: TestFigure | undefined; intervals: Intervals }) {
  if (before.value === null || !after || after.value === null) return <td>–</td>;
  const difference = after.value - before.value;
  return (
    <td data-testid="held-out-difference" data-name={before.name} data-value={difference}>
      {differenceText(difference, intervals[intervalKey(`delta_${before.name}`, 'all')], true)}
    </td>
  );
}

function PairedLine({ paired: { tested }, testKey, to }: { paired: PairedReport<AnswerRecord>; testKey: string; to: string }) {
  const statistics = StatisticsStore.useApi();
  const { value, error } = useAsync(testKey, () => statistics.getState().pairedTests(tested));
  if (error) return <ErrorNotice error={error} />;
  if (!value) return <p className={styles.muted}>Testing the difference…</p>;
  const { onlyARight, onlyBRight, p } = value.mcNemar;
  return (
    <p className={styles.muted} data-testid="held-out-test" data-p={p}>
      {onlyBRight} pictures became right, {onlyARight} became wrong (McNemar, exact, {formatP(p)}).{' '}
      <Link to={to}>See them in the report</Link>
    </p>
  );
}

/** Of nothing until it is there; requests are made anew only when the answers change. */
function useTest(answers: readonly AnswerRecord[] | undefined): { figures: TestFigure[]; intervals: Intervals } {
  const figures = useMemo(() => (answers ? testFigures(answers) : []), [answers]);
  const request = useMemo(() => (answers ? testRequest(answers) : null), [answers]);
  return { figures, intervals: useIntervals(request) };
}

/** The panel; the other columns fill when the last test has ended. */
export function BeforeAfter({ before, after, to }: BeforeAfterProps) {
  const [first, second] = [useTest(before), useTest(after)];
  const paired = useMemo(() => (after ? pairedTests(before, after) : null), [before, after]);
  const differences = useIntervals(paired?.request ?? null);
  return (
    <Panel title="Before and after" aside={`${before.length} test pictures, unparsed answers count as errors`}>
      <div className={table.scroll} role="region" aria-label="Before and after" tabIndex={0}>
        <table className={table.table}>
          <TableHead columns={['figure', 'before', 'after PRPO', 'difference']} />
          <tbody>
            {first.figures.map((figure) => {
              const later = second.figures.find(({ name }) => name === figure.name);
              return (
                <tr key={figure.name}>
                  <th scope="row">{figure.label}</th>
                  <Figure figure={figure} intervals={first.intervals} />
                  <Figure figure={later} intervals={second.intervals} />
                  <Difference before={figure} after={later} intervals={differences} />
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p className={styles.muted}>
        95 % intervals: percentile bootstrap over the pictures, that of a difference over the pairs. One run of one seed: they say how the
        figures would move with other pictures, not with another training.
      </p>
      {after && paired ? <PairedLine paired={paired} testKey={`${to}|${before.length}|${after.length}`} to={to} /> : null}
    </Panel>
  );
}

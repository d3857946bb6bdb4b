// How the figures hold when the pictures are changed: one evaluation per change, on the same images, with one threshold.
import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useMemo } from 'react';
import { Link } from 'react-router';
import { formatFigure, formatPercent, formatPlural, formatSigned } from '../../../components/format.ts';
import { Panel } from '../../../components/Page.tsx';
import { Pills } from '../../../components/Pills.tsx';
import { TableMenu } from '../../../components/TableMenu.tsx';
import { SOURCE_NAMES } from '../../../components/threshold-words.ts';
import { WorkingButton } from '../../../components/WorkingButton.tsx';
import type { ScoreSource } from '../../../shared/domain/answer.ts';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import { plainFigure } from '../../../shared/formats/table-text.ts';
import { perturbationName } from '../../../shared/image/perturb.ts';
import { EvaluationStore } from '../../../state/evaluation.ts';
import { hasSpread } from '../../../shared/metrics/bootstrap.ts';
import { intervalKey, type Intervals } from '../../../shared/metrics/intervals.ts';
import { SWEEP_COLUMNS, type SweepColumn } from '../../../shared/metrics/sweep.ts';
import { computeSweep, sweepTable, type Decision, type SweepRow } from './robustness.ts';
import { SweepForm } from './SweepForm.tsx';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import { useIntervals } from '../../../state/use-intervals.ts';
import styles from '../Evaluation.module.css';

interface CellProps {
  column: { key: SweepColumn; percent: boolean };
  row: SweepRow;
  intervals: Intervals;
}

const shown = (value: number, percent: boolean): string => (percent ? formatPercent(value) : formatFigure(value));

const signed = (value: number, percent: boolean): string => (percent ? formatSigned(100 * value, 1) : formatSigned(value));

/** A loss colours the cell, more for a larger one; the numbers say the same. */
function FigureCell({ column: { key, percent }, row: { record, figures, differences }, intervals }: CellProps) {
  const value = figures[key];
  const difference = differences?.[key] ?? null;
  const own = intervals[intervalKey(key, record.id)];
  const paired = intervals[intervalKey(`delta_${key}`, record.id)];
  const loss = Math.round(Math.min(60, Math.max(0, -(difference ?? 0)) * 160));
  return (
    <td
      className={styles.heat}
      style={loss > 0 ? { background: `color-mix(in oklab, var(--bad-tint) ${40 + loss}%, var(--sheet))` } : undefined}
      data-testid="sweep-figure"
      data-name={key}
      data-value={value ?? ''}
      data-difference={difference ?? ''}
    >
      {value === null ? '–' : shown(value, percent)}
      {own && hasSpread(own) ? <small> {`${shown(own.low, percent)} – ${shown(own.high, percent)}`}</small> : null}
      {difference === null ? null : (
        <div>
          {signed(difference, percent)}{' '}
          <small>{paired && hasSpread(paired) ? `${signed(paired.low, percent)} to ${signed(paired.high, percent)}` : ''}</small>
        </div>
      )}
    </td>
  );
}

function RowHead({ row: { record, label, answered } }: { row: SweepRow }) {
  const live = EvaluationStore.use((state) => (state.live?.evalId === record.id ? state.live : null));
  const isWaiting = EvaluationStore.use((state) => state.waiting.includes(record.id));
  const total = record.sampleIds.length;
  const state = live
    ? `${live.done} of ${total}`
    : isWaiting
      ? 'waits'
      : record.state === 'done'
        ? null
        : `${answered} of ${total}, paused`;
  return (
    <th scope="row">
      {label === 'clean' ? label : <Link to={`/eval/${record.id}`}>{label}</Link>}
      {state ? <small> {state}</small> : null}
    </th>
  );
}

interface SweepTableProps {
  rows: readonly SweepRow[];
  intervals: Intervals;
}

function SweepTable({ rows, intervals }: SweepTableProps) {
  return (
    <div className={styles.scroll} role="region" aria-label="Clean pictures against changed ones" tabIndex={0}>
      <table className={styles.table} data-testid="sweep-matrix">
        <TableHead columns={['pictures', ...numberHeads(...SWEEP_COLUMNS.map(({ label }) => label))]} />
        <tbody>
          {rows.map((row) => (
            <tr
              key={row.record.id}
              data-testid="sweep-row"
              data-name={row.record.config.perturbation ? perturbationName(row.record.config.perturbation) : 'clean'}
              data-answered={row.answered}
              data-state={row.record.state}
            >
              <RowHead row={row} />
              {SWEEP_COLUMNS.map((column) => (
                <FigureCell key={column.key} column={column} row={row} intervals={intervals} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Pause and resume of all rows that are not done. */
function SweepButtons({ rows }: { rows: readonly EvalRecord[] }) {
  const { pauseAll, resume } = EvaluationStore.useApi().getState();
  const live = EvaluationStore.use((state) => state.live);
  const waiting = EvaluationStore.use((state) => state.waiting);
  const open = rows.filter(({ state }) => state !== 'done');
  const isActive = rows.some(({ id }) => live?.evalId === id || waiting.includes(id));
  if (open.length === 0) return null;
  if (isActive) {
    return (
      <WorkingButton
        variant="default"
        data-testid="sweep-pause"
        isWorking={live?.stopping ?? false}
        leftSection={<IconPlayerPause size={14} aria-hidden />}
        onClick={() => void pauseAll(rows.map(({ id }) => id))}
      >
        Pause the sweep
      </WorkingButton>
    );
  }
  return (
    <Button
      data-testid="sweep-resume"
      leftSection={<IconPlayerPlay size={14} aria-hidden />}
      onClick={() => {
        for (const { id } of open) void resume(id);
      }}
    >
      Go on with {formatPlural(open.length, 'row')}
    </Button>
  );
}

/** Rows of the sweep and their scores, read again whenever one of them was written. */
function useSweepRows(record: EvalRecord) {
  const { evals, scores, loadScores } = EvaluationStore.use((state) => state);
  const rows = useMemo(() => (evals ?? []).filter(({ sweepOf }) => sweepOf === record.id), [evals, record.id]);
  useEffect(() => {
    if (rows.length > 0) void loadScores([record, ...rows]);
  }, [loadScores, record, rows]);
  return { rows, scores };
}

const DECISIONS: { value: Decision; label: string }[] = [
  { value: 'text', label: 'Written answer' },
  { value: 'score', label: 'Score at the threshold' },
];

interface RobustnessPanelProps {
  record: EvalRecord;
  source: ScoreSource;
  decision: Decision;
  onDecision: (decision: Decision) => void;
}

/** The panel of a finished evaluation of clean pictures. */
export function RobustnessPanel({ record, source, decision, onDecision }: RobustnessPanelProps) {
  const { rows, scores } = useSweepRows(record);
  const frozen = record.threshold?.source === source ? record.threshold.value : null;
  const threshold = frozen ?? 0.5;
  const sweep = useMemo(
    () => computeSweep(record, rows, (id) => scores[id]?.answers, { decision, source, threshold }),
    [record, rows, scores, decision, source, threshold],
  );
  const isMoving = EvaluationStore.use(({ live }) => live !== null && rows.some(({ id }) => id === live.evalId));
  const intervals = useIntervals(rows.length > 0 && !isMoving ? sweep.request : null);
  const cutAt = (figure: string): string =>
    `${SOURCE_NAMES[source]} at ${figure}${frozen === null ? ', the default, as none is frozen' : ', frozen on val'}`;
  const caption = `Robustness of ${record.modelName} on ${record.datasetName}, ${decision === 'text' ? 'written answer' : cutAt(plainFigure(threshold, false))}, 95 % intervals`;
  return (
    <Panel
      title="Robustness"
      aside={
        rows.length > 0 ? (
          <TableMenu fileName={`${record.id}-robustness`} table={() => sweepTable(sweep, intervals, caption)} />
        ) : (
          'same images, changed pictures'
        )
      }
    >
      {rows.length > 0 ? (
        <>
          <div className={styles.tools}>
            <span className={styles.muted}>Decided by</span>
            <Pills label="What decides" value={decision} onChange={onDecision} options={DECISIONS} />
            <SweepButtons rows={rows} />
          </div>
          <p className={styles.muted}>
            One threshold for all rows: {cutAt(formatFigure(threshold))}. AUC is that of the {SOURCE_NAMES[source]}. A row opens its own
            report. Each figure comes with its 95 % interval; below it is the difference to the clean pictures, in points, with a paired
            interval over the same images.
          </p>
          <SweepTable rows={sweep.rows} intervals={intervals} />
        </>
      ) : null}
      <SweepForm record={record} rows={rows} />
    </Panel>
  );
}

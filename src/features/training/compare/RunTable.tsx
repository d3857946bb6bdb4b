// The runs of a comparison as a table: chosen metrics with last, best and at-step values; sorted, pinned, hidden, grouped.
import { ActionIcon, Menu } from '@mantine/core';
import { IconEye, IconEyeOff, IconPin, IconPinFilled } from '@tabler/icons-react';
import { Fragment } from 'react';
import { Link } from 'react-router';
import { formatPlural, formatSignificant, formatValue } from '../../../components/format.ts';
import { metricWords } from '../../../components/metric-words.ts';
import { lowerIsBetter } from '../../../shared/metrics/direction.ts';
import { ALGORITHM_NAMES } from '../../../state/run-name.ts';
import type { CompareAddress, SortOrder } from './address.ts';
import type { RunGroup } from './figures.ts';
import { spreadOf } from './figures.ts';
import { formatSpread } from './table-columns.ts';
import { RunActions } from './RunActions.tsx';
import { RunMark } from './RunMark.tsx';
import type { FigureColumn, RunRow } from './run-rows.ts';
import { nextSort, sortRows } from './run-rows.ts';
import styles from './Compare.module.css';

export interface RunTableProps {
  groups: readonly RunGroup[];
  rows: readonly RunRow[];
  columns: readonly FigureColumn[];
  view: CompareAddress;
  /** Style index of every run. */
  marks: ReadonlyMap<string, number>;
  onSort: (sort: SortOrder | null) => void;
  onPin: (runId: string) => void;
  onHide: (runId: string) => void;
  onTakeOut: (runId: string) => void;
}

const KIND_WORDS = { last: 'last', best: 'best', at: 'at step' } as const;

function SortHead({ label, column, kind = 'last', view, onSort }: SortHeadProps) {
  const { sort } = view;
  const isSorted = sort?.column === column && sort.kind === kind;
  const isMetric = !['name', 'started', 'step'].includes(column);
  const descendingFirst = isMetric ? !lowerIsBetter(column) : column !== 'name';
  return (
    <th scope="col" aria-sort={isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none'} data-figure={isMetric || undefined}>
      <button
        type="button"
        className={styles.sort}
        title={isMetric ? column : undefined}
        onClick={() => onSort(nextSort(sort, column, kind, descendingFirst))}
        data-testid="compare-sort"
        data-column={column}
        data-kind={kind}
      >
        {label}
        <span aria-hidden>{isSorted ? (sort.descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}

interface SortHeadProps extends Pick<RunTableProps, 'view' | 'onSort'> {
  label: string;
  column: string;
  kind?: FigureColumn['kind'];
}

function FigureCell({ row, column: { metric, kind } }: { row: RunRow; column: FigureColumn }) {
  const figures = row.figures.get(metric);
  const value = figures?.[kind] ?? null;
  const step = kind === 'best' ? figures?.bestStep : kind === 'at' ? figures?.atStep : null;
  return (
    <td data-figure data-testid="compare-figure" data-metric={metric} data-kind={kind} data-value={value ?? ''}>
      {formatValue(value)}
      {step === null || step === undefined ? null : <small> at {step}</small>}
    </td>
  );
}

function NameCell({ row, mark, onPin, onHide }: { row: RunRow; mark: number } & Pick<RunTableProps, 'onPin' | 'onHide'>) {
  const { run, isPinned, isHidden } = row;
  return (
    <th scope="row">
      <span className={styles.name}>
        <ActionIcon
          variant="subtle"
          size="sm"
          aria-pressed={isPinned}
          aria-label={`Pin ${run.name} to the top`}
          onClick={() => onPin(run.id)}
        >
          {isPinned ? <IconPinFilled size={14} aria-hidden /> : <IconPin size={14} aria-hidden />}
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          size="sm"
          aria-pressed={isHidden}
          aria-label={`Hide ${run.name} in the charts`}
          onClick={() => onHide(run.id)}
        >
          {isHidden ? <IconEyeOff size={14} aria-hidden /> : <IconEye size={14} aria-hidden />}
        </ActionIcon>
        <RunMark index={mark} />
        <span>
          <Link to={`/run/${run.id}`}>{run.name}</Link>
          <RunNotes row={row} />
        </span>
      </span>
    </th>
  );
}

function RunNotes({ row: { run } }: { row: RunRow }) {
  const parts = [
    run.importedFrom ? `log ${run.importedFrom}` : `seed ${run.config.seed}`, // a log does not tell its seed
    ...(run.tags ?? []).map((tag) => `#${tag}`),
  ];
  return (
    <small className={styles.notes} title={run.notes}>
      {parts.join(' · ')}
      {run.notes ? ` · ${run.notes.slice(0, 60)}` : ''}
    </small>
  );
}

/** Mean and deviation over the runs of a group. */
function GroupRow({ group, rows, columns }: { group: RunGroup; rows: readonly RunRow[]; columns: readonly FigureColumn[] }) {
  return (
    <tr className={styles.group} data-testid="compare-group" data-n={rows.length}>
      <th scope="rowgroup" colSpan={3}>
        {group.name} <small>{formatPlural(rows.length, 'run')}</small>
      </th>
      {columns.map(({ metric, kind }) => {
        const spread = spreadOf(rows.map(({ figures }) => figures.get(metric)?.[kind] ?? null));
        return (
          <td
            key={`${metric}:${kind}`}
            data-figure
            data-testid="compare-mean"
            data-metric={metric}
            data-kind={kind}
            data-mean={spread?.mean ?? ''}
            data-sd={spread?.sd ?? ''}
          >
            {spread ? formatSpread(spread, formatValue, formatSignificant) : '–'}
          </td>
        );
      })}
    </tr>
  );
}

/** A wide table scrolls within its own frame. */
export function RunTable(props: RunTableProps) {
  const { groups, rows, columns, view, marks, onSort, onTakeOut } = props;
  return (
    <div className={styles.scroll} role="region" aria-label="Runs with their figures" tabIndex={0}>
      <table className={styles.table} data-testid="compare-table">
        <thead>
          <tr>
            <SortHead label="run" column="name" view={view} onSort={onSort} />
            <th scope="col">algorithm</th>
            <SortHead label="step" column="step" view={view} onSort={onSort} />
            {columns.map(({ metric, kind }) => (
              <SortHead
                key={`${metric}:${kind}`}
                label={`${metricWords(metric)}, ${KIND_WORDS[kind]}${kind === 'at' ? ` ${view.at ?? ''}` : ''}`}
                column={metric}
                kind={kind}
                view={view}
                onSort={onSort}
              />
            ))}
            <th scope="col">
              <span className={styles.srOnly}>actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => {
            const own = sortRows(
              group.runs.flatMap(({ id }) => rows.find(({ run }) => run.id === id) ?? []),
              view.sort,
            );
            return (
              <Fragment key={group.key}>
                {view.groupBy === 'none' ? null : <GroupRow group={group} rows={own} columns={columns} />}
                {own.map((row) => (
                  <tr
                    key={row.run.id}
                    data-testid="compare-run"
                    data-run-id={row.run.id}
                    data-hidden={row.isHidden}
                    data-pinned={row.isPinned}
                  >
                    <NameCell row={row} mark={marks.get(row.run.id) ?? 0} onPin={props.onPin} onHide={props.onHide} />
                    <td>{ALGORITHM_NAMES[row.run.algorithm]}</td>
                    <td data-figure>{row.run.step}</td>
                    {columns.map((column) => (
                      <FigureCell key={`${column.metric}:${column.kind}`} row={row} column={column} />
                    ))}
                    <td>
                      <span className={styles.srOnly}>Actions</span>
                      <span className={styles.actions}>
                        <RunActions run={row.run}>
                          <Menu.Item onClick={() => onTakeOut(row.run.id)}>Take out of the comparison</Menu.Item>
                        </RunActions>
                      </span>
                    </td>
                  </tr>
                ))}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

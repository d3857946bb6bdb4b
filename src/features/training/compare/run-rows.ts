// Rows of the run table in their order. Pure.
import type { RunRecord, StepRecord } from '../../../shared/domain/run.ts';
import type { SortOrder } from './address.ts';
import type { FigureKind, RunFigures } from './figures.ts';
import { runFigures } from './figures.ts';

export interface FigureColumn {
  metric: string;
  kind: FigureKind;
}

export interface RunRow {
  run: RunRecord;
  /** By metric. */
  figures: ReadonlyMap<string, RunFigures>;
  isPinned: boolean;
  isHidden: boolean;
}

/** Metrics that tell most, in this order; what was not logged is left out. */
const LEADING = ['reward', 'rewards/vcr_reward/mean', 'rewards/pcr_reward/mean', 'eval/acc', 'eval/f1', 'loss', 'kl', 'binary_accuracy'];
const PROPOSED = 3;

export function proposedMetrics(known: readonly string[]): string[] {
  const leading = LEADING.filter((metric) => known.includes(metric));
  return (leading.length > 0 ? leading : known).slice(0, PROPOSED);
}

/** One column per metric and kind of figure. */
export function figureColumns(metrics: readonly string[], kinds: readonly FigureKind[]): FigureColumn[] {
  return metrics.flatMap((metric) => kinds.map((kind) => ({ metric, kind })));
}

export function buildRow(
  run: RunRecord,
  steps: readonly StepRecord[],
  metrics: readonly string[],
  view: { at: number | null; pinned: readonly string[]; hidden: readonly string[] },
): RunRow {
  return {
    run,
    figures: new Map(metrics.map((metric) => [metric, runFigures(steps, metric, view.at)])),
    isPinned: view.pinned.includes(run.id),
    isHidden: view.hidden.includes(run.id),
  };
}

function sortValue({ run, figures }: RunRow, { column, kind }: SortOrder): number | string | null {
  if (column === 'name') return run.name.toLowerCase();
  if (column === 'started') return run.createdAt;
  if (column === 'step') return run.step;
  return figures.get(column)?.[kind] ?? null;
}

/** Pinned rows first, then by the chosen column; what has no value comes last in both directions. */
export function sortRows(rows: readonly RunRow[], order: SortOrder | null): RunRow[] {
  const sign = order?.descending ? -1 : 1;
  const compare = (a: RunRow, b: RunRow): number => {
    if (!order) return 0;
    const [left, right] = [sortValue(a, order), sortValue(b, order)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left < right ? -1 : left > right ? 1 : 0);
  };
  return rows.toSorted((a, b) => Number(b.isPinned) - Number(a.isPinned) || compare(a, b));
}

/** What a click on a heading leads to: the better end first, then the other, then no order. */
export function nextSort(now: SortOrder | null, column: string, kind: FigureKind, descendingFirst: boolean): SortOrder | null {
  const isSame = now?.column === column && now.kind === kind;
  if (!isSame) return { column, kind, descending: descendingFirst };
  return now.descending === descendingFirst ? { column, kind, descending: !descendingFirst } : null;
}

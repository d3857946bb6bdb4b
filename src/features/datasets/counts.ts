// Counts per domain, split and label, ready for a table; and what is out of balance. Pure.
import { formatPercent, formatPoints } from '../../components/format.ts';
import type { CountRow, Split } from '../../shared/domain/sample.ts';

export interface CellCounts {
  real: number;
  fake: number;
  none: number;
}

export interface CountTable {
  domains: string[];
  /** Only the splits that occur. */
  splits: Split[];
  /** By `${domain}/${split}`. */
  cells: Map<string, CellCounts>;
  /** Images in the fullest cell, for the scale of the bars. */
  largest: number;
}

const SPLIT_ORDER: Split[] = ['train', 'val', 'test', 'none'];

/** Sums rows into cells; domains in the order of their names. */
export function tabulateCounts(rows: readonly CountRow[]): CountTable {
  const cells = new Map<string, CellCounts>();
  for (const { domain, split, label, count } of rows) {
    const key = `${domain}/${split}`;
    const cell = cells.get(key) ?? { real: 0, fake: 0, none: 0 };
    cell[label ?? 'none'] += count;
    cells.set(key, cell);
  }
  return {
    domains: [...new Set(rows.map(({ domain }) => domain))].sort(),
    splits: SPLIT_ORDER.filter((split) => rows.some((row) => row.split === split)),
    cells,
    largest: Math.max(1, ...[...cells.values()].map(total)),
  };
}

/** A share of fakes outside these bounds is worth a warning. */
const BALANCED = [0.35, 0.65] as const;
/** A test cell smaller than this makes accuracies meaningless. */
const FEW_IMAGES = 20;

/** What could mislead, and where. */
export interface BalanceWarning {
  text: string;
  /** Names of the cells, such as `aster / test`. */
  cells: string[];
}

/** Plain sentences about what could mislead a training or an evaluation; cells with the same trouble share one. */
export function balanceWarnings(rows: readonly CountRow[]): BalanceWarning[] {
  const { domains, splits, cells } = tabulateCounts(rows);
  const warnings = new Map<string, string[]>();
  for (const domain of domains) {
    for (const split of splits) {
      const cell = cells.get(`${domain}/${split}`);
      const text = cell ? cellWarning(cell, split) : null;
      if (text) warnings.set(text, [...(warnings.get(text) ?? []), `${domain || 'no domain'} / ${split === 'none' ? 'no split' : split}`]);
    }
  }
  return [...warnings].map(([text, names]) => ({ text, cells: names }));
}

function cellWarning(cell: CellCounts, split: Split): string | null {
  const labelled = cell.real + cell.fake;
  const share = cell.fake / labelled;
  if (labelled === 0) return 'No labels, so accuracy cannot be computed.';
  if (cell.real === 0 || cell.fake === 0) return `Only ${cell.real === 0 ? 'fake' : 'real'} images. AUC is undefined and F1 misleads.`;
  if (share < BALANCED[0] || share > BALANCED[1])
    return `${formatPercent(share, 0)} fake. Read F1 and the confusion matrix, not accuracy alone.`;
  if (labelled < FEW_IMAGES && split !== 'train')
    return `${labelled} images. One image moves accuracy by ${formatPoints(1 / labelled, 1)} points.`;
  return null;
}

function total({ real, fake, none }: CellCounts): number {
  return real + fake + none;
}

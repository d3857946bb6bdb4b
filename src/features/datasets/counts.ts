// Counts per domain, split and label, ready for a table; and what is out of balance. Pure.
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
/** Cells smaller than this make accuracies meaningless. */
const FEW_IMAGES = 20;

/** Plain sentences about what could mislead a training or an evaluation. */
export function balanceWarnings(rows: readonly CountRow[]): string[] {
  const { domains, splits, cells } = tabulateCounts(rows);
  return domains.flatMap((domain) =>
    splits.flatMap((split) => {
      const cell = cells.get(`${domain}/${split}`);
      return cell ? cellWarnings(`${domain || 'no domain'} / ${split === 'none' ? 'no split' : split}`, cell) : [];
    }),
  );
}

function cellWarnings(name: string, cell: CellCounts): string[] {
  const labelled = cell.real + cell.fake;
  const share = cell.fake / labelled;
  if (labelled === 0) return [`${name}: no labels, so accuracy cannot be computed here.`];
  if (cell.real === 0 || cell.fake === 0)
    return [`${name}: only ${cell.real === 0 ? 'fake' : 'real'} images. AUC is undefined and F1 misleads.`];
  if (share < BALANCED[0] || share > BALANCED[1])
    return [`${name}: ${(share * 100).toFixed(0)} % fake. Read F1 and the confusion matrix, not accuracy alone.`];
  if (labelled < FEW_IMAGES) return [`${name}: ${labelled} images. One image moves accuracy by ${(100 / labelled).toFixed(1)} points.`];
  return [];
}

function total({ real, fake, none }: CellCounts): number {
  return real + fake + none;
}

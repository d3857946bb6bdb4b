// Images per domain, split and label.
import type { CountRow } from '../../src/shared/domain/sample.ts';

type Facets = Omit<CountRow, 'count'>;

/** Counts as images come. */
export class FacetCounts {
  readonly #rows = new Map<string, CountRow>();

  add({ domain, split, label }: Facets): void {
    const key = `${domain}/${split}/${label ?? ''}`;
    const row = this.#rows.get(key);
    if (row) row.count++;
    else this.#rows.set(key, { domain, split, label, count: 1 });
  }

  /** Copies in a stable order: domain, then split and label as they sort. */
  get rows(): CountRow[] {
    return [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => ({ ...row }));
  }
}

/** All counts of a list. */
export function countRows(images: Iterable<Facets>): CountRow[] {
  const counts = new FacetCounts();
  for (const image of images) counts.add(image);
  return counts.rows;
}

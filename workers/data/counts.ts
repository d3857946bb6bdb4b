// Images per domain, split and label.
import type { CountRow } from '../../src/shared/domain/sample.ts';

/** Counts in a stable order: domain, then split and label as they sort. */
export function countRows(images: Iterable<Omit<CountRow, 'count'>>): CountRow[] {
  const rows = new Map<string, CountRow>();
  for (const { domain, split, label } of images) {
    const key = `${domain}/${split}/${label ?? ''}`;
    const row = rows.get(key);
    if (row) row.count++;
    else rows.set(key, { domain, split, label, count: 1 });
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

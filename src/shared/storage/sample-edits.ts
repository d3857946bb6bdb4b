// What the user changes about stored samples: tags, notes and ratings. Counts of the dataset follow, because excluded samples are not used.
import type { CountRow, DatasetRecord, SampleChecks, SampleRecord } from '../domain/sample.ts';
import { EXCLUDED_TAG } from '../sample-choice.ts';
import { announceChange } from './changes.ts';
import type { Database } from './database.ts';
import { queue, transact } from './database.ts';

/** New tags, note and rating of one sample; what is left out stays. An empty note is taken away, so is a rating of null. */
export interface SampleEdit {
  id: string;
  tags?: readonly string[];
  note?: string;
  rating?: number | null;
}

/** Samples per transaction. */
const PAGE_SIZE = 500;

/**
 * Stores edits, page by page; samples that are gone are skipped.
 * @returns the edits that would undo these
 */
export async function editSamples(db: Database, datasetId: string, edits: readonly SampleEdit[]): Promise<SampleEdit[]> {
  const undo: SampleEdit[] = [];
  for (let start = 0; start < edits.length; start += PAGE_SIZE)
    undo.push(...(await editPage(db, datasetId, edits.slice(start, start + PAGE_SIZE))));
  announceChange('samples', datasetId);
  return undo;
}

/** Stores what checks found; samples that are gone are skipped. Nobody is told: lists do not show it. */
export async function putChecks(db: Database, found: readonly { id: string; checks: SampleChecks }[]): Promise<void> {
  await transact(db, ['samples'], 'readwrite', async (tx) => {
    const store = tx.objectStore('samples');
    const samples = await Promise.all(found.map(({ id }) => store.get(id)));
    for (const [index, sample] of samples.entries()) if (sample) queue(store.put({ ...sample, checks: found[index]?.checks }));
  });
}

function editPage(db: Database, datasetId: string, edits: readonly SampleEdit[]): Promise<SampleEdit[]> {
  return transact(db, ['datasets', 'samples'], 'readwrite', async (tx) => {
    const store = tx.objectStore('samples');
    const dataset = await tx.objectStore('datasets').get(datasetId);
    const found = await Promise.all(edits.map(({ id }) => store.get(id)));
    const undo: SampleEdit[] = [];
    const changes: CountRow[] = [];
    for (const [index, before] of found.entries()) {
      const edit = edits[index];
      if (!before || !edit) continue;
      const after = applyEdit(before, edit);
      undo.push({ id: before.id, tags: before.tags, note: before.note ?? '', rating: before.rating ?? null });
      const change = usedCount(after) - usedCount(before);
      if (change !== 0) changes.push({ domain: before.domain, split: before.split, label: before.label, count: change });
      queue(store.put(after));
    }
    if (dataset && changes.length > 0) await tx.objectStore('datasets').put(withCounts(dataset, changes));
    return undo;
  });
}

/** A changed copy. */
export function applyEdit(sample: SampleRecord, { tags, note, rating }: SampleEdit): SampleRecord {
  const { note: noteBefore, rating: ratingBefore, ...rest } = sample;
  const text = note === undefined ? noteBefore : note;
  const points = rating === undefined ? ratingBefore : rating;
  return {
    ...rest,
    tags: tags ? [...new Set(tags)].sort() : sample.tags,
    ...(text ? { note: text } : {}),
    ...(points ? { rating: points } : {}),
  };
}

function usedCount({ tags }: SampleRecord): number {
  return tags.includes(EXCLUDED_TAG) ? 0 : 1;
}

/** The dataset with counts changed by what was excluded (negative) or taken back. */
function withCounts(dataset: DatasetRecord, changes: readonly CountRow[]): DatasetRecord {
  const keyOf = ({ domain, split, label }: CountRow) => `${domain}/${split}/${label ?? ''}`;
  const counts = new Map(dataset.counts.map((row) => [keyOf(row), { ...row }]));
  for (const change of changes) {
    const row = counts.get(keyOf(change)) ?? { ...change, count: 0 };
    counts.set(keyOf(change), { ...row, count: row.count + change.count });
  }
  return {
    ...dataset,
    counts: [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, row]) => row)
      .filter(({ count }) => count > 0),
  };
}

import { describe, expect, it, vi } from 'vitest';
import { WorkbenchError } from '../../src/shared/errors.ts';
import type { DataApi, ImportEntry, ImportReview } from '../../src/shared/data-api.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import { createImportsStore } from '../../src/state/imports.ts';
import type { Walk } from '../../src/state/review-walk.ts';
import { createJobsStore } from '../../src/state/jobs.ts';
import { createFakeClient } from '../support/fake-client.ts';

const REVIEW: ImportReview = {
  reviewId: 'r',
  suggestedName: 'mini',
  tree: [],
  layout: '',
  imagesFound: 2,
  totalBytes: 20,
  files: [],
  matched: 1,
  joins: { image: 1, id: 0, name: 0, extension: 0 },
  textWithoutImage: [],
  imagesWithoutText: [],
  problems: [],
  ignored: [],
  quota: { usedBytes: 0, quotaBytes: 100, neededBytes: 20, thumbnailBytes: 2 },
};
const SUMMARY = {
  imported: 2,
  skipped: 0,
  failed: 0,
  matchedAnnotations: 1,
  textWithoutImage: 0,
  imagesWithoutText: 1,
  problems: [],
  elapsedMs: 5,
};

function setUp(handlers: Partial<Handlers<DataApi>>) {
  const jobs = createJobsStore();
  const onImported = vi.fn(() => Promise.resolve());
  const store = createImportsStore(createFakeClient<DataApi>({ review: () => REVIEW, ...handlers }).calls, jobs, onImported);
  return { jobs, onImported, store };
}

const walk = (onFound: (count: number) => void) => {
  onFound(1);
  return Promise.resolve([]);
};

const walking = (lightly: NonNullable<Walk['lightly']>): Walk => Object.assign(() => Promise.resolve([]), { lightly });

describe('the import store', () => {
  it('hands files over while they are found and keeps closed images closed', async () => {
    const sizes: number[] = [];
    let dropIds = new Set<string | undefined>();
    const { store } = setUp({
      addEntries: ({ dropId, entries }) => {
        sizes.push(entries.length);
        dropIds.add(dropId);
        return { count: sizes.reduce((sum, size) => sum + size, 0) };
      },
      review: ({ entries, dropId }) => {
        sizes.push(entries.length);
        dropIds = dropIds.add(dropId);
        return REVIEW;
      },
    });
    const handle = {} as FileSystemDirectoryHandle;
    const image = (i: number) => ({ path: `set/${i}.png`, folder: handle, folderId: 0, name: `${i}.png`, sizeBytes: 1 });
    const most: number[] = [];
    const lightly: NonNullable<Walk['lightly']> = async (take) => {
      for (let start = 0; start < 250; start += 64) {
        await take(Array.from({ length: Math.min(64, 250 - start) }, (_, i) => image(start + i)));
        most.push(start - sizes.reduce((sum, size) => sum + size, 0));
      }
    };
    await store.getState().open(walking(lightly));
    expect(store.getState().phase).toBe('review');
    expect(sizes).toEqual([64, 64, 64, 58, 0]);
    expect(Math.max(...most)).toBeLessThanOrEqual(0); // handed over before the next are looked for: the page holds no list
    expect(dropIds.size).toBe(1);
  });

  it('shows the review of the newest drop, though an earlier one is found later', async () => {
    const { store } = setUp({ review: ({ dropId = '' }) => ({ ...REVIEW, reviewId: dropId }) });
    let goOn = (_: ImportEntry[]) => {};
    const slow = store.getState().open(() => new Promise((resolve) => (goOn = resolve)));
    await store.getState().open(walk);
    const shown = store.getState().review;
    goOn([]);
    await slow;
    expect(shown?.reviewId).toBeTruthy();
    expect(store.getState()).toMatchObject({ phase: 'review', review: shown, error: null });
  });

  it('looks at a drop of opened files whole, because it may be no data, and hands over what is', async () => {
    const taken: number[] = [];
    const sizes: number[] = [];
    const jobs = createJobsStore();
    const calls = createFakeClient<DataApi>({
      addEntries: ({ entries }) => ({ count: sizes.push(entries.length) }),
      review: ({ entries }) => {
        sizes.push(entries.length);
        return REVIEW;
      },
    }).calls;
    const store = createImportsStore(
      calls,
      jobs,
      () => Promise.resolve(),
      '',
      (entries) => {
        taken.push(entries.length);
        return Promise.resolve(taken.length === 1 ? null : entries);
      },
    );
    const files = Array.from({ length: 250 }, (_, i) => ({ path: `${i}.png`, file: new File([], `${i}.png`) }));
    const lightly: NonNullable<Walk['lightly']> = (take) => take(files);
    await store.getState().open(walking(lightly));
    expect(store.getState().phase).toBe('idle'); // dealt with
    expect(sizes).toEqual([]);
    await store.getState().open(walking(lightly));
    expect([taken, sizes]).toEqual([
      [250, 250],
      [100, 100, 50, 0],
    ]);
  });

  it('goes from drop to review to summary and tells the lists', async () => {
    const seen: unknown[] = [];
    const { jobs, store, onImported } = setUp({
      import: ({ name, fixes }, { progress }) => {
        progress({ done: 1, total: 2, phase: 'read', imported: 1, failed: 0 });
        seen.push(name, fixes, jobs.getState().jobs[0]?.done);
        return { datasetId: 'd', summary: SUMMARY };
      },
    });
    await store.getState().open(walk);
    expect(store.getState()).toMatchObject({ phase: 'review', review: REVIEW });
    await store.getState().start('My set', ['binary-label-missing']);
    expect(seen).toEqual(['My set', ['binary-label-missing'], 1]);
    expect(store.getState()).toMatchObject({ phase: 'done', result: { datasetId: 'd', summary: SUMMARY } });
    expect(jobs.getState().jobs).toEqual([]);
    expect(onImported).toHaveBeenCalledOnce();
  });

  it('forgets a drop that is cancelled before the start, even when its review arrives later', async () => {
    let answer = (_review: ImportReview) => {};
    const { store } = setUp({ review: () => new Promise((resolve) => (answer = resolve)) });
    const opened = store.getState().open(walk);
    await vi.waitFor(() => expect(store.getState().phase).toBe('reading'));
    store.getState().cancel();
    answer(REVIEW);
    await opened;
    expect(store.getState()).toMatchObject({ phase: 'idle', review: null });
  });

  it('shows the summary of what was stored when a running import is stopped', async () => {
    const { store } = setUp({
      import: (_params, { signal }) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => resolve({ datasetId: 'd', summary: { ...SUMMARY, imported: 1, skipped: 1 } })),
        ),
    });
    await store.getState().open(walk);
    const started = store.getState().start('x', []);
    await vi.waitFor(() => expect(store.getState().phase).toBe('importing'));
    store.getState().show(false);
    store.getState().cancel();
    expect(store.getState().cancelling).toBe(true);
    await started;
    expect(store.getState()).toMatchObject({ phase: 'done', shown: true, result: { summary: { imported: 1, skipped: 1 } } });
  });

  it('keeps the error of a failed import with its advice', async () => {
    const { store } = setUp({
      import: () => {
        throw new WorkbenchError('E-QUOTA', 'No room.', { remedy: 'Delete data.' });
      },
    });
    await store.getState().open(walk);
    await store.getState().start('x', []);
    expect(store.getState()).toMatchObject({ phase: 'failed', error: { code: 'E-QUOTA', remedy: 'Delete data.' } });
    store.getState().close();
    expect(store.getState().phase).toBe('idle');
  });

  it('marks a paused import for the job chip', async () => {
    const { store } = setUp({ pauseImport: ({ paused }) => ({ paused }) });
    await store.getState().setPaused(true);
    expect(store.getState().paused).toBe(true);
  });
});

// Calls about a drop: its files arrive, it is reviewed, and then imported, compared with a dataset, or scored. Holds the open reviews
// and the pause switch.
import type { DataApi } from '../../src/shared/data-api.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import { getDataset } from '../../src/shared/storage/datasets.ts';
import { assertRoom } from '../../src/shared/storage/quota.ts';
import { DropFiles } from './drop/drop-files.ts';
import { importAnswers } from './exports/import-answers.ts';
import { importDrop } from './import-job.ts';
import { PauseGate } from './pacing.ts';
import type { DataPlatform } from './platform.ts';
import { applyDrop, compareDrop } from './rescan.ts';
import { reviewDrop, type ReviewedDrop } from './review.ts';

type ReviewHandlers = Pick<Handlers<DataApi>, 'addEntries' | 'review'>;
type ImportHandlers = Pick<Handlers<DataApi>, 'import' | 'compareFolder' | 'applyFolder' | 'pauseImport' | 'importAnswers'>;

/** Reviews that can still be imported: the newest few. */
const KEPT_REVIEWS = 3;

class Reviews {
  readonly #drops = new Map<string, ReviewedDrop>();

  add(drop: ReviewedDrop): void {
    this.#drops.set(drop.review.reviewId, drop);
    for (const id of [...this.#drops.keys()].slice(0, -KEPT_REVIEWS)) this.#drops.delete(id);
  }

  get(reviewId: string): ReviewedDrop {
    const drop = this.#drops.get(reviewId);
    if (drop) return drop;
    throw new WorkbenchError('E-MISSING', 'The reviewed files are gone, because the worker was restarted.', {
      safe: 'Nothing was stored.',
      remedy: 'Drop the folder again.',
    });
  }

  delete(reviewId: string): void {
    this.#drops.delete(reviewId);
  }
}

function reviewHandlers({ storageStatus }: DataPlatform, reviews: Reviews): ReviewHandlers {
  let adding = { dropId: '', files: new DropFiles() };
  return {
    addEntries: ({ dropId, entries }) => {
      if (adding.dropId !== dropId) adding = { dropId, files: new DropFiles() }; // an earlier drop was given up
      for (const entry of entries) adding.files.add(entry);
      return { count: adding.files.count };
    },
    review: async ({ entries, dropId }, context) => {
      const files = dropId === adding.dropId ? adding.files : new DropFiles();
      adding = { dropId: '', files: new DropFiles() };
      for (const entry of entries) files.add(entry);
      const drop = await reviewDrop(files, { ...context, storage: await storageStatus() });
      reviews.add(drop);
      return drop.review;
    },
  };
}

function importHandlers({ openDb, readPicture, storageStatus, asOnlyWriter }: DataPlatform, reviews: Reviews): ImportHandlers {
  const pause = new PauseGate();
  /** @param images that come in, of those of the drop */
  const assertRoomFor = async ({ plan, review }: ReviewedDrop, images: number, isLinked: boolean): Promise<void> => {
    const { neededBytes, thumbnailBytes } = review.quota;
    assertRoom(await storageStatus(), ((isLinked ? thumbnailBytes : neededBytes) * images) / Math.max(1, plan.length));
  };
  return {
    import: async (options, context) => {
      const drop = reviews.get(options.reviewId);
      const images = Math.min(drop.plan.length, options.sampleSize ?? drop.plan.length);
      await assertRoomFor(drop, images, options.pictures !== undefined);
      pause.set(false);
      const db = await openDb();
      const result = await asOnlyWriter(() => importDrop(drop, options, { ...context, db, readPicture, pause }));
      // Answers in the drop are scored next, beside the images that are stored now.
      if (!drop.texts.some(({ kind }) => kind === 'answers-jsonl')) reviews.delete(options.reviewId);
      return result;
    },
    compareFolder: async ({ reviewId, datasetId }, context) =>
      compareDrop(reviews.get(reviewId), datasetId, { ...context, db: await openDb() }),
    applyFolder: async ({ reviewId, datasetId, diff }, context) => {
      const drop = reviews.get(reviewId);
      const db = await openDb();
      const images = diff.added.length + diff.changed.length + (diff.moved?.length ?? 0);
      await assertRoomFor(drop, images, (await getDataset(db, datasetId))?.pictures !== undefined);
      pause.set(false);
      const summary = await asOnlyWriter(() => applyDrop(drop, datasetId, diff, { ...context, db, readPicture, pause }));
      reviews.delete(reviewId);
      return { summary };
    },
    pauseImport: ({ paused }) => {
      pause.set(paused);
      return { paused: pause.paused };
    },
    importAnswers: async ({ reviewId, ...options }, context) =>
      importAnswers(reviews.get(reviewId), options, { ...context, db: await openDb() }),
  };
}

/** The calls about drops. */
export function createDropHandlers(platform: DataPlatform): ReviewHandlers & ImportHandlers {
  const reviews = new Reviews();
  return { ...reviewHandlers(platform, reviews), ...importHandlers(platform, reviews) };
}

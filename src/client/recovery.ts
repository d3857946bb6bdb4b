// What a page does first after a crash or reload.
import type { DatasetRecord } from '../shared/domain/sample.ts';
import type { Database } from '../shared/storage/database.ts';
import { settleInterruptedImports } from '../shared/storage/datasets.ts';
import { DATA_WRITER_LOCK } from '../shared/storage/locks.ts';

/** Marks imports that were cut short as `partial`, unless another tab is importing right now. @returns those it marked */
export function settleAfterCrash(openDb: () => Promise<Database>): Promise<DatasetRecord[]> {
  return navigator.locks.request(DATA_WRITER_LOCK, { ifAvailable: true }, async (lock) =>
    lock ? settleInterruptedImports(await openDb()) : [],
  );
}

// Opens the database, migrates it, and runs transactions with typed errors. What is stored: schema.ts.
import type { IDBPDatabase, IDBPTransaction, StoreNames, StoreValue } from 'idb';
import { openDB } from 'idb';
import { WorkbenchError } from '../errors.ts';
import type { WorkbenchSchema } from './schema.ts';
import { DATABASE_NAME, DATABASE_VERSION } from './schema.ts';

export type Database = IDBPDatabase<WorkbenchSchema>;
export type StoreName = StoreNames<WorkbenchSchema>;

type UpgradeTransaction = IDBPTransaction<WorkbenchSchema, StoreName[], 'versionchange'>;
type Migration = (db: Database, transaction: UpgradeTransaction) => void | Promise<void>;

/** `MIGRATIONS[n]` takes version n to n + 1. A released entry is never changed. */
export const MIGRATIONS: readonly Migration[] = [createFirstVersion];

export interface DatabaseEvents {
  /** Another tab holds an older version open; the user should close it. */
  onBlocked?: () => void;
  /** This connection was closed because another tab wants to upgrade, or the browser ended it. The page must reload. */
  onClosed?: (cause: 'upgrade' | 'terminated') => void;
}

/**
 * Opens the database at the newest version.
 * @param name another name keeps tests apart
 * @throws E-STORAGE when the browser refuses storage or a newer version of the app has upgraded the data
 */
export async function openDatabase(events: DatabaseEvents = {}, name: string = DATABASE_NAME): Promise<Database> {
  try {
    return await openDB<WorkbenchSchema>(name, DATABASE_VERSION, {
      upgrade: async (db, oldVersion, _newVersion, transaction) => {
        for (const migrate of MIGRATIONS.slice(oldVersion)) await migrate(db, transaction);
      },
      blocked: () => events.onBlocked?.(),
      blocking: (_current, _blocked, event) => {
        if (event.target instanceof IDBDatabase) event.target.close();
        events.onClosed?.('upgrade');
      },
      terminated: () => events.onClosed?.('terminated'),
    });
  } catch (error) {
    throw openingError(error);
  }
}

/**
 * Runs `work` in one transaction and waits until it is on disk; anything thrown undoes all of it.
 * Inside, await nothing but requests of the transaction: IndexedDB commits as soon as it is idle. Await each put by itself, or
 * `queue` it: a value that cannot be cloned throws at once and would leave the other promises of a list unobserved.
 * @throws E-QUOTA or E-STORAGE; WorkbenchErrors of `work` pass through
 */
export async function transact<const Names extends readonly StoreName[], Mode extends 'readonly' | 'readwrite', Result>(
  db: Database,
  names: Names,
  mode: Mode,
  work: (transaction: IDBPTransaction<WorkbenchSchema, Names, Mode>) => Promise<Result>,
): Promise<Result> {
  try {
    const transaction = db.transaction(names, mode);
    transaction.done.catch(() => undefined); // `work` may throw first; awaited below otherwise
    try {
      const result = await work(transaction);
      await transaction.done;
      return result;
    } catch (error) {
      abortQuietly(transaction);
      throw transaction.error ?? error;
    }
  } catch (error) {
    throw storageError(error);
  }
}

/** Makes a request without waiting for it: faster than one await each. Its failure aborts the transaction, which `transact` throws. */
export function queue(request: Promise<unknown>): void {
  request.catch(() => undefined);
}

/** Records read per transaction: large enough to be fast, small enough for flat memory. */
const PAGE_SIZE = 2_000;

/**
 * The values of a key range in key order, page by page, so that memory stays flat.
 * @param pageSize values read at once
 */
export async function* readPages<Name extends StoreName>(
  db: Database,
  name: Name,
  range: IDBKeyRange,
  keyOf: (value: StoreValue<WorkbenchSchema, Name>) => IDBValidKey,
  pageSize = PAGE_SIZE,
): AsyncGenerator<StoreValue<WorkbenchSchema, Name>[]> {
  let rest = range;
  for (;;) {
    const page = await transact(db, [name], 'readonly', (tx) => tx.objectStore(name).getAll(rest, pageSize));
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    rest = IDBKeyRange.bound(keyOf(last), range.upper, true, range.upperOpen);
  }
}

/** Keys from `prefix/` up to, but not including, the next prefix. Ids must not hold a slash themselves. */
export function keysUnder(prefix: string): IDBKeyRange {
  return IDBKeyRange.bound(`${prefix}/`, `${prefix}0`, false, true); // "0" follows "/" in code point order
}

/** Every key of a compound store whose first part is `first`. */
export function keysStartingWith(...first: (string | number)[]): IDBKeyRange {
  return IDBKeyRange.bound(first, [...first, []]); // arrays sort after numbers and strings
}

function createFirstVersion(db: Database): void {
  db.createObjectStore('datasets', { keyPath: 'id' }).createIndex('createdAt', 'createdAt');
  for (const name of ['samples', 'images', 'thumbnails'] as const) {
    db.createObjectStore(name, { keyPath: 'id' }).createIndex('datasetId', 'datasetId');
  }
  db.createObjectStore('evals', { keyPath: 'id' }).createIndex('createdAt', 'createdAt');
  const answers = db.createObjectStore('answers', { keyPath: ['evalId', 'sampleId'] });
  answers.createIndex('evalId', 'evalId');
  answers.createIndex('sampleId', 'sampleId');
  db.createObjectStore('runs', { keyPath: 'id' }).createIndex('createdAt', 'createdAt');
  db.createObjectStore('steps', { keyPath: ['runId', 'step'] }).createIndex('runId', 'runId');
  const completions = db.createObjectStore('completions', { keyPath: ['runId', 'step', 'index'] });
  completions.createIndex('runId', 'runId');
  completions.createIndex('runStep', ['runId', 'step']);
  const checkpoints = db.createObjectStore('checkpoints', { keyPath: 'id' });
  checkpoints.createIndex('createdAt', 'createdAt');
  checkpoints.createIndex('runId', 'runId');
  db.createObjectStore('checkpointFiles', { keyPath: ['checkpointId', 'path'] }).createIndex('checkpointId', 'checkpointId');
  db.createObjectStore('modelCache', { keyPath: 'url' });
  db.createObjectStore('settings', { keyPath: 'key' });
  db.createObjectStore('journal', { autoIncrement: true });
}

function abortQuietly(transaction: { abort: () => void }): void {
  try {
    transaction.abort();
  } catch {
    // It had ended already: the failed request undid it.
  }
}

function storageError(error: unknown): unknown {
  if (error instanceof WorkbenchError || !(error instanceof DOMException)) return error;
  if (error.name === 'QuotaExceededError') {
    return new WorkbenchError('E-QUOTA', 'The browser has no storage left for this site.', {
      safe: 'What was stored before is unharmed; this last piece was not stored.',
      remedy: 'Delete data on the Device & storage page, or free disk space, then continue.',
    });
  }
  return new WorkbenchError('E-STORAGE', `The browser's database failed: ${error.message || error.name}`, {
    safe: 'What was stored before is unharmed; this last piece was not stored.',
    remedy: 'Reload the page. If it fails again, restart the browser.',
    details: { name: error.name },
  });
}

function openingError(error: unknown): unknown {
  if (!(error instanceof DOMException)) return storageError(error);
  if (error.name === 'VersionError') {
    return new WorkbenchError('E-STORAGE', 'The stored data was written by a newer version of this app.', {
      safe: 'The stored data is unharmed.',
      remedy: 'Open the newer version again, or reload without cache.',
    });
  }
  return new WorkbenchError('E-STORAGE', `The browser refuses to open its database: ${error.message || error.name}`, {
    safe: 'Nothing that is stored was changed.',
    remedy: 'Allow site data for this address, or leave the private window.',
    details: { name: error.name },
  });
}

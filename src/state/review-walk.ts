// Hands the files of a drop to the data worker while they are found, a few at a time: a list of 100,000 would be held twice, and
// describing all of it in one message would hold the page up for seconds.
import type { DataApi, DropEntry, ImportEntry, ImportReview } from '../shared/data-api.ts';
import type { Calls } from '../shared/rpc.ts';

/** Lists the files of a drop. */
export interface Walk {
  (onFound: (count: number) => void): Promise<ImportEntry[]>;
  /** Hands the files over as they are found, images of folders left closed; goes on when `take` has them. */
  lightly?: (take: (entries: DropEntry[]) => Promise<void>) => Promise<void>;
  /** The one folder it was, where the browser has a handle. */
  folder?: () => FileSystemDirectoryHandle | null;
}

/** Entries to review, or null when the drop was dealt with. */
export type TakeDrop = (entries: ImportEntry[]) => Promise<ImportEntry[] | null>;

/** Files in one message. */
const FILES_AT_ONCE = 100;

type ReviewCalls = Pick<Calls<DataApi>, 'addEntries' | 'review'>;

interface ReviewOptions {
  signal: AbortSignal;
  /** Hears the number of files found so far. */
  onFound?: (count: number) => void;
  /** Hears that the list is whole; then what was read of it. */
  onRead?: (read: { done: number; total: number }) => void;
  /** Handles drops that are no data. Only images of folders are left closed: where there is one, the drop is data. */
  take?: TakeDrop;
}

/**
 * Reviews what a walk finds.
 * @returns null when `take` dealt with it
 * @throws E-CANCELLED when stopped; as the call `review` otherwise
 */
export async function reviewWalk(
  data: ReviewCalls,
  walk: Walk,
  { signal, onFound, onRead, take = (entries) => Promise.resolve(entries) }: ReviewOptions,
): Promise<ImportReview | null> {
  const dropId = crypto.randomUUID();
  let sent = 0;
  const send = async (entries: readonly DropEntry[]) => {
    for (let start = 0; start < entries.length; start += FILES_AT_ONCE) {
      signal.throwIfAborted();
      sent = (await data.addEntries({ dropId, entries: entries.slice(start, start + FILES_AT_ONCE) }, { signal })).count;
      onFound?.(sent);
    }
  };
  const opened = await walkWith(walk, send, (count) => onFound?.(count));
  const rest = opened && (await take(opened));
  signal.throwIfAborted();
  if (opened && !rest) return null;
  const last = rest && rest.length <= FILES_AT_ONCE ? rest : [];
  onRead?.({ done: sent, total: sent + (rest?.length ?? 0) });
  if (rest && last.length === 0) await send(rest);
  return data.review(
    { dropId, entries: last },
    { signal, onProgress: ({ read, total }: { read: number; total: number }) => onRead?.({ done: read, total }) },
  );
}

/** Sends what is found once a closed image is among it. @returns the files of a drop that has none; null when all are sent */
async function walkWith(
  walk: Walk,
  send: (entries: readonly DropEntry[]) => Promise<void>,
  onFound: (count: number) => void,
): Promise<ImportEntry[] | null> {
  if (!walk.lightly) return walk(onFound);
  let opened: ImportEntry[] | null = [];
  await walk.lightly(async (entries) => {
    if (opened && entries.every((entry) => 'file' in entry)) {
      opened.push(...entries);
      onFound(opened.length);
      return;
    }
    const earlier: ImportEntry[] = opened ?? [];
    opened = null;
    await send([...earlier, ...entries]);
  });
  return opened;
}

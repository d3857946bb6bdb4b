// Hands the files of a drop to the data worker a few at a time: describing a file costs the page up to a millisecond, and 100,000 in
// one message would hold it up for seconds.
import type { DataApi, DropEntry, ImportReview } from '../shared/protocol.ts';
import type { CallOptions, Calls } from '../shared/rpc.ts';

/** Files in one message. */
const FILES_AT_ONCE = 100;

type ReviewCalls = Pick<Calls<DataApi>, 'addEntries' | 'review'>;

/**
 * Reviews a drop.
 * @param entries are taken out of the list as they are sent, so that their files are held once
 * @throws E-CANCELLED when stopped; as the call `review` otherwise
 */
export async function reviewEntries(
  data: ReviewCalls,
  entries: DropEntry[],
  { signal, onProgress }: CallOptions<DataApi['review']['progress']> = {},
): Promise<ImportReview> {
  if (entries.length <= FILES_AT_ONCE) return data.review({ entries }, { signal, onProgress });
  const dropId = crypto.randomUUID();
  const total = entries.length;
  while (entries.length > FILES_AT_ONCE) {
    const { count } = await data.addEntries({ dropId, entries: entries.splice(0, FILES_AT_ONCE) }, { signal });
    onProgress?.({ read: count, total });
  }
  return data.review({ dropId, entries: entries.splice(0) }, { signal, onProgress });
}

// Tells every tab and worker that a record changed, so that lists stay fresh without polling.
import type { StoreName } from './database.ts';

/** What changed. `id` is the record's id, or its owner's (the eval of an answer, the run of a step). */
export interface StorageChange {
  store: StoreName;
  id: string;
}

const CHANNEL_NAME = 'prpo-workbench-changes';
let sender: BroadcastChannel | null = null;

/** Announces a committed write to all subscribers, those of this thread too. */
export function announceChange(store: StoreName, id: string): void {
  sender ??= openChannel();
  sender.postMessage({ store, id } satisfies StorageChange);
}

/** Calls `listener` for every announced change. Returns the unsubscribe function. */
export function onStorageChange(listener: (change: StorageChange) => void): () => void {
  const channel = openChannel();
  channel.addEventListener('message', (event: MessageEvent<StorageChange>) => listener(event.data));
  return () => channel.close();
}

function openChannel(): BroadcastChannel {
  const channel: BroadcastChannel & { unref?: () => void } = new BroadcastChannel(CHANNEL_NAME);
  channel.unref?.(); // in Node an open channel would keep the process alive
  return channel;
}

// Whether the page is being laid out for paper. The browser waits for nothing then: what is to be printed is drawn at once.
import { useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';

const followers = new Set<() => void>();
let isPrinting = false;

function tell(value: boolean): void {
  isPrinting = value;
  flushSync(() => followers.forEach((follow) => follow()));
}
const start = (): void => tell(true);
const end = (): void => tell(false);

function follow(changed: () => void): () => void {
  if (followers.size === 0) {
    addEventListener('beforeprint', start);
    addEventListener('afterprint', end);
  }
  followers.add(changed);
  return () => {
    followers.delete(changed);
    if (followers.size > 0) return;
    removeEventListener('beforeprint', start);
    removeEventListener('afterprint', end);
    isPrinting = false;
  };
}

/** True from the browser's `beforeprint` to its `afterprint`; a view that follows it is drawn anew before the browser goes on. */
export function usePrinting(): boolean {
  return useSyncExternalStore(follow, () => isPrinting);
}

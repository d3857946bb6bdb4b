// Requests to other hosts since the page was opened, of the page and its workers, as a view follows them.
import { useEffect, useState } from 'react';
import type { ForeignRequest } from '../shared/foreign-requests.ts';
import { onAnnouncedRequest, watchForeignRequests } from '../shared/foreign-requests.ts';

const known: ForeignRequest[] = [];
const followers = new Set<() => void>();
let isWatching = false;

/** Watches from the first follower on for as long as the page lives: who looks later must see what came before. */
function watch(): void {
  if (isWatching) return;
  isWatching = true;
  const add = (request: ForeignRequest) => {
    known.push(request);
    for (const follow of followers) follow();
  };
  watchForeignRequests('page', add);
  onAnnouncedRequest(add);
}

/** All of them, oldest first; meant to stay empty. */
export function useForeignRequests(): readonly ForeignRequest[] {
  const [requests, setRequests] = useState<readonly ForeignRequest[]>(() => [...known]);
  useEffect(() => {
    watch();
    const follow = () => setRequests([...known]);
    followers.add(follow);
    follow();
    return () => void followers.delete(follow);
  }, []);
  return requests;
}

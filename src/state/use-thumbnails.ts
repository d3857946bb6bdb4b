// Object URLs of the thumbnails on screen. A bounded cache: what scrolled far away is released.
import { useEffect, useRef, useState } from 'react';
import { SamplesStore } from './samples.ts';

/** URLs kept at once; a screen shows about a hundred. */
const CACHE_SIZE = 600;

/** Loads the given ids; returns what is there so far. `null` = stored without a thumbnail. */
export function useThumbnails(ids: readonly string[]): ReadonlyMap<string, string | null> {
  const samples = SamplesStore.useApi();
  const [cache, setCache] = useState(() => new Map<string, string | null>());
  const [, setVersion] = useState(0);
  const wanted = ids.join('\n');
  /** Another one after a re-scan: the same ids then may have other pictures. Empty while images are being stored. */
  const contentHash = SamplesStore.use(({ dataset }) => dataset?.contentHash ?? '');
  const lastHash = useRef('');

  useEffect(() => {
    if (contentHash === '') return;
    if (lastHash.current !== '' && lastHash.current !== contentHash) setCache(new Map());
    lastHash.current = contentHash;
  }, [contentHash]);

  useEffect(() => {
    let current = true;
    const missing = wanted.split('\n').filter((id) => id && !cache.has(id));
    if (missing.length === 0) return undefined;
    const load = async () => {
      const blobs = await samples.getState().readThumbnails(missing);
      if (!current) return;
      for (const [index, id] of missing.entries()) keep(cache, id, blobs[index]);
      setVersion((version) => version + 1);
    };
    load().catch(() => undefined); // a closed database is reported by the storage store; the tiles stay grey
    return () => {
      current = false;
    };
  }, [samples, wanted, cache]);

  useEffect(() => {
    return () => {
      for (const url of cache.values()) if (url) URL.revokeObjectURL(url);
      cache.clear();
    };
  }, [cache]);
  return cache;
}

function keep(cache: Map<string, string | null>, id: string, blob: Blob | undefined): void {
  if (cache.has(id)) return;
  cache.set(id, blob ? URL.createObjectURL(blob) : null);
  for (const [oldest, url] of cache) {
    if (cache.size <= CACHE_SIZE) return;
    cache.delete(oldest);
    if (url) URL.revokeObjectURL(url);
  }
}

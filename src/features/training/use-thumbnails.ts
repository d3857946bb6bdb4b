// Object URLs of thumbnails, made once per id and given back when the view goes.
import { useEffect, useRef, useState } from 'react';
import { SamplesStore } from '../../state/samples.ts';

/** Thumbnail URLs by sample id; ids whose thumbnail is not here are left out. */
export function useThumbnails(ids: readonly string[]): Readonly<Record<string, string>> {
  const samples = SamplesStore.useApi();
  const made = useRef(new Map<string, string>());
  const [urls, setUrls] = useState<Record<string, string>>({});
  const key = ids.join('\n');
  useEffect(() => {
    const missing = key.split('\n').filter((id) => id !== '' && !made.current.has(id));
    if (missing.length === 0) return;
    void samples
      .getState()
      .readThumbnails(missing)
      .then((blobs) => {
        blobs.forEach((blob, i) => {
          const id = missing[i];
          if (blob && id !== undefined && !made.current.has(id)) made.current.set(id, URL.createObjectURL(blob));
        });
        setUrls(Object.fromEntries(made.current));
      });
  }, [key, samples]);
  useEffect(() => {
    const all = made.current;
    return () => {
      for (const url of all.values()) URL.revokeObjectURL(url);
      all.clear();
    };
  }, []);
  return urls;
}

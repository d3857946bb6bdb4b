// A picture that takes a while to compute: how far it is, and stopping it.
import { useState } from 'react';
import { useNewestShown, type AsyncValue, type Shown } from '../../../components/use-async.ts';
import type { PictureWatch } from '../../../state/inspection-state.ts';

export interface PictureWork<Value> extends AsyncValue<Shown<Value>> {
  /** Done of the work, 0..1; null before there is news of it. */
  share: number | null;
  isStopped: boolean;
  stop: () => void;
  /** Begins what was stopped. */
  again: () => void;
}

/** Works for the newest key alone; what was stopped begins again when it is asked for, or with another key. */
export function usePictureWork<Value extends { image: Blob }>(
  key: string,
  load: (watch: PictureWatch) => Promise<Value>,
): PictureWork<Value> {
  const [stopped, setStopped] = useState<string | null>(null);
  const [news, setNews] = useState<{ key: string; share: number } | null>(null);
  const isStopped = stopped === key;
  const shown = useNewestShown(isStopped ? null : key, (signal) => load({ signal, onProgress: (share) => setNews({ key, share }) }));
  return {
    ...shown,
    share: shown.isLoading && news?.key === key ? news.share : null,
    isStopped,
    stop: () => setStopped(key),
    again: () => setStopped(null),
  };
}

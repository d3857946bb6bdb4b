// One thing at a time: what a newer one or a closed dialog has overtaken changes nothing any more.
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';

export interface Guard {
  /** Ends the work before it and runs this; its failure counts only while it is the newest. */
  run: (work: (signal: AbortSignal) => Promise<void>) => Promise<void>;
  /** Asks the running work to end; what it ends with still counts. */
  stop: () => void;
  /** Ends it and forgets it. */
  drop: () => void;
}

/** @param onFailed hears errors; null means that the work was stopped */
export function createGuard(onFailed: (error: ErrorRecord | null) => void): Guard {
  let abort = new AbortController();
  return {
    run: async (work) => {
      abort.abort();
      abort = new AbortController();
      const { signal } = abort;
      try {
        await work(signal);
      } catch (error) {
        const record = toErrorRecord(error);
        if (abort.signal === signal) onFailed(record.code === 'E-CANCELLED' ? null : record);
      }
    },
    stop: () => abort.abort(),
    drop: () => {
      abort.abort();
      abort = new AbortController();
    },
  };
}

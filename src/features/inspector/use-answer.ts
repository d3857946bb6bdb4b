// The answer on show about one image: stored with an evaluation, kept of an earlier visit, or asked now.
import { useEffect, useRef } from 'react';
import type { StoredAnswer } from '../../state/inspection-state.ts';
import type { Reading } from './reading.ts';
import type { InspectAddress } from './use-address.ts';
import { useModelReading, useStoredAnswers, type ModelReading } from './use-explanation.ts';

export interface ShownAnswer {
  /** Of all models; undefined while they are read. */
  stored: readonly StoredAnswer[] | undefined;
  main: ModelReading;
  /** The model works on it. */
  isBusy: boolean;
  /** The finished answer; null while one is being written. */
  reading: Reading | null;
}

/** Runs the model once when the address asks for it and nothing is known yet. */
function useRunAtOnce(wanted: boolean, isKnown: boolean, run: () => void, clear: () => void): void {
  const done = useRef(false);
  useEffect(() => {
    if (!wanted || done.current) return;
    done.current = true;
    if (!isKnown) run();
    clear();
  }, [wanted, isKnown, run, clear]);
}

/** What the address chooses; asks at once where it says so. */
export function useAnswer({ modelId, precision, from, patch, runAtOnce }: InspectAddress, sampleId: string): ShownAnswer {
  const stored = useStoredAnswers(sampleId);
  const asked = useModelReading(modelId, sampleId, { precision, from });
  const run = () => {
    if (from !== null) patch({ from: null });
    asked.run();
  };
  const main = { ...asked, run };
  const isReady = stored !== undefined && modelId !== null && main.isReady;
  useRunAtOnce(runAtOnce && isReady, main.reading !== null, run, () => patch({ run: null }));
  const isBusy = main.state?.phase === 'loading' || main.state?.phase === 'generating';
  return { stored, main, isBusy, reading: isBusy ? null : main.reading };
}

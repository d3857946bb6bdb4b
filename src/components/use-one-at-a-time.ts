// An action that must not begin again while it runs: a second click on Start would make a second record.
import { useRef, useState } from 'react';

/** @returns `run`, which does nothing while the last call of it has not settled, and whether that is so */
export function useOneAtATime(work: () => Promise<void>): { isBusy: boolean; run: () => void } {
  const isRunning = useRef(false);
  const [isBusy, setIsBusy] = useState(false);
  const run = () => {
    if (isRunning.current) return;
    isRunning.current = true;
    setIsBusy(true);
    void work().finally(() => {
      isRunning.current = false;
      setIsBusy(false);
    });
  };
  return { isBusy, run };
}

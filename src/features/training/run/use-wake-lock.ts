// Keeps the screen on while a run works. The browser gives the lock up whenever the tab is hidden, so it is asked for again.
import { useEffect, useState } from 'react';

export interface WakeLock {
  /** The browser can do it at all. */
  isPossible: boolean;
  isWanted: boolean;
  /** The lock is held now. */
  isHeld: boolean;
  setWanted: (wanted: boolean) => void;
  /** The tab was hidden during this run, so steps may have been slower. */
  wasHidden: boolean;
}

/** @param isWorking a run is live; without one the lock is given back */
export function useWakeLock(isWorking: boolean): WakeLock {
  const isPossible = 'wakeLock' in navigator;
  const [isWanted, setWanted] = useState(false);
  const [isHeld, setHeld] = useState(false);
  const [wasHidden, setHidden] = useState(false);
  useEffect(() => {
    if (!isWorking) return undefined;
    let lock: WakeLockSentinel | null = null;
    let isOver = false;
    const ask = async () => {
      if (!isWanted || !isPossible || document.visibilityState !== 'visible') return;
      try {
        const given = await navigator.wakeLock.request('screen');
        if (isOver) return void given.release();
        lock = given;
        setHeld(true);
        given.addEventListener('release', () => setHeld(false));
      } catch {
        setHeld(false); // low battery or a policy: the switch stays on and the words say that it is not held
      }
    };
    const onChange = () => {
      if (document.visibilityState === 'hidden') setHidden(true);
      else void ask();
    };
    document.addEventListener('visibilitychange', onChange);
    void ask();
    return () => {
      isOver = true;
      document.removeEventListener('visibilitychange', onChange);
      void lock?.release();
    };
  }, [isWorking, isWanted, isPossible]);
  return { isPossible, isWanted, isHeld, setWanted, wasHidden };
}

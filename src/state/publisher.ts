// Gathers fast progress into few store updates: React sees at most four a second (engineering/dependencies.md 5).

const PUBLISH_INTERVAL_MS = 250;

export interface Publisher {
  /** Asks for a flush; the first of a quiet time comes at once, later ones wait for the interval. */
  request: () => void;
  /** Flushes now what is waiting, and stops the timer. */
  finish: () => void;
}

/** @param flush moves everything gathered so far into the store; called with nothing gathered never */
export function createPublisher(flush: () => void, intervalMs = PUBLISH_INTERVAL_MS): Publisher {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let waiting = false;
  const tick = () => {
    timer = null;
    if (!waiting) return;
    waiting = false;
    timer = setTimeout(tick, intervalMs);
    flush();
  };
  return {
    request: () => {
      waiting = true;
      if (timer === null) tick();
    },
    finish: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      if (waiting) {
        waiting = false;
        flush();
      }
    },
  };
}

// How fast a long job goes and how long it will take, from its progress of the last seconds: the speed of its start says little
// about the rest when an import first skips what is stored.

export interface Pace {
  perSecond: number;
  /** Time left at this speed. */
  etaMs: number;
}

export interface PaceMeter {
  /** Takes the next progress. @returns null until enough is known */
  add: (done: number, total: number) => Pace | null;
  /** Forgets the past, as after a pause. */
  reset: () => void;
}

const WINDOW_MS = 20_000;
const MARK_EVERY_MS = 500;
/** Less than this says nothing. */
const FEWEST_MS = 3_000;

/** @param now in milliseconds */
export function createPaceMeter(now: () => number = () => performance.now()): PaceMeter {
  let marks: { atMs: number; done: number }[] = [];
  return {
    reset: () => {
      marks = [];
    },
    add: (done, total) => {
      const atMs = now();
      const newest = marks.at(-1);
      if (!newest || atMs - newest.atMs >= MARK_EVERY_MS) marks.push({ atMs, done });
      marks = marks.filter((mark) => atMs - mark.atMs <= WINDOW_MS);
      const [oldest] = marks;
      if (!oldest || atMs - oldest.atMs < FEWEST_MS || done <= oldest.done) return null;
      const perSecond = (1000 * (done - oldest.done)) / (atMs - oldest.atMs);
      return { perSecond, etaMs: (1000 * Math.max(0, total - done)) / perSecond };
    },
  };
}

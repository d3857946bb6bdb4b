// What a screen reader says of work in progress. The eye sees every tick; the ear gets one sentence in five seconds at most.
import { useEffect, useRef, useState } from 'react';
import styles from './Table.module.css';

/** Shortest time between two sentences, ms. */
const PAUSE_MS = 5000;

/** The newest value, but never sooner than `PAUSE_MS` after the one before. */
function useSpaced(words: string): string {
  const [said, setSaid] = useState(words);
  const saidAt = useRef(-PAUSE_MS);
  useEffect(() => {
    if (words === said) return undefined;
    const say = () => {
      saidAt.current = performance.now();
      setSaid(words);
    };
    const timer = setTimeout(say, Math.max(0, saidAt.current + PAUSE_MS - performance.now()));
    return () => clearTimeout(timer);
  }, [words, said]);
  return said;
}

/** A live region that is not seen. */
export function Spoken({ words }: { words: string }) {
  const said = useSpaced(words);
  return (
    <span role="status" className={styles.srOnly} data-testid="spoken">
      {said}
    </span>
  );
}

/** A growing count of unknown end in steps of 1, 2, 5, 10, 20, 50 and so on. */
export function spokenCount(count: number): number {
  if (count < 1) return 0;
  const power = 10 ** Math.floor(Math.log10(count));
  const digit = count / power;
  return (digit >= 5 ? 5 : digit >= 2 ? 2 : 1) * power;
}

/** `done` of `total` in steps of ten percent, so that long work is not told piece by piece. */
export function spokenShare(done: number, total: number, what: string): string {
  return `${total > 0 ? Math.floor((10 * done) / total) * 10 : 0} % of ${what} done.`;
}

// A value that moves quickly, such as a slider's or a text's: on show at once, handed up once it rests. The address follows it this
// much later, for browsers refuse many changes of it in a short time.
import { useEffect, useEffectEvent, useState } from 'react';

const SETTLE_MS = 250;

interface Moving<Value> {
  value: Value;
  /** Handed up: from then on the outside decides what is shown. */
  isSent: boolean;
}

/**
 * @param value as it is known outside; what a link changes is taken over, unless it is being moved here
 * @returns what to show, and how to move it
 */
export function useSettled<Value>(value: Value, onSettle: (value: Value) => void): { shown: Value; move: (value: Value) => void } {
  const [moving, setMoving] = useState<Moving<Value> | null>(null);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    if (moving?.isSent) setMoving(null);
  }
  const settle = useEffectEvent((next: Value) => {
    setMoving(next === value ? null : { value: next, isSent: true });
    if (next !== value) onSettle(next);
  });
  useEffect(() => {
    if (moving === null || moving.isSent) return undefined;
    const timer = setTimeout(() => settle(moving.value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [moving]);
  return { shown: moving ? moving.value : value, move: (next) => setMoving({ value: next, isSent: false }) };
}

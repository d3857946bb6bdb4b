// Spreads one change that many heavy views follow over many short tasks, so that the page answers in between.
import { useEffect, useRef, useState } from 'react';
import { usePrinting } from './use-printing.ts';

/** One entry per view that waits; the newest value of a view replaces its older one. */
const waiting = new Map<object, () => void>();
let timer: ReturnType<typeof setTimeout> | null = null;

/** Long enough for a frame and for input between two views. */
const PAUSE_MS = 20;

function next(): void {
  const [entry] = waiting;
  timer = null;
  if (!entry) return;
  waiting.delete(entry[0]);
  if (waiting.size > 0) timer = setTimeout(next, PAUSE_MS);
  entry[1]();
}

/** Asks for a turn. @returns takes the wish back */
function ask(key: object, run: () => void): () => void {
  waiting.set(key, run);
  timer ??= setTimeout(next, 0);
  return () => {
    waiting.delete(key);
  };
}

/** The value, one view after the other: a view draws a new one in a task of its own, in the order in which the views asked. */
export function useInTurn<Value>(value: Value): Value {
  const [shown, setShown] = useState(value);
  const place = useRef({});
  useEffect(() => ask(place.current, () => setShown(value)), [value]);
  return shown;
}

/** False until the turn of a view has come that need not be there at once, then true; on paper all are there. */
export function useTurn(): boolean {
  const [hasCome, setHasCome] = useState(false);
  const place = useRef({});
  useEffect(() => (hasCome ? undefined : ask(place.current, () => setHasCome(true))), [hasCome]);
  return usePrinting() || hasCome;
}

// A value that is computed elsewhere, by its key: loading, there, or failed.
import { useEffect, useRef, useState } from 'react';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';

export interface AsyncValue<Value> {
  value: Value | null;
  error: ErrorRecord | null;
  isLoading: boolean;
}

/**
 * Loads when the key changes; null loads nothing. What arrives for an older key is dropped.
 * @param release what is to be done with a value that is no longer shown
 */
export function useAsync<Value>(key: string | null, load: () => Promise<Value>, release?: (value: Value) => void): AsyncValue<Value> {
  const [settled, setSettled] = useState<{ key: string; value: Value | null; error: ErrorRecord | null } | null>(null);
  const newest = useRef({ load, release });
  useEffect(() => {
    newest.current = { load, release };
  });
  useEffect(() => {
    if (key === null) return undefined;
    let isCurrent = true;
    let held: Value | undefined;
    const drop = (value: Value) => newest.current.release?.(value);
    newest.current.load().then(
      (value) => {
        if (!isCurrent) return drop(value);
        held = value;
        setSettled({ key, value, error: null });
      },
      (error: unknown) => {
        if (isCurrent) setSettled({ key, value: null, error: toErrorRecord(error) });
      },
    );
    return () => {
      isCurrent = false;
      if (held === undefined) return;
      drop(held);
      setSettled(null); // the same key again is loaded anew: what was released is not shown meanwhile
    };
  }, [key]);
  const current = key !== null && settled?.key === key ? settled : null;
  return { value: current?.value ?? null, error: current?.error ?? null, isLoading: key !== null && current === null };
}

/**
 * As `useAsync`, for heavy work whose key changes faster than it is done: at most one load runs. Another key, null too, cancels it by
 * the signal, and what was asked for in between is never begun.
 */
export function useNewest<Value>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<Value>,
  release?: (value: Value) => void,
): AsyncValue<Value> {
  const running = useRef({ settled: Promise.resolve(), controller: new AbortController() });
  // What is under way for one key is given up for the next.
  // oxlint-disable-next-line react/exhaustive-effect-dependencies
  useEffect(() => () => running.current.controller.abort(), [key]);
  const begin = async () => {
    const { settled } = running.current;
    const controller = new AbortController();
    const own = settled.then(() => {
      controller.signal.throwIfAborted();
      return load(controller.signal);
    });
    running.current = { controller, settled: own.then(ignore, ignore) };
    return own;
  };
  return useAsync(key, begin, release);
}

const ignore = (): void => undefined;

/** A picture with an address for showing it. */
export type Shown<Value> = Value & { url: string };

const withAddress = <Value extends { image: Blob }>(value: Value): Shown<Value> => ({ ...value, url: URL.createObjectURL(value.image) });
const releaseAddress = ({ url }: { url: string }): void => URL.revokeObjectURL(url);

/** As `useAsync`, for what holds a picture; its address lives as long as it is shown. */
export function useShown<Value extends { image: Blob }>(key: string | null, load: () => Promise<Value>): AsyncValue<Shown<Value>> {
  return useAsync(key, async () => withAddress(await load()), releaseAddress);
}

/** As `useNewest`, for what holds a picture. */
export function useNewestShown<Value extends { image: Blob }>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<Value>,
): AsyncValue<Shown<Value>> {
  return useNewest(key, async (signal) => withAddress(await load(signal)), releaseAddress);
}

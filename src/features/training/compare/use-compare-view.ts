// The view of the Compare page, kept in its address.
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { CompareAddress } from './address.ts';
import { readAddress, writeAddress } from './address.ts';

export type ChangeView = (patch: Partial<CompareAddress>) => void;

/** @returns the view and how to change parts of it; the page can be reloaded or sent as a link at any time */
export function useCompareView(): [CompareAddress, ChangeView] {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => readAddress(params), [params]);
  const change: ChangeView = (patch) => setParams((now) => writeAddress({ ...readAddress(now), ...patch }), { replace: true });
  return [view, change];
}

/** A list with one entry taken out or put in. */
export function toggled(list: readonly string[], entry: string): string[] {
  return list.includes(entry) ? list.filter((other) => other !== entry) : [...list, entry];
}

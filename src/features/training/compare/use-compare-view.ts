// The view of the Compare page, kept in its address.
import { useMemo } from 'react';
import { useParameters } from '../../../components/use-parameters.ts';
import type { CompareAddress } from './address.ts';
import { readAddress, writeAddress } from './address.ts';

export type ChangeView = (patch: Partial<CompareAddress>) => void;

/** @returns the view and how to change parts of it; the page can be reloaded or sent as a link at any time */
export function useCompareView(): [CompareAddress, ChangeView] {
  const [params, change] = useParameters();
  const view = useMemo(() => readAddress(params), [params]);
  return [view, (patch) => change((now) => writeAddress({ ...readAddress(now), ...patch }))];
}

/** A list with one entry taken out or put in. */
export function toggled(list: readonly string[], entry: string): string[] {
  return list.includes(entry) ? list.filter((other) => other !== entry) : [...list, entry];
}

// The parameters of the address and how to change them. The router hands a change those of the last drawing: two quick ones, or one
// while a heavy page is still being drawn, would take the first back.
import { useSearchParams } from 'react-router';
import { currentAddress } from './address.ts';

type Change = (change: (now: URLSearchParams) => URLSearchParams, state?: unknown) => void;

/**
 * @returns the parameters, and a change that starts from the address as it is now; it makes no entry in the history. `state` stays with
 * the entry, also over a reload
 */
export function useParameters(): [URLSearchParams, Change] {
  const [params, setParams] = useSearchParams();
  const now = (): URLSearchParams => (location.hash === '' ? new URLSearchParams(params) : currentAddress().params);
  return [params, (change, state) => setParams(change(now()), { replace: true, state })];
}

// A choice that a link may make beforehand: which record is chosen, and whether the link asked for one that is not here.
import { useState } from 'react';
import { useSearchParams } from 'react-router';

export interface LinkChoice<Item> {
  /** The chosen one, else the preferred one, else the first; undefined where there are none. */
  item: Item | undefined;
  choose: (id: string) => void;
  /** The id that the link names and none has, once all are known and nothing else was chosen; otherwise null. */
  missing: string | null;
}

/** @param isKnown whether `items` are all there are; @param preferred taken where the link names none */
export function useLinkChoice<Item extends { id: string }>(
  parameter: string,
  items: readonly Item[],
  isKnown: boolean,
  preferred: string | null = null,
): LinkChoice<Item> {
  const [params] = useSearchParams();
  const wanted = params.get(parameter);
  const [chosen, choose] = useState(wanted);
  const found = items.find(({ id }) => id === (chosen ?? preferred));
  return {
    item: found ?? items[0],
    choose,
    missing: isKnown && chosen !== null && chosen === wanted && !found ? wanted : null,
  };
}

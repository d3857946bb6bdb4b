// The view of the picture in the address. Wheels and fingers move it faster than addresses may change, so the address follows when
// they rest.
import { useEffect, useRef, useState, type Dispatch, type SetStateAction } from 'react';
import type { InspectAddress } from '../use-address.ts';
import { inside, readView, WHOLE_IMAGE, writeView, type ImageView } from './image-view.ts';
import type { PictureSize } from './picture-frame.ts';

/** How long the picture rests before the address says how it is looked at, ms. */
const REST_MS = 250;

/** @param size of the picture as shown; a view that shows none of it is moved */
export function useAddressView({ read, patch }: InspectAddress, size: PictureSize): [ImageView, Dispatch<SetStateAction<ImageView>>] {
  const written = read('at');
  const [moved, setMoved] = useState<{ from: string | null; view: ImageView } | null>(null);
  const settled = inside((written === null ? null : readView(written)) ?? WHOLE_IMAGE, size);
  // Once the address says something else, be it by this hand or by a link, it counts.
  const view = moved && moved.from === written ? moved.view : settled;
  const newest = useRef({ view, written, patch });
  useEffect(() => {
    newest.current = { view, written, patch };
  });
  useEffect(() => {
    if (!moved) return undefined;
    const timer = setTimeout(() => newest.current.patch({ at: writeView(moved.view) }), REST_MS);
    return () => clearTimeout(timer);
  }, [moved]);
  const setView = (action: SetStateAction<ImageView>): void => {
    const { view: old, written: from } = newest.current;
    const next = typeof action === 'function' ? action(old) : action;
    newest.current = { ...newest.current, view: next }; // keys repeat faster than the page draws
    setMoved({ from, view: next });
  };
  return [view, setView];
}

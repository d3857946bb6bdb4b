// A new page starts at its top; going back comes to the place that was left.
import { useEffect, useRef } from 'react';
import { NavigationType, useLocation, useNavigationType } from 'react-router';
import { pageOf } from './page-of.ts';

/** How long a page may take to become as high as it was, ms. */
const GROWS_MS = 1500;

/** Scrolls to `top` as soon as the page is high enough, unless the user scrolls first. @returns gives up */
function scrollWhenHigh(top: number): () => void {
  const until = performance.now() + GROWS_MS;
  let asked = 0;
  const look = (): void => {
    const room = document.documentElement.scrollHeight - window.innerHeight;
    if (room >= top || performance.now() > until) window.scrollTo(0, top);
    else asked = requestAnimationFrame(look);
  };
  const end = (): void => {
    cancelAnimationFrame(asked);
    for (const name of ['wheel', 'pointerdown', 'keydown']) window.removeEventListener(name, end);
  };
  for (const name of ['wheel', 'pointerdown', 'keydown']) window.addEventListener(name, end, { passive: true });
  look();
  return end;
}

/** Installs both for as long as the component lives. */
export function useScroll(): void {
  const { key, pathname } = useLocation();
  const isBack = useNavigationType() === NavigationType.Pop;
  const page = pageOf(pathname);
  const tops = useRef(new Map<string, number>());
  const shown = useRef<string | null>(null);
  useEffect(() => {
    const isNew = shown.current !== null && shown.current !== page;
    shown.current = page;
    const known = isBack ? (tops.current.get(key) ?? 0) : 0;
    if (isNew && known === 0) window.scrollTo(0, 0);
    const giveUp = isNew && known > 0 ? scrollWhenHigh(known) : undefined;
    const remember = (): void => void tops.current.set(key, window.scrollY);
    if (!isNew) remember();
    window.addEventListener('scroll', remember, { passive: true });
    return () => {
      giveUp?.();
      window.removeEventListener('scroll', remember);
    };
  }, [key, page, isBack]);
}

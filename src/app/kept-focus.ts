// When the element that has the focus goes away (a closed dialog, a deleted row, a button that did its work), browsers leave the
// focus on nothing, and those who work with keys begin anew. This gives it to what is nearest instead.
import { pageOf } from './page-of.ts';

/** How long an element may take to come back on a page that is drawn anew, such as the next image of Inspect. */
const COMES_BACK_MS = 4000;
/** Places that had the focus before; more than a dialog has, so that its opener is among them. */
const HISTORY = 60;

const FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex]';
/** One step of the way from an element up to its scope, with its neighbours as they were. */
interface Level {
  element: Element;
  next: Element | null;
  previous: Element | null;
}

interface Place {
  element: HTMLElement;
  scope: Element | null;
  levels: readonly Level[];
  /** As `pageOf` says. */
  page: string;
  signature: string;
  /** Seen disabled, as a button is while its work runs. */
  wasOff: boolean;
  /** When it was found to be gone, ms; null before. */
  goneAt: number | null;
}

const pageNow = (): string => pageOf(location.hash.slice(1).split('?')[0] ?? '');

/** What an element is called, to find it again on a page that is drawn anew. */
function signatureOf(element: Element): string {
  const name = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 60);
  return `${element.tagName} ${element.getAttribute('data-testid') ?? name ?? ''}`;
}

function placeOf(element: HTMLElement): Place {
  // What the focus does not leave by itself: the page with its own header, a dialog, or the bar above.
  const scope = element.closest('main, [role=dialog]') ?? element.closest('header');
  const levels: Level[] = [];
  let at: Element | null = scope && element;
  while (at && at !== scope) {
    levels.push({ element: at, next: at.nextElementSibling, previous: at.previousElementSibling });
    at = at.parentElement;
  }
  return { element, scope, levels, page: pageNow(), signature: signatureOf(element), wasOff: false, goneAt: null };
}

function isUsable(element: HTMLElement): boolean {
  const isOff = !element.isConnected || element.tabIndex < 0 || element.matches(':disabled, [aria-hidden=true] *, [inert] *');
  return !isOff && element.checkVisibility();
}

const usableIn = (root: Element): HTMLElement[] => [...root.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(isUsable);

/** The first element in there, itself included, that takes the focus. */
function firstUsable(root: Element | null): HTMLElement | null {
  if (!root?.isConnected) return null;
  if (root instanceof HTMLElement && root.matches(FOCUSABLE) && isUsable(root)) return root;
  return usableIn(root)[0] ?? null;
}

/** Beside what is gone, then around it, up to its scope. */
function nearest({ levels }: Place): HTMLElement | null {
  for (const { element, next, previous } of levels) {
    const found = element.isConnected ? firstUsable(element) : (firstUsable(next) ?? firstUsable(previous));
    if (found) return found;
  }
  return null;
}

/** The same element of a page that was drawn anew; null where there is none yet or more than one. */
function twinOf({ signature }: Place, main: Element): HTMLElement | null {
  const same = usableIn(main).filter((element) => signatureOf(element) === signature);
  return same.length === 1 ? (same[0] ?? null) : null;
}

/** The newest place that is still there, or what is beside it: a menu whose choice deleted the row that it was opened from. */
function homeInHistory(history: readonly Place[]): HTMLElement | null {
  for (const place of history.toReversed()) {
    if (isUsable(place.element)) return place.element;
    const near = place.scope?.isConnected && place.page === pageNow() ? nearest(place) : null;
    if (near) return near;
  }
  return null;
}

/** Where the focus goes from a place that is gone; null: not yet known. */
function homeOf(place: Place, history: readonly Place[]): HTMLElement | null {
  const main = document.querySelector('main');
  const { scope, page, goneAt } = place;
  if (!scope?.isConnected) return homeInHistory(history) ?? main;
  const near = nearest(place);
  if (near || scope !== main) return near ?? firstUsable(scope) ?? main;
  const mayComeBack = page === pageNow() && goneAt !== null && performance.now() - goneAt < COMES_BACK_MS;
  return page === pageNow() ? (twinOf(place, main) ?? (mayComeBack ? null : main)) : main;
}

/**
 * Watches the document from now on. After a press of the pointer it leaves all as it is: its user has a place of their own.
 * @returns ends it
 */
export function keepFocus(): () => void {
  let last: Place | null = null;
  let history: Place[] = [];
  let isPointer = false;
  let asked = 0;

  const look = (): void => {
    asked = 0;
    if (!last || isPointer || document.activeElement !== document.body) return;
    const { element } = last;
    if (isUsable(element)) {
      if (last.wasOff) element.focus();
    } else if (element.isConnected && element.matches(':disabled')) {
      last.wasOff = true;
    } else {
      last.goneAt ??= performance.now();
      const home = homeOf(last, history);
      if (home) home.focus({ preventScroll: home.matches('main') });
      else ask();
    }
  };
  const ask = (): void => {
    if (last && asked === 0) asked = requestAnimationFrame(look);
  };
  const onFocus = ({ target }: Event): void => {
    if (!(target instanceof HTMLElement)) return;
    last = placeOf(target);
    history = [...history.filter(({ element }) => element !== target), last].slice(-HISTORY);
  };
  /** What lets go of the focus and is still there did so by will. */
  const onBlur = ({ target }: Event): void => {
    requestAnimationFrame(() => {
      if (last?.element === target && document.activeElement === document.body && isUsable(last.element)) last = null;
    });
  };
  const onKey = (): void => {
    isPointer = false;
    // A dialog that this very key has closed is gone before the key comes here; it waits for its look.
    const isJustLost = asked !== 0 && last?.goneAt === null;
    if (document.activeElement === document.body && !isJustLost) last = null;
  };
  const onPointer = (): void => {
    isPointer = true;
  };

  const observer = new MutationObserver(ask);
  observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled', 'style', 'hidden'] });
  const listeners = { focusin: onFocus, focusout: onBlur, keydown: onKey, pointerdown: onPointer };
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener, true);
  return () => {
    observer.disconnect();
    cancelAnimationFrame(asked);
    for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener, true);
  };
}

// Goes through an open page or dialog with the Tab key alone and says what a person without a pointer would miss.
import type { Page } from '@playwright/test';

/** The part that runs in the page. */
interface Walker {
  /** Notes what has the focus now. */
  note: () => 'new' | 'again' | 'none';
  faults: () => string[];
}

declare global {
  interface Window {
    tabWalk?: Walker;
  }
}

/** Longest walk: a page with more stops than this is a fault of its own. */
const MAX_STOPS = 250;

/** Puts the walker into the page, anew at each call; must be self-contained, as it is sent there as text. */
function install(): void {
  const CONTROLS = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  /** Reached with arrow keys from the one of their group that is a Tab stop, or, boxes of the gallery, with the key x. */
  const ROVING = '[role=tab], [role=gridcell] *, [role=option], [role=menuitem], input[type=radio], [aria-hidden=true] *';
  /** Where the pointer has a way of its own and keys have another: drops, zoom and pan, chart figures, labels of fields. */
  const TWINNED =
    '[data-testid=drop-zone], [data-image-frame], [data-testid=region-picker], [data-testid=image-stage] *, figure *, label, .mantine-Slider-root *, .mantine-Input-input, [role=listbox]';
  const LOOK = [
    'outlineStyle',
    'outlineWidth',
    'outlineColor',
    'boxShadow',
    'borderTopColor',
    'borderBottomColor',
    'backgroundColor',
  ] as const;
  const seen: Element[] = [];
  const found: string[] = [];
  let last: { element: Element; look: string } | null = null;

  const root = () => [...document.querySelectorAll('[role=dialog]')].at(-1) ?? document.body;
  const nameOf = (element: Element) =>
    `${element.tagName.toLowerCase()} "${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40)}" ${element.closest('[data-testid]')?.getAttribute('data-testid') ?? ''}`;
  /** What shows the focus: the element, its neighbours (a styled box beside a hidden input) and its parents. */
  const lookOf = (element: Element) =>
    [
      element,
      element.nextElementSibling,
      element.previousElementSibling,
      element.firstElementChild,
      element.parentElement,
      element.parentElement?.parentElement,
    ]
      .map((one) => {
        const style = one ? getComputedStyle(one) : null;
        return style ? LOOK.map((name) => style[name]).join(' ') : '';
      })
      .join('|');
  /** Share of nine points of the element at which nothing else covers it. */
  const shownShare = (element: Element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const shares = [0.05, 0.5, 0.95].flatMap((x) => [0.1, 0.5, 0.9].map((y) => [left + width * x, top + height * y] as const));
    const own = shares.filter(([x, y]) => {
      const on = document.elementFromPoint(x, y);
      return on !== null && (element.contains(on) || element.parentElement?.contains(on) || on.contains(element));
    });
    return own.length / shares.length;
  };
  const isThere = (element: Element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.matches(':disabled, [aria-disabled=true], [inert] *');
  const hasClick = (element: Element) => {
    const key = Object.keys(element).find((name) => name.startsWith('__reactProps$'));
    const props: unknown = key ? Reflect.get(element, key) : null;
    return typeof props === 'object' && props !== null && ('onClick' in props || 'onPointerDown' in props || 'onMouseDown' in props);
  };

  window.tabWalk = {
    note: () => {
      const element = document.activeElement;
      if (last && last.element !== element && last.look === lookOf(last.element))
        found.push(`focus is not visible: ${nameOf(last.element)}`);
      last = null;
      if (!element || element === document.body) return 'none';
      if (seen.includes(element)) return 'again';
      seen.push(element);
      const isStop = element instanceof HTMLElement && element.tabIndex >= 0; // a new page's main part has the focus without being a stop
      last = isStop ? { element, look: lookOf(element) } : null;
      if (shownShare(element) === 0) found.push(`has the focus but is covered or out of sight: ${nameOf(element)}`);
      return 'new';
    },
    faults: () => {
      const all = [...root().querySelectorAll('*')].filter(isThere);
      const missed = all.filter(
        (element) => element.matches(CONTROLS) && !element.matches(`${ROVING}, [tabindex="-1"]`) && !seen.includes(element),
      );
      const dead = all.filter(
        (element) =>
          hasClick(element) && !element.matches(`${CONTROLS}, ${ROVING}, ${TWINNED}, [tabindex="-1"]`) && !element.querySelector(CONTROLS),
      );
      const groups = [...root().querySelectorAll('[role=tablist]')].filter(
        (list) => isThere(list) && !seen.some((one) => list.contains(one)),
      );
      return [
        ...found,
        ...missed.map((element) => `Tab does not reach: ${nameOf(element)}`),
        ...dead.map((element) => `takes a click but no key: ${nameOf(element)}`),
        ...groups.map((list) => `no Tab stop in the group: ${nameOf(list)}`),
      ];
    },
  };
}

/** Once around, from where the focus is; an open dialog must keep it. @returns one line per fault */
export async function tabWalk(page: Page): Promise<string[]> {
  await page.evaluate(install);
  const isDialog = await page.evaluate(() => {
    window.tabWalk?.note();
    return document.querySelector('[role=dialog]') !== null;
  });
  let stops = 0;
  let ends = 0; // past the last element the focus is on nothing, once, before it begins anew
  for (let state: string | undefined = 'new'; state !== 'again' && ends < 2 && stops < MAX_STOPS; stops++) {
    await page.keyboard.press('Tab');
    state = await page.evaluate(async () => {
      await new Promise(requestAnimationFrame);
      // The skip link slides in: it is looked at where it comes to rest.
      await Promise.allSettled((document.activeElement?.getAnimations() ?? []).map(({ finished }) => finished));
      return window.tabWalk?.note();
    });
    if (state === 'none') ends++;
    if (isDialog && ends > 0) return ['the dialog lets the focus go'];
  }
  const faults = await page.evaluate(() => window.tabWalk?.faults() ?? []);
  return stops < MAX_STOPS ? faults : [...faults, `no way around in ${MAX_STOPS} presses of Tab`];
}

// Every page of the reading desk with data on it: WCAG 2.2 AA by axe in both themes, one heading, and no sideways scroll of the page at 320 and 400 px, at 200 % zoom of a 1280 px window and with the wider
// spacing of WCAG 1.4.12.
import { expect, test, type Page } from '@playwright/test';
import axe from 'axe-core';
import { importTinyData } from './tiny-run.ts';

test.use({ trace: 'off' }); // its snapshots of some forty pages take longer than the test

const PATH = 'aster/test/fake/000000.png';
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** CSS px: 1280 px at 400 %, a telephone, and 1280 px at 200 %. */
const NARROW_WIDTHS = [320, 400, 640];
/** WCAG 1.4.12, which also says that nothing may be lost by it. */
const SPACING =
  '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }';
const WIDE = { width: 1280, height: 900 };

declare global {
  interface Window {
    axe?: typeof axe;
  }
}

/** What axe finds, one line per element. */
function check(page: Page, options: axe.RunOptions): Promise<string[]> {
  return page.evaluate(async (runOptions) => {
    const found = await window.axe?.run(document, { ...runOptions, resultTypes: ['violations'] });
    if (!found) throw new Error('axe is not on the page');
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
    );
  }, options);
}

/** The theme is on and drawn. */
async function setTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** What is still found when the page has had time to finish its layout: charts and lists follow a change of size a moment later. */
async function settled(look: () => Promise<string[]>): Promise<string[]> {
  let found = await look();
  for (let wait = 250; found.length > 0 && wait <= 2000; wait *= 2) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    found = await look();
  }
  return found;
}

/** Findings on the page as it is, all rules in both themes. */
async function faults(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  // Scrolled, the bar that stays on top covers what happens to lie under it, which axe takes for a target that is too small.
  await page.evaluate(() => scrollTo(0, 0));
  const all: axe.RunOptions = { runOnly: { type: 'tag', values: WCAG }, rules: { 'target-size': { enabled: true } } };
  const found = await check(page, all);
  await setTheme(page, 'dark');
  const dark = await check(page, all);
  await setTheme(page, 'light');
  return [...found, ...dark.map((fault) => `dark ${fault}`)];
}

/** Whole words of buttons and headings that are cut off, as the page is now. */
function cutWords(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('h1, h2, h3, button, button *, th, label')]
      .filter((element) => element.checkVisibility() && getComputedStyle(element).overflowX === 'hidden')
      .filter((element) => getComputedStyle(element).textOverflow !== 'ellipsis' && getComputedStyle(element).clipPath === 'none')
      .filter((element) => element.scrollWidth > element.clientWidth + 1)
      .map((element) => `words are cut off: ${element.outerHTML.slice(0, 160)}`),
  );
}

/** Widths at which the page itself scrolls sideways, with what sticks out furthest. */
async function overflows(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const width of NARROW_WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const spacing = width === 320 ? await page.addStyleTag({ content: SPACING }) : null;
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const sticksOut = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      if (scrollWidth <= clientWidth) return null;
      const scrolls = (element: Element | null): boolean =>
        element !== null && (getComputedStyle(element).overflowX !== 'visible' || scrolls(element.parentElement));
      const free = [...document.querySelectorAll('main *')].filter((element) => !scrolls(element.parentElement?.closest('main *') ?? null));
      const rights = free.map((element) => ({ element, right: element.getBoundingClientRect().right }));
      const widest = rights.reduce((most, other) => (other.right > most.right ? other : most));
      return `${scrollWidth} px: ${widest.element.outerHTML.slice(0, 160)}`;
    });
    if (sticksOut) found.push(`at ${width} px ${sticksOut}`);
    if (spacing) {
      found.push(...(await cutWords(page)));
      await spacing.evaluate((element) => element.parentNode?.removeChild(element));
    }
  }
  await page.setViewportSize(WIDE);
  return found;
}

test('every page and tab of the reading desk is free of WCAG 2.2 AA faults in both themes and fits narrow windows', async ({ page }) => {
  test.setTimeout(600_000);
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  const dataset = encodeURIComponent(await importTinyData(page));
  const inspect = `/#/inspect/${dataset}/${encodeURIComponent(PATH)}`;
  const found: Record<string, string[]> = {};
  const look = async (name: string) => {
    const headings = await page.locator('h1').count();
    const here = [...(await settled(() => faults(page))), ...(await settled(() => overflows(page)))];
    if (headings !== 1) here.push(`${headings} headings of the first level`);
    if (process.env['ACCESS_LOG']) console.log(new Date().toISOString(), name, JSON.stringify(here, null, 1));
    if (here.length > 0) found[name] = here;
  };
  const visit = async (address: string, ready = 'h1') => {
    await page.goto(address);
    await expect(page.locator(ready).first()).toBeVisible({ timeout: 60_000 });
    await look(address);
  };
  const hook = (id: string) => `[data-testid="${id}"]`;

  await test.step('evaluation', async () => {
    await visit('/#/eval');
    await visit(`/#/eval/new?dataset=${dataset}`, hook('eval-start'));
    await page.getByTestId('eval-start').click();
    await expect(page.getByTestId('eval-report')).toHaveAttribute('data-state', 'done', { timeout: 120_000 });
    await page.getByTestId('threshold-validate').click();
    await page.getByTestId('threshold-freeze').click({ timeout: 120_000 });
    await expect(page.getByTestId('frozen-threshold')).toBeVisible();
    await page.getByTestId('threshold-cell').first().click();
    await look('report');
    await visit('/#/eval', 'table');
    await visit('/#/eval/domains', hook('domain-matrix'));
    await visit('/#/eval/gone?model=nano', hook('error-notice'));
  });

  await test.step('data', async () => {
    await visit('/#/data', hook('dataset-card'));
    await visit(`/#/data/${dataset}`, hook('gallery-item'));
    await page.getByTestId('gallery-item').first().click();
    await look('quick view');
    await page.goto(`/#/data/${dataset}?tab=health`);
    await page.getByTestId('checks-run').click();
    await expect(page.getByTestId('health-report')).toHaveAttribute('data-compared', /\d+/);
    await look('health report');
    await page.goto(`/#/data/${dataset}?tab=splits`);
    await page.getByTestId('subset-draw').click();
    await look('splits');
    await page.goto(`/#/data/${dataset}?tab=text`);
    await expect(page.getByTestId('text-statistics')).toBeVisible({ timeout: 60_000 });
    await look('text statistics');
  });

  await test.step('inspector', async () => {
    await visit('/#/inspect');
    await visit(`${inspect}?run=1`, hook('paragraph-card'));
    for (const tab of ['reference', 'tokens', 'group', 'history', 'whatif', 'forensic'])
      await visit(`${inspect}?tab=${tab}`, hook(`tab-${tab}`));
    await page.goto(`${inspect}?tab=group`);
    await page.getByTestId('group-run').click();
    await expect(page.getByTestId('group-answer').first()).toBeVisible({ timeout: 120_000 });
    await look('group');
    await page.goto(`${inspect}?tab=compare`);
    await page.getByTestId('compare-run').click();
    await expect(page.getByTestId('change-table')).toBeVisible({ timeout: 60_000 });
    await look('before and after');
    for (const view of ['noise', 'spectrum', 'metadata']) await visit(`${inspect}?tab=forensic&view=${view}`, hook('forensic'));
    await visit(`/#/report/${dataset}/${encodeURIComponent(PATH)}`, hook('report-sheet'));
    await visit('/#/case');
    await visit('/#/inspect/gone/a.png', hook('error-notice'));
  });

  await test.step('learn', async () => {
    await visit('/#/learn');
    await visit('/#/learn/quiz', hook('quiz-question'));
    while ((await page.getByTestId('quiz-question').count()) > 0) await page.getByTestId('quiz-fake').click();
    await expect(page.getByTestId('quiz-result')).toBeVisible({ timeout: 120_000 });
    await look('quiz result');
  });
  expect(found).toEqual({});
});

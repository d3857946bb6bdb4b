// The whole desk without a pointer: no click, no hover. Every dialog takes the focus, keeps it and gives it back; what goes away hands
// the focus on; keys can be moved; links to what is not here say so.
import { expect, test, type Locator, type Page } from '@playwright/test';
import { compareRecords, storeRecords } from './compare-seed.ts';
import { tabWalk } from './tab-walk.ts';
import { importTinyData } from './tiny-run.ts';

const DIALOG = '[role=dialog]';

/** Presses keys on an element that has been given the focus; `tabWalk` shows elsewhere that Tab gets there. */
async function press(locator: Locator, ...keys: string[]): Promise<void> {
  await locator.focus();
  for (const key of keys) await locator.page().keyboard.press(key);
}

/** Opens a dialog, walks through it, closes it with Escape. @returns faults */
async function walkDialog(page: Page, name: string, open: () => Promise<void>, opener: Locator): Promise<string[]> {
  await open();
  await expect(page.locator(DIALOG)).toBeVisible();
  await expect(page.locator(`${DIALOG} :focus`)).toHaveCount(1);
  const faults = await tabWalk(page);
  if ((await page.locator(`${DIALOG} :focus`).count()) === 0) faults.push('the dialog lets the focus go');
  await page.keyboard.press('Escape');
  await expect(page.locator(DIALOG)).toHaveCount(0);
  await expect(opener, `${name} gives the focus back`).toBeFocused();
  return faults.map((fault) => `${name}: ${fault}`);
}

/** Chooses an item of an open menu with the arrow keys. */
async function chooseItem(page: Page, name: RegExp): Promise<void> {
  const item = page.getByRole('menuitem', { name });
  await expect(item).toBeVisible();
  await expect(async () => {
    await page.keyboard.press('ArrowDown');
    await expect(item).toBeFocused({ timeout: 100 });
  }).toPass();
  await page.keyboard.press('Enter');
}

test('dialogs, menus, deletions and moved keys work with keys alone, and the focus is never lost', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const dataset = encodeURIComponent(await importTinyData(page));
  await storeRecords(page, compareRecords());
  const faults: string[] = [];
  const main = page.locator('main');

  await test.step('frame', async () => {
    await page.goto('/#/data');
    await page.reload();
    const goTo = page.getByRole('button', { name: /^Go to/ });
    faults.push(...(await walkDialog(page, 'palette', () => press(goTo, 'Enter'), goTo)));
    const help = page.getByRole('button', { name: 'Keyboard shortcuts' });
    faults.push(...(await walkDialog(page, 'key sheet', () => press(help, 'Enter'), help)));
    await press(goTo, 'Enter');
    await page.locator('[role=combobox]').waitFor();
    await page.keyboard.type('Evaluations of');
    await page.keyboard.press('Escape');
    await press(page.getByRole('link', { name: 'Browse' }), 'Enter');
    await expect(page.getByTestId('gallery-item').first()).toBeVisible();
    await expect(main, 'a new page has the focus').toBeFocused();
  });

  await test.step('gallery', async () => {
    const items = page.getByTestId('gallery-item');
    await press(items.first(), 'Enter');
    const view = page.getByRole('complementary', { name: 'Quick view' });
    await expect(view).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(view).toHaveCount(0);
    await expect(items.first()).toBeFocused();
    await page.keyboard.press('Enter');
    await press(page.getByRole('button', { name: 'Close quick view' }), 'Enter');
    await expect(view).toHaveCount(0);
    await expect(items.first(), 'the image has the focus again').toBeFocused();
  });

  await test.step('deleting', async () => {
    await page.goto('/#/eval');
    const last = page.getByRole('button', { name: 'Delete eval-prpo' });
    await press(last, 'Enter');
    await expect(page.getByRole('button', { name: 'Keep' }), 'a second Enter deletes nothing').toBeFocused();
    await page.keyboard.press('Enter');
    await expect(last).toBeFocused();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await expect(last).toHaveCount(0);
    await expect(page.locator('main :focus')).toHaveCount(1);
  });

  await test.step('a deletion is taken back from wherever the focus is', async () => {
    await page.goto('/#/train');
    const run = page.getByRole('link', { name: 'PRPO seed 1' });
    const more = page.getByRole('button', { name: 'More for PRPO seed 1' });
    await press(more, 'Enter');
    await chooseItem(page, /^Delete/);
    await expect(run).toHaveCount(0);
    await page.keyboard.press('Control+z');
    await expect(run).toBeVisible();
    await expect(page.getByTestId('notice-action')).toHaveCount(0);
  });

  await test.step('dialogs of data and models', async () => {
    await page.goto('/#/data');
    const card = page.getByTestId('dataset-card');
    for (const opener of [page.getByTestId('dataset-rescan'), card.getByRole('button', { name: 'Delete' })]) {
      faults.push(...(await walkDialog(page, 'dataset', () => press(opener, 'Enter'), opener)));
    }
    await page.goto('/#/models');
    const more = page.getByTestId('model-actions').last();
    for (const item of [/Lineage/, /Compare weights/, /Name, note/, /^Delete/]) {
      const open = async () => {
        await press(more, 'Enter');
        await chooseItem(page, item);
      };
      faults.push(...(await walkDialog(page, `model ${item.source}`, open, more)));
    }
  });

  await test.step('next image', async () => {
    await page.goto(`/#/inspect/${dataset}/${encodeURIComponent('aster/test/fake/000000.png')}`);
    const next = page.getByTestId('inspect-next');
    await expect(next).toBeEnabled();
    await press(next, 'Enter');
    await expect(page).toHaveURL(/aster%2Ftest%2Freal/);
    await expect(next, 'pressed again without looking for it').toBeFocused();
  });

  await test.step('region without a pointer', async () => {
    await page.goto(`/#/inspect/${dataset}/${encodeURIComponent('aster/test/fake/000000.png')}?tab=whatif`);
    const region = page.getByRole('button', { name: /^Region:/ });
    const before = await region.getAttribute('aria-label');
    await press(region, 'ArrowRight', 'Shift+ArrowDown');
    await expect(region).not.toHaveAttribute('aria-label', before ?? '');
    await expect(page, 'arrows of the region leave the image alone').toHaveURL(/aster%2Ftest%2Ffake/);
  });

  await test.step('moved keys', async () => {
    await page.goto('/#/settings');
    await page.getByTestId('key-usual').focus();
    await page.keyboard.type('j');
    await page.getByTestId('key-own').focus();
    await page.keyboard.type('x');
    await expect(page.getByTestId('key-conflict')).toContainText('Pick for tags');
    await expect(page.getByTestId('key-add')).toBeDisabled();
    await page.getByTestId('key-own').press('Backspace');
    await page.keyboard.type('w');
    await press(page.getByTestId('key-add'), 'Enter');
    await expect(page.getByTestId('key-map')).toContainText('w in place of j');
    await page.goto(`/#/data/${dataset}`);
    const items = page.getByTestId('gallery-item');
    await press(items.first(), 'w');
    await expect(items.nth(1)).toBeFocused();
    await page.keyboard.press('j');
    await expect(items.nth(1), 'the usual key does nothing any more').toBeFocused();
    await page.goto('/#/settings');
    await press(page.getByRole('button', { name: 'Give j its usual key back' }), 'Enter');
    await expect(page.getByTestId('key-map').locator('li')).toHaveCount(0);
    await expect(page.locator('main :focus')).toHaveCount(1);
  });
  expect(faults).toEqual([]);
});

test('the Tab key reaches everything on every page, and the focus is always seen', async ({ page }) => {
  test.setTimeout(400_000);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const dataset = encodeURIComponent(await importTinyData(page));
  await storeRecords(page, compareRecords());
  const inspect = `/#/inspect/${dataset}/${encodeURIComponent('aster/test/fake/000000.png')}`;
  const hook = (id: string) => `[data-testid="${id}"]`;
  /** Address, and what shows that the page is whole. */
  const states: [address: string, ready: string][] = [
    ['/#/', hook('try-demo')],
    ['/#/data', hook('dataset-card')],
    [`/#/data/${dataset}`, hook('gallery-item')],
    [`/#/data/${dataset}?tab=health`, hook('checks-run')],
    [`/#/data/${dataset}?tab=splits`, hook('subset-draw')],
    [`/#/data/${dataset}?tab=text`, hook('text-statistics')],
    ['/#/eval', 'table'],
    [`/#/eval/new?dataset=${dataset}`, hook('eval-start')],
    ['/#/eval/eval-prpo', hook('eval-report')],
    ['/#/eval/domains', hook('domain-matrix')],
    [`${inspect}?run=1`, hook('paragraph-card')],
    ...['reference', 'tokens', 'group', 'history', 'whatif', 'forensic'].map((tab): [string, string] => [
      `${inspect}?tab=${tab}`,
      hook(`tab-${tab}`),
    ]),
    ['/#/case', 'h1'],
    ['/#/train', 'h1'],
    [`/#/train/new?dataset=${dataset}`, hook('train-start')],
    ['/#/run/run-prpo1', hook('chart')],
    ['/#/compare?runs=run-prpo1,run-grpo1', hook('chart')],
    ['/#/models', hook('model-actions')],
    ['/#/device', 'h1'],
    ['/#/settings', hook('key-usual')],
    ['/#/learn', 'h1'],
    ['/#/learn/quiz', hook('quiz-question')],
    ['/#/held-out', hook('held-out-start')],
  ];
  const faults: Record<string, string[]> = {};
  for (const [address, ready] of states) {
    await page.goto(address);
    await expect(page.locator(ready).first(), address).toBeVisible({ timeout: 60_000 });
    const found = await tabWalk(page);
    if (found.length > 0) faults[address] = found;
  }
  expect(faults).toEqual({});
});

test('a link to something that is not here says what is missing and offers a way on', async ({ page }) => {
  const dataset = encodeURIComponent(await importTinyData(page));
  await storeRecords(page, compareRecords());
  const image = `/#/inspect/${dataset}/${encodeURIComponent('aster/test/fake/000000.png')}`;
  const links: [address: string, what: RegExp][] = [
    ['/#/data/lost-set', /dataset "lost-set"/],
    [`/#/data/${dataset}?sample=lost.png`, /lost\.png/],
    ['/#/eval/lost-eval', /evaluation "lost-eval"/],
    [`/#/eval/new?dataset=lost-set`, /dataset “lost-set”.*tiny stands in its place/],
    [`/#/eval/new?dataset=${dataset}&model=lost-model`, /model “lost-model”/],
    ['/#/run/lost-run', /run "lost-run"/],
    ['/#/train/new?dataset=lost-set&model=lost-model', /dataset “lost-set”/],
    ['/#/compare?runs=lost-run,run-prpo1', /Not in this browser: lost-run/],
    [`/#/inspect/${dataset}/lost.png`, /holds no image "lost\.png"/],
    ['/#/inspect/lost-set/a.png', /dataset "lost-set"/],
    [`${image}?model=lost-model`, /model “lost-model”/],
    [`/#/report/${dataset}/lost.png`, /holds no image "lost\.png"/],
    ['/#/lost-page', /leads nowhere/],
  ];
  for (const [address, what] of links) {
    await page.goto(address);
    await expect(page.locator('main'), address).toContainText(what);
    expect(await page.locator('main').locator('a, button').count(), `${address} has a way on`).toBeGreaterThan(0);
    expect(await page.locator('h1').count(), `${address} has one heading`).toBe(1);
  }
  await page.goto('/#/compare?runs=run-prpo1,run-grpo1&metrics=reward&smooth=0.3');
  await expect(page.locator('[data-testid="chart"][data-metric="reward"]')).toBeVisible();
  await page.reload();
  await expect(page.locator('[data-testid="chart"][data-metric="reward"]'), 'the same view after a reload').toBeVisible();
});

test('every chart has a table with its figures, switched by keys', async ({ page }) => {
  await page.goto('/');
  await page.getByTestId('storage-chip').waitFor();
  await storeRecords(page, compareRecords());
  await page.goto('/#/run/run-prpo1');
  await page.reload();
  const charts = page.getByTestId('chart');
  await expect(charts.first()).toBeVisible();
  for (const chart of await charts.all()) {
    const points = Number(await chart.getAttribute('data-points'));
    await press(chart.getByRole('button', { name: /: show as table$/ }), 'Enter');
    await expect(chart.locator('tbody tr')).toHaveCount(points);
    await expect(chart.getByRole('region', { name: /: values$/ })).toHaveCount(points > 0 ? 1 : await chart.getByRole('region').count());
  }
  const reward = page.locator('[data-testid="chart"][data-metric="reward"]');
  const last = await reward.getByTestId('chart-last').getAttribute('data-value');
  await expect(reward.locator('tbody td').first()).toHaveText(Number(last).toFixed(4).replace(/0+$/, ''));
});

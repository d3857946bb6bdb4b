// What happens to the shell: two tabs, no storage, no network, a page that was closed in the middle.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { inspectFiles, readStore } from './page-database.ts';
import { COMPLETIONS_PER_STEP, expectRunEnds, importTinyData, resumeRun, stepsOf, storeTinyRun } from './tiny-run.ts';

/** A step or an answer on a machine that is busy with other things. */
const SLOW_MS = 120_000;

const status = (page: Page) => page.getByTestId('run-status');
const shownStep = async (page: Page): Promise<number> => Number(await status(page).getAttribute('data-step'));

test('a second tab follows a run live, cannot write, and takes it over; the first one stops and follows', async ({ page, context }) => {
  test.setTimeout(600_000);
  const maxSteps = 16;
  await storeTinyRun(page, { id: 'shared', datasetId: await importTinyData(page), maxSteps });
  await resumeRun(page, 'shared');
  await expect.poll(() => shownStep(page), { timeout: SLOW_MS }).toBeGreaterThan(0);
  const second = await context.newPage();
  await second.goto('/#/run/shared');
  await expect(second.getByTestId('writer-bar')).toHaveAttribute('data-record-id', 'shared');
  await expect(status(second)).toHaveAttribute('data-state', 'running');
  await expect(second.getByTestId('train-pause')).toBeDisabled();
  await expect(second.getByTestId('train-pause')).toHaveAttribute('title', /another tab works on/);
  const before = await shownStep(second);
  await expect.poll(() => shownStep(second), { intervals: [100] }).toBeGreaterThan(before);
  await second.goto('/#/eval/new');
  await expect(second.getByTestId('eval-start')).toBeDisabled();
  await second.goto('/#/run/shared');

  await second.getByTestId('take-over').click();
  await expect(page.locator('[data-testid="error-notice"][data-code="E-LOCKED"]')).toContainText('taken over');
  await expect(page.getByTestId('writer-bar')).toHaveAttribute('data-record-id', 'shared');
  await expect(status(page)).toHaveAttribute('data-followed', 'true');
  await expect(second.getByTestId('writer-bar')).toHaveCount(0);
  await expectRunEnds(second, maxSteps);
  await expectRunEnds(page, maxSteps);
  await expect(page.getByTestId('writer-bar')).toHaveCount(0);
  const steps = await stepsOf(second, 'shared');
  expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: maxSteps }, (_, index) => index + 1));
  const completions = await readStore<{ step: number; index: number }>(second, 'completions');
  expect(new Set(completions.map(({ step, index }) => `${step}/${index}`)).size).toBe(maxSteps * COMPLETIONS_PER_STEP);
  expect(completions).toHaveLength(maxSteps * COMPLETIONS_PER_STEP);
});

test('a full quota stops a run and an evaluation with what is safe and what could go; both go on when there is room', async ({
  page,
  baseURL,
}) => {
  test.setTimeout(600_000);
  const session = await page.context().newCDPSession(page);
  const limit = (quotaSize?: number) =>
    session.send('Storage.overrideQuotaForOrigin', { origin: baseURL ?? '', ...(quotaSize === undefined ? {} : { quotaSize }) });
  const full = page.locator('[data-testid="error-notice"][data-code="E-QUOTA"]').first();
  const datasetId = await importTinyData(page);
  const maxSteps = 1000; // Chromium trusts the free space it saw for half a minute, in which the run must not end
  await storeTinyRun(page, { id: 'full', datasetId, maxSteps });
  await resumeRun(page, 'full');
  await expect.poll(() => shownStep(page), { intervals: [50], timeout: SLOW_MS }).toBeGreaterThan(0);
  await limit(1000);
  await expect(full).toContainText('What was stored before is unharmed', { timeout: SLOW_MS });
  await expect(page.getByTestId('largest-items').first()).toContainText(/dataset .*tiny/);
  const before = (await stepsOf(page, 'full')).map(({ step }) => step);
  expect(before).toEqual(before.map((_, index) => index + 1));
  for (const { actualSha256, recordedSha256 } of await inspectFiles(page)) expect(actualSha256).toBe(recordedSha256);
  await limit();
  await page.getByTestId('train-resume').click();
  await expect.poll(() => shownStep(page), { timeout: SLOW_MS }).toBeGreaterThan(before.length);
  await page.getByTestId('train-stop').click();
  await expect(page.getByTestId('run-status')).toHaveAttribute('data-state', 'stopped', { timeout: SLOW_MS });
  const after = (await stepsOf(page, 'full')).map(({ step }) => step);
  expect(after).toEqual(after.map((_, index) => index + 1));
  expect(after.length).toBeGreaterThan(before.length);

  await page.goto(`/#/eval/new?dataset=${encodeURIComponent(datasetId)}`);
  await page.reload();
  await page.getByTestId('eval-start').click();
  const answers = () => readStore<{ sampleId: string }>(page, 'answers');
  await expect.poll(async () => (await answers()).length, { intervals: [50], timeout: SLOW_MS }).toBeGreaterThan(0);
  await limit(1000);
  await expect(full.or(page.locator('[data-testid="eval-report"][data-state="done"]')).first()).toBeVisible({ timeout: SLOW_MS });
  await limit();
  const resume = page.getByTestId('eval-resume');
  if (await resume.isVisible()) await resume.click();
  await expect(page.getByTestId('eval-report')).toHaveAttribute('data-state', 'done', { timeout: 120_000 });
  const ids = (await answers()).map(({ sampleId }) => sampleId);
  expect(new Set(ids).size).toBe(10);
  expect(ids).toHaveLength(10);
});

test('after a reload in the middle of a run every page offers to go on, and the log tells what happened', async ({ page }) => {
  test.setTimeout(600_000);
  const maxSteps = 5;
  await storeTinyRun(page, { id: 'reloaded', datasetId: await importTinyData(page), maxSteps });
  await resumeRun(page, 'reloaded');
  await expect.poll(() => shownStep(page), { intervals: [50], timeout: SLOW_MS }).toBeGreaterThan(0);
  await page.goto('/#/learn');
  await page.reload();
  const bar = page.getByTestId('recovery-bar');
  await expect(bar).toContainText(/reloaded.*: step \d of 5/);
  await bar.getByTestId('recovery-resume').click();
  await expect(bar).toHaveCount(0);
  await page.goto('/#/run/reloaded');
  await expectRunEnds(page, maxSteps);
  expect((await stepsOf(page, 'reloaded')).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
  await page.goto('/#/device');
  const log = page.getByTestId('journal');
  await expect(log.locator('[data-action="training"]').filter({ hasText: 'goes on after an interruption' })).toHaveCount(1);
  await expect(log.locator('[data-action="training"]').first()).toContainText('"reloaded": done');
  await expect(log.locator('[data-action="import"]')).toContainText('30 imported');
});

test('requests to other hosts are stopped and counted, in the page and in a worker', async ({ page }) => {
  await page.goto('/');
  const counter = page.getByTestId('network-counter');
  await expect(page.getByTestId('device-chip')).toHaveAttribute('data-backend', /simd|webgpu/);
  await expect(counter).toHaveAttribute('data-value', '0');
  await expect(counter).toHaveAttribute('data-blocked', '0');
  const ask = () =>
    fetch('https://example.com/').then(
      () => 'sent',
      () => 'stopped',
    );
  expect(await page.evaluate(ask)).toBe('stopped');
  await expect(counter).toHaveAttribute('data-blocked', '1');
  const worker = page.workers().find((one) => one.url().includes('engine'));
  expect(await worker?.evaluate(ask)).toBe('stopped');
  await expect(counter).toHaveAttribute('data-blocked', '2');
  await expect(counter).toHaveAttribute('data-value', '0');
  await expect(counter).toHaveAttribute('title', /example\.com \(engine worker\)/);
});

test('settings hold at once, survive a reload, leave as a file and come back; both pages pass axe in every look', async ({ page }) => {
  test.setTimeout(600_000);
  await page.goto('/#/settings');
  const choose = (setting: string, name: string) => page.getByTestId(setting).getByRole('button', { name }).click();
  for (const [theme, palette] of [
    ['Dark', 'Workbench'],
    ['Light', 'Okabe-Ito'],
  ] as const) {
    await choose('setting-theme', theme);
    await choose('setting-palette', palette);
    await expectNoSeriousIssue(page);
  }
  await choose('setting-theme', 'Dark');
  await choose('setting-palette', 'Okabe-Ito');
  await choose('setting-decimal-mark', '0,5');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-palette', 'safe');
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await expect(page.getByText('1234,568')).toBeVisible();
  const downloading = page.waitForEvent('download');
  await page.getByTestId('settings-export').click();
  const file = await (await downloading).path();
  await page.getByTestId('settings-reset').click();
  await expect(page.locator('html')).toHaveAttribute('data-palette', 'bench');
  await page.getByTestId('settings-import').setInputFiles({ name: 'no.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
  await expect(page.locator('[data-testid="error-notice"][data-code="E-SCHEMA"]')).toBeVisible();
  await page.getByTestId('settings-import').setInputFiles(file);
  await expect(page.locator('html')).toHaveAttribute('data-palette', 'safe');
  await page.goto('/#/device');
  await expect(page.getByTestId('journal').locator('[data-action="export"]')).toContainText('prpo-workbench-settings.json');
  for (const scheme of ['light', 'dark'] as const) {
    await page.evaluate((value) => document.documentElement.setAttribute('data-mantine-color-scheme', value), scheme);
    await expectNoSeriousIssue(page);
  }
});

async function expectNoSeriousIssue(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual([]);
}

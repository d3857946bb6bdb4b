// What happens to the shell: two tabs, no storage, no network, a page that was closed in the middle.
import { expect, test, type Page } from '@playwright/test';
import { readStore } from './page-database.ts';
import { COMPLETIONS_PER_STEP, expectRunEnds, importTinyData, resumeRun, stepsOf, storeTinyRun } from './tiny-run.ts';

const status = (page: Page) => page.getByTestId('run-status');
const shownStep = async (page: Page): Promise<number> => Number(await status(page).getAttribute('data-step'));

test('a second tab follows a run live, cannot write, and takes it over; the first one stops and follows', async ({ page, context }) => {
  test.setTimeout(400_000);
  const maxSteps = 16;
  await storeTinyRun(page, { id: 'shared', datasetId: await importTinyData(page), maxSteps });
  await resumeRun(page, 'shared');
  await expect.poll(() => shownStep(page)).toBeGreaterThan(0);
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

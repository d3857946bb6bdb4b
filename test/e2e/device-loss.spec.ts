// A graphics device that is really lost: the browser's GPU process is ended in the middle of a step, on the software adapter.
import { chromium, expect, test, type Browser, type Page } from '@playwright/test';
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium.mjs';
import { curveOf, expectRunEnds, importTinyData, resumeRun, stepsOf, storeTinyRun } from './tiny-run.ts';

const MAX_STEPS = 2;
const WEBGPU = '?backend=webgpu';
/** Two devices give the same numbers up to the order of additions. */
const FLOAT_NOISE = 1e-3;

let browser: Browser;
// Chromium gives no third device after two losses, so these tests have a browser of their own.
test.beforeEach(async () => {
  browser = await chromium.launch({ ...test.info().project.use.launchOptions, executablePath: findChromium(), args: CHROMIUM_FLAGS });
});
test.afterEach(() => browser.close());

async function endGpuProcess(): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess');
  await session.detach();
}

/** Waits until the run is in a phase of the step after `step`. */
async function waitForPhase(page: Page, step: number, label: string): Promise<void> {
  const status = page.locator(`[data-testid="run-status"][data-step="${step}"]`);
  await expect(status.getByRole('list', { name: 'Phases of a step' }).locator('[data-active]')).toContainText(label, { timeout: 300_000 });
}

async function expectSameCurve(page: Page, runId: string): Promise<void> {
  const [whole, other] = [curveOf(await stepsOf(page, 'whole')), curveOf(await stepsOf(page, runId))];
  expect(other.map(({ step }) => step)).toEqual(whole.map(({ step }) => step));
  for (const [index, { metrics }] of whole.entries()) {
    expect(Object.keys(other[index]?.metrics ?? {}).sort()).toEqual(Object.keys(metrics).sort());
    for (const [name, value] of Object.entries(metrics)) {
      const got = other[index]?.metrics[name] ?? NaN;
      expect(Math.abs(got - value), `${name} of step ${index + 1}: ${got} for ${value}`).toBeLessThanOrEqual(
        FLOAT_NOISE * Math.max(1, Math.abs(value)),
      );
    }
  }
}

test('a device lost in the update leaves the curve as it is; after a second loss, in generation, the CPU takes over and a way on is offered', async ({
  baseURL,
}) => {
  test.setTimeout(900_000);
  const page = await browser.newPage({ baseURL });
  const chip = page.getByTestId('device-chip');
  const datasetId = await importTinyData(page);
  for (const id of ['whole', 'killed', 'on-cpu']) await storeTinyRun(page, { id, datasetId, maxSteps: MAX_STEPS });
  await resumeRun(page, 'whole', WEBGPU);
  await expectRunEnds(page, MAX_STEPS);

  await resumeRun(page, 'killed', WEBGPU);
  await waitForPhase(page, 1, 'Update');
  await endGpuProcess();
  await expect(page.getByText('The graphics device was lost and made anew.')).toBeVisible({ timeout: 120_000 });
  await expectRunEnds(page, MAX_STEPS);
  await expectSameCurve(page, 'killed');
  await expect(chip).toHaveAttribute('data-backend', 'webgpu');

  await page.evaluate(() => (location.hash = '#/run/on-cpu'));
  await page.getByTestId('train-resume').click();
  await waitForPhase(page, 1, 'Generate');
  await endGpuProcess();
  const notice = page.locator('[data-testid="error-notice"][data-code="E-GPU-LOST"]');
  await expect(notice).toContainText('lost 2 times', { timeout: 120_000 });
  await expectRunEnds(page, MAX_STEPS);
  await expect(chip).toHaveAttribute('data-backend', 'simd');
  expect(curveOf(await stepsOf(page, 'on-cpu'))[0]).toEqual(curveOf(await stepsOf(page, 'whole'))[0]); // the step before the loss
  await notice.getByRole('button', { name: 'Open a smaller preset' }).click();
  await expect(page.getByTestId('train-start')).toBeVisible();
});

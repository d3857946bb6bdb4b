// The main job as a user does it, in a real Chromium on the built app: a DF-R5 folder on disk, of a benchmark seed that the built-in
// model never saw, is imported, evaluated, inspected and trained on. Figures are recomputed from what the page stored.
import { expect, test, type Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSampleData } from '../../workers/node/sample-data.ts';
import { readStore } from './page-database.ts';

const UNSEEN_SEED = 9001;
const PER_CLASS = 3;
/** Five domains, three splits, two labels. */
const IMAGES = 5 * 3 * 2 * PER_CLASS;
const TEST_IMAGES = IMAGES / 3;

let folder = '';
test.beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'prpo-main-')), 'unseen');
  await writeSampleData({ outDir: folder, seed: UNSEEN_SEED, perClass: PER_CLASS });
});
test.afterAll(() => rm(join(folder, '..'), { recursive: true, force: true }));

async function importFolder(page: Page): Promise<string> {
  await page.goto('/');
  await page.getByTestId('directory-input').first().setInputFiles(folder);
  const review = page.getByTestId('import-review');
  await expect(review).toHaveAttribute('data-found', String(IMAGES));
  await page.getByTestId('import-start').click();
  const summary = page.getByTestId('import-summary');
  await expect(summary).toHaveAttribute('data-imported', String(IMAGES), { timeout: 120_000 });
  await page.goto('/#/data');
  return (await page.getByTestId('dataset-card').first().getAttribute('data-dataset-id')) ?? '';
}

interface StoredAnswer {
  sampleId: string;
  label: string;
  predict: string | null;
  pFakeHead: number;
  paragraphs: { vcr: number; pcr: number; reward: number; keyword: string }[];
}

/** F1 of fake over the parsed answers, by hand. */
function f1Of(answers: readonly StoredAnswer[]): number {
  const count = (label: string, predict: string): number =>
    answers.filter((answer) => answer.label === label && answer.predict === predict).length;
  const hits = count('fake', 'fake');
  return (2 * hits) / (2 * hits + count('real', 'fake') + count('fake', 'real'));
}

/** Waits for a state of the run on the page. */
async function expectRun(page: Page, state: string, step: number): Promise<void> {
  const status = page.getByTestId('run-status');
  await expect(status).toHaveAttribute('data-state', state, { timeout: 240_000 });
  await expect(status).toHaveAttribute('data-step', String(step));
}

async function startRun(page: Page, dataset: string, steps: number): Promise<void> {
  await page.goto(`/#/train/new?dataset=${encodeURIComponent(dataset)}`);
  await page.getByTestId('train-max-steps').fill(String(steps));
  await page.getByTestId('train-num-generations').fill('4');
  await page.getByTestId('train-start').click();
  await expect(page.getByTestId('run-status')).toBeVisible();
}

test('a folder of an unseen seed is imported, evaluated, inspected and trained on, through reloads', async ({ page }) => {
  test.setTimeout(600_000);
  const dataset = await importFolder(page);

  await test.step('the gallery shows what was imported and filters it', async () => {
    await page.goto(`/#/data/${encodeURIComponent(dataset)}?split=test`);
    await expect(page.getByTestId('gallery-count')).toHaveAttribute('data-value', String(TEST_IMAGES));
    await page.goto(`/#/data/${encodeURIComponent(dataset)}?split=test&label=fake&domain=cedar`);
    await expect(page.getByTestId('gallery-count')).toHaveAttribute('data-value', String(PER_CLASS));
    await expect(page.getByTestId('gallery-item').first()).toHaveAttribute('data-domain', 'cedar');
  });

  await test.step('the test split is evaluated, a reload in between loses nothing, and F1 is that of the stored answers', async () => {
    await page.goto(`/#/eval/new?dataset=${encodeURIComponent(dataset)}`);
    await page.getByTestId('eval-start').click();
    await expect.poll(async () => (await readStore(page, 'answers')).length, { timeout: 120_000 }).toBeGreaterThan(0);
    await page.reload();
    const report = page.getByTestId('eval-report');
    await expect(report).toHaveAttribute('data-state', /done|paused/);
    if ((await report.getAttribute('data-state')) === 'paused') await page.getByTestId('eval-resume').click();
    await expect(report).toHaveAttribute('data-state', 'done', { timeout: 180_000 });
    const answers = await readStore<StoredAnswer>(page, 'answers');
    expect(new Set(answers.map(({ sampleId }) => sampleId)).size).toBe(TEST_IMAGES);
    const metric = (name: string) => page.locator(`[data-testid="eval-metric"][data-name="${name}"][data-domain="all"]`).first();
    expect(Number(await metric('f1').getAttribute('data-value'))).toBeCloseTo(f1Of(answers), 6);
    expect(Number(await metric('coverage').getAttribute('data-value'))).toBeCloseTo(
      answers.filter(({ predict }) => predict !== null).length / TEST_IMAGES,
      6,
    );
    expect(f1Of(answers)).toBeGreaterThan(0.75);
  });

  await test.step('one image is explained in paragraphs whose rewards follow from VCR and PCR', async () => {
    const [answer] = await readStore<StoredAnswer>(page, 'answers');
    const sample = (answer?.sampleId ?? '').slice(dataset.length + 1);
    await page.goto(`/#/inspect/${encodeURIComponent(dataset)}/${encodeURIComponent(sample)}`);
    await page.getByTestId('inspect-run').click();
    await expect(page.getByTestId('verdict')).toHaveAttribute('data-parsed', /real|fake/, { timeout: 60_000 });
    const cards = page.getByTestId('paragraph-card');
    await expect(cards.last()).toHaveAttribute('data-final', 'true');
    expect(await cards.count()).toBeGreaterThanOrEqual(3);
    for (const card of await cards.all()) {
      const value = async (name: string): Promise<number> => Number(await card.getAttribute(`data-${name}`));
      expect(await value('reward')).toBeCloseTo(0.5 * (await value('vcr')) + 0.5 * (await value('pcr')), 3);
      expect(await value('vcr')).toBeGreaterThan(0);
    }
    const before = await page.getByTestId('inspect-image').getAttribute('data-path');
    await page.keyboard.press('j');
    await expect(page.getByTestId('inspect-image')).not.toHaveAttribute('data-path', before ?? '');
  });

  await test.step('PRPO runs, its curve and completions are kept, a reload in the middle is resumed', async () => {
    await startRun(page, dataset, 3);
    await expect.poll(async () => (await readStore(page, 'steps')).length, { timeout: 240_000 }).toBeGreaterThan(0);
    await page.reload();
    const status = page.getByTestId('run-status');
    await expect(status).toHaveAttribute('data-state', /done|paused/);
    if ((await status.getAttribute('data-state')) === 'paused') await page.getByTestId('train-resume').click();
    await expectRun(page, 'done', 3);
    await expect(page.locator('[data-testid="chart"][data-metric="reward"]').first()).toHaveAttribute('data-points', '3');
    const steps = await readStore<{ step: number; metrics: Record<string, number> }>(page, 'steps');
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3]);
    for (const { metrics } of steps) expect(metrics['rewards/vcr_reward/mean']).toBeGreaterThan(0.3);
    const completions = await readStore<{ paragraphs: { advantage: number | null }[] }>(page, 'completions');
    expect(completions).toHaveLength(3 * 4 * 4);
    expect(completions.some(({ paragraphs }) => paragraphs.some(({ advantage }) => (advantage ?? 0) > 0))).toBe(true);
    expect((await readStore(page, 'checkpoints')).length).toBeGreaterThan(0);
  });

  await test.step('the checkpoint can be chosen, and nothing was asked of another host', async () => {
    await page.goto('/#/models');
    await expect(page.locator('[data-testid="checkpoint-row"][data-kind="full"]').first()).toHaveAttribute('data-step', '3');
    await page.goto('/#/eval/new');
    await expect.poll(() => page.getByTestId('model-select').locator('option').count()).toBeGreaterThanOrEqual(3);
    await expect(page.getByTestId('network-counter')).toHaveAttribute('data-value', '0');
  });
});

test('the demo gives an explained verdict after one click', async ({ page }) => {
  await page.goto('/');
  await page.getByTestId('try-demo').click();
  await expect(page.getByTestId('verdict')).toHaveAttribute('data-parsed', /real|fake/, { timeout: 60_000 });
  expect(await page.getByTestId('paragraph-card').count()).toBeGreaterThanOrEqual(3);
});

test('WebGPU, where it is forced, explains one image and makes one PRPO step', async ({ page }) => {
  test.setTimeout(600_000);
  await page.goto('/?backend=webgpu');
  await expect(page.getByTestId('device-chip')).toHaveAttribute('data-backend', 'webgpu', { timeout: 60_000 });
  await page.getByTestId('try-demo').click();
  await expect(page.getByTestId('verdict')).toHaveAttribute('data-parsed', /real|fake/, { timeout: 240_000 });
  await page.goto('/?backend=webgpu#/train/new');
  await page.getByTestId('train-max-steps').fill('1');
  await page.getByTestId('train-num-generations').fill('2');
  await page.getByTestId('train-start').click();
  await expectRun(page, 'done', 1);
  const [step] = await readStore<{ metrics: Record<string, number> }>(page, 'steps');
  expect(step?.metrics.grad_norm).toBeGreaterThan(0);
});

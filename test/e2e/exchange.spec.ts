// What goes out and comes in, through the real page: answers made elsewhere, bundles, models, logs.
import type { Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let root = '';
test.beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'prpo-exchange-'));
});
test.afterAll(() => rm(root, { recursive: true, force: true }));

const lines = (rows: readonly unknown[]) => rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
const TEXT = '**Skin**: the cheeks are waxy and smeared, clearly artificial.\n\n**Eyes**: a fake glossy look.\n\n### Answer: ';

/** 40 questions over two domains; every tenth answer is wrong, one line is broken, one id unknown. */
async function writeAnswers(): Promise<string[]> {
  const questions = Array.from({ length: 40 }, (_, id) => {
    const label = id % 2 ? 'fake' : 'real';
    return { question_id: id, image: `${id < 20 ? 'ddim' : 'SiT'}/test/${label}/${id}.png`, text: '<image>\nWell?', label };
  });
  const answers = questions.map(({ question_id: id, label }) => {
    const predict = id % 10 === 0 ? 'fake' : label;
    return { question_id: id, prompt: '<image>\nWell?', text: TEXT + predict, answer_id: `a${id}`, model_id: 'gpu-box', predict, label };
  });
  const paths = [join(root, 'questions.jsonl'), join(root, 'answers.jsonl')];
  await writeFile(paths[0] ?? '', lines(questions));
  await writeFile(paths[1] ?? '', lines([...answers, '{"question_id": 40, "te', { ...answers[0], question_id: 99 }]));
  return paths;
}

const metric = (page: Page, name: string, domain = 'all') =>
  page.locator(`[data-testid="eval-metric"][data-name="${name}"][data-domain="${domain}"]`).first();

async function download(page: Page, click: () => Promise<void>): Promise<string> {
  const started = page.waitForEvent('download');
  await click();
  const file = await started;
  const path = join(root, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

test('a dropped answers file becomes a report by domain, and goes into a bundle and back', async ({ page, browser }) => {
  await page.goto('/');
  await page
    .getByTestId('files-input')
    .first()
    .setInputFiles(await writeAnswers());
  await expect(page.getByTestId('eval-report')).toHaveAttribute('data-state', 'done');
  expect(page.url()).toContain('#/eval/');
  await expect(metric(page, 'accuracy')).toHaveAttribute('data-value', '0.9');
  await expect(metric(page, 'accuracy', 'ddim')).toHaveAttribute('data-value', '0.9');
  await expect(page.getByTestId('imported-answers')).toHaveAttribute('data-left-out', '2');

  await page.getByRole('button', { name: 'ddim/test/real/2.png' }).click(); // a contradiction
  await expect(page.getByTestId('imported-answer').getByTestId('paragraph-card')).toHaveCount(3);
  await page.keyboard.press('Escape');

  const answers = await readFile(await download(page, () => page.getByTestId('eval-export-answers').click()), 'utf8');
  expect(answers.trimEnd().split('\n')).toHaveLength(40);
  const metrics: unknown = JSON.parse(await readFile(await download(page, () => page.getByTestId('eval-export-metrics').click()), 'utf8'));
  expect(metrics).toMatchObject({
    prpo_accuracy: 0.9,
    total_samples: 40,
    confusion_matrix: [
      [16, 4],
      [0, 20],
    ],
  });

  const report = page.url();
  await page.goto('/#/device');
  const bundle = await download(page, () => page.getByTestId('bundle-export').click());

  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto('/#/device');
  const damaged = join(root, 'damaged.zip');
  await writeFile(damaged, (await readFile(bundle)).subarray(0, -40));
  await elsewhere.getByTestId('bundle-import').setInputFiles(damaged);
  await expect(elsewhere.getByTestId('error-notice').first()).toHaveAttribute('data-code', 'E-SCHEMA');
  await elsewhere.getByTestId('bundle-import').setInputFiles(bundle);
  await expect(elsewhere.getByTestId('bundle-summary')).toHaveAttribute('data-added', '1');
  await elsewhere.goto(report);
  await expect(metric(elsewhere, 'accuracy')).toHaveAttribute('data-value', '0.9');
  await elsewhere.context().close();
});

test('the built-in model leaves as a LLaVA folder and comes back with every tensor matched', async ({ page }) => {
  await page.goto('/#/models');
  const zip = await download(page, async () => {
    await page.getByTestId('model-export').first().click();
    await page.getByRole('menuitem', { name: 'Whole model, LLaVA layout' }).click();
  });
  await page.getByTestId('model-import').setInputFiles(zip);
  const report = page.getByTestId('load-report');
  await expect(report).toHaveAttribute('data-missing', '0', { timeout: 120_000 });
  await expect(report).toHaveAttribute('data-unexpected', '0');
  expect(Number(await report.getAttribute('data-matched'))).toBeGreaterThan(50);
  await expect(page.locator('[data-testid="checkpoint-row"][data-kind="imported"]')).toHaveCount(1);
});

test('a log of another trainer becomes curves', async ({ page }) => {
  const log = join(root, 'trainer_state.json');
  const history = Array.from({ length: 30 }, (_, i) => ({ step: i + 1, loss: 1 / (i + 1), reward: i / 30 }));
  await writeFile(log, JSON.stringify({ max_steps: 30, log_history: history }));
  await page.goto('/');
  await page.getByTestId('files-input').first().setInputFiles(log);
  await page.getByRole('link', { name: 'Open the curves' }).click();
  await expect(page.getByTestId('run-status')).toHaveAttribute('data-step', '30');
  await expect(page.locator('[data-testid="chart"][data-metric="reward"]')).toHaveAttribute('data-points', '30');
});

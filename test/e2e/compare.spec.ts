// Runs compared in a real Chromium on the built app: figures, means over seeds, answers that changed, tables and pictures to keep.
import { expect, test, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { zipSync } from 'fflate';
import { encodeSafetensors } from '../../src/shared/safetensors.ts';
import { compareRecords, rewardAt, storeRecords } from './compare-seed.ts';

const ALL = 'runs=run-prpo1,run-prpo2,run-grpo1';

async function openWith(page: Page, hash: string): Promise<void> {
  await page.goto('/#/models'); // its list opens the database
  await expect(page.getByTestId('checkpoint-row').first()).toBeVisible();
  await storeRecords(page, compareRecords());
  await page.goto(`/#/compare?${hash}`);
  await page.reload();
}

const figure = (page: Page, run: string, metric: string, kind: string) =>
  page.locator(`[data-run-id="${run}"] [data-testid="compare-figure"][data-metric="${metric}"][data-kind="${kind}"]`);
const order = (page: Page) =>
  page.getByTestId('compare-run').evaluateAll((rows) => rows.map((row) => (row instanceof HTMLElement ? row.dataset['runId'] : '')));

/** The text of what a click on an entry of the menu saves, with its name. */
async function saved(page: Page, metric: string, entry: string): Promise<{ name: string; bytes: Buffer }> {
  await page.locator(`[data-testid="chart-save"][data-metric="${metric}"]`).click();
  const started = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: entry }).click();
  const file = await started;
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

test('runs are compared by last, best and at-step values, and the address restores the view', async ({ page }) => {
  await openWith(page, `${ALL}&show=last,best,at&at=6`);
  await expect(figure(page, 'run-prpo1', 'reward', 'last')).toHaveAttribute('data-value', '0.3');
  await expect(figure(page, 'run-prpo1', 'reward', 'best')).toHaveAttribute('data-value', String(rewardAt(11, 0.04)));
  await expect(figure(page, 'run-grpo1', 'reward', 'at')).toHaveAttribute('data-value', String(rewardAt(6, 0.01)));
  await expect(figure(page, 'run-prpo1', 'loss', 'best')).toHaveAttribute('data-value', String(1 - rewardAt(11, 0.04)));

  await page.locator('[data-testid="compare-sort"][data-column="reward"][data-kind="best"]').click();
  await expect.poll(() => order(page)).toEqual(['run-prpo1', 'run-prpo2', 'run-grpo1']);
  await page.getByRole('button', { name: 'Pin GRPO seed 1 to the top' }).click();
  await expect.poll(() => order(page)).toEqual(['run-grpo1', 'run-prpo1', 'run-prpo2']);
  await page.getByRole('button', { name: 'Hide PRPO seed 2 in the charts' }).click();
  await expect(page.locator('[data-testid="chart"][data-metric="reward"] li')).toHaveCount(2);

  await page.reload();
  await expect.poll(() => order(page)).toEqual(['run-grpo1', 'run-prpo1', 'run-prpo2']);
  await expect(page.locator('[data-run-id="run-prpo2"]').first()).toHaveAttribute('data-hidden', 'true');
  await expect(page.locator('[data-setting="objective"]')).toContainText('grpo');
});

test('seeds become a mean with its deviation, and the table for a paper says the same', async ({ page }) => {
  await openWith(page, `${ALL}&group=seeds&lines=mean&band=sd&format=latex`);
  const mean = page.locator(
    '[data-testid="compare-group"][data-n="2"] [data-testid="compare-mean"][data-metric="reward"][data-kind="best"]',
  );
  const [a, b] = [rewardAt(11, 0.04), rewardAt(11, 0.02)];
  await expect(mean).toHaveAttribute('data-mean', String((a + b) / 2));
  expect(Number(await mean.getAttribute('data-sd'))).toBeCloseTo(Math.abs(a - b) / Math.SQRT2, 12);
  await expect(page.locator('[data-testid="chart"][data-metric="reward"]')).toContainText('mean of n = 2 seeds, ± 1 sd');
  const text = page.getByTestId('table-text');
  await expect(text).toContainText('\\toprule');
  await expect(text).toContainText('0.63 $\\pm$ 0.16 (n = 2)');
});

test('answers that changed are counted with their test, and what is missing is said', async ({ page }) => {
  await openWith(page, 'runs=run-grpo1,run-prpo1,run-prpo2');
  await expect(page.getByTestId('flips-fixed')).toHaveAttribute('data-value', '4');
  await expect(page.getByTestId('flips-broken')).toHaveAttribute('data-value', '1');
  // Exact binomial over 5 differing images, 1 against 4: 2 (1 + 5) / 32.
  expect(Number(await page.getByTestId('flips-p').getAttribute('data-value'))).toBeCloseTo(0.375, 12);
  await expect(page.locator('[data-testid="flip-row"][data-kind="broken"]')).toHaveAttribute('data-path', 'birch/test/fake/13.png');
  await expect(page.getByTestId('flips-missing')).toHaveAttribute('data-run-id', 'run-prpo2');
});

test('a chart is saved as pictures and values that need nothing of the page', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await openWith(page, ALL);
  const svg = await saved(page, 'reward', 'SVG, light');
  expect(svg.name).toMatch(/PRPO-seed-1.*reward\.svg$/);
  const text = svg.bytes.toString('utf8');
  expect(text).not.toMatch(/var\(|url\(|<script|class=/);
  expect(text.replaceAll('http://www.w3.org/2000/svg', '')).not.toContain('http');
  expect(text).toContain('rgb(255, 255, 255)'); // the light sheet, from a dark page
  expect(text.match(/<path/g)?.length).toBeGreaterThanOrEqual(6); // a raw and a smooth line of three runs
  expect(text).toContain('GRPO seed 1');
  const png = await saved(page, 'reward', 'PNG, as shown');
  expect([...png.bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  expect(png.bytes.readUInt32BE(16)).toBe(2 * 720);
  const csv = await saved(page, 'reward', 'Data as CSV');
  expect(csv.bytes.toString('utf8').split('\r\n')[0]).toBe('step,PRPO seed 1,PRPO seed 2,GRPO seed 1');
  await expect(page.getByTestId('network-counter')).toHaveAttribute('data-value', '0');
});

test('the report is one file that opens by itself', async ({ page, browser }) => {
  await openWith(page, `${ALL}&group=seeds&lines=mean`);
  await expect(page.locator('[data-testid="chart"][data-metric="reward"]')).toBeVisible();
  const started = page.waitForEvent('download');
  await page.getByTestId('report-save').click();
  const file = await started;
  const html = await readFile(await file.path(), 'utf8');
  expect(html).not.toMatch(/<script|var\(|<link/);
  const alone = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  const requests: string[] = [];
  alone.on('request', (request) => requests.push(request.url()));
  await alone.setContent(html);
  await expect(alone.locator('figure > svg')).toHaveCount(3); // reward, loss, KL
  const texts = await alone.locator('figure > svg').first().locator('text').allTextContents();
  expect(texts.filter((text) => /^[\d.]+$/.test(text)).length, 'ticks of both axes').toBeGreaterThan(5);
  await expect(alone.getByRole('heading', { name: 'Answers that changed' })).toBeVisible();
  await expect(alone.getByRole('heading', { name: 'What this file leaves out' })).toBeVisible();
  await expect(alone.getByRole('row', { name: /prpo from dx-llava-nano/ })).toContainText('0.63 ± 0.16 (n = 2)');
  await expect(alone.getByText('Tiny model:')).toBeVisible();
  expect(requests.filter((url) => url.startsWith('http'))).toEqual([]);
  await alone.context().close();
});

test('a run is renamed, tagged and deleted, and the deletion is taken back', async ({ page }) => {
  await openWith(page, ALL);
  const row = page.locator('[data-testid="compare-run"][data-run-id="run-grpo1"]');
  await row.getByTestId('run-actions').click();
  await page.getByRole('menuitem', { name: 'Name, note, tags, group' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Baseline');
  await page.getByRole('combobox', { name: 'Tags' }).fill('paper');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(row).toContainText('Baseline');
  await expect(row).toContainText('#paper');
  await row.getByTestId('run-actions').click();
  await page.getByRole('menuitem', { name: 'Delete steps and answers' }).click();
  await expect(row).toHaveCount(0);
  await page.getByTestId('notice-action').click();
  await expect(row).toContainText('Baseline');
});

/** A LoRA adapter of one layer of the built-in model as PEFT writes it, zipped. */
function adapterZip(): Buffer {
  const wave = (shape: [number, number]) => ({
    shape,
    data: Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => 0.01 * Math.sin(i)),
  });
  const name = 'base_model.model.model.layers.0.self_attn.q_proj';
  const tensors = new Map([
    [`${name}.lora_A.weight`, wave([2, 128])],
    [`${name}.lora_B.weight`, wave([128, 2])],
  ]);
  const config = {
    peft_type: 'LORA',
    base_model_name_or_path: 'dx-llava-nano',
    r: 2,
    lora_alpha: 4,
    lora_dropout: 0,
    bias: 'none',
    target_modules: ['q_proj'],
  };
  const files = {
    'adapter_config.json': new TextEncoder().encode(JSON.stringify(config)),
    'adapter_model.safetensors': new Uint8Array(Buffer.concat(encodeSafetensors(tensors))),
  };
  return Buffer.from(zipSync(files, { level: 0 }));
}

test('an adapter is compared with its base tensor by tensor, folded in, and its lineage is told', async ({ page }) => {
  await page.goto('/#/models');
  const rows = page.getByTestId('checkpoint-row');
  await expect(rows.first()).toBeVisible();
  await page.getByTestId('model-import').setInputFiles({ name: 'small-lora.zip', mimeType: 'application/zip', buffer: adapterZip() });
  await expect(page.getByTestId('load-report')).toHaveAttribute('data-matched', '2');
  const adapter = page.locator('[data-testid="checkpoint-row"][data-kind="imported"]');

  await adapter.getByTestId('model-actions').click();
  await page.getByRole('menuitem', { name: 'Compare weights' }).click();
  await page.getByTestId('model-diff-start').click();
  await expect(page.getByTestId('model-diff')).toHaveAttribute('data-changed', '1');
  const row = page.getByTestId('model-diff-row');
  await expect(row).toHaveAttribute('data-tensor', 'model.layers.0.self_attn.q_proj.weight');
  expect(Number(await row.getAttribute('data-l2'))).toBeGreaterThan(0);
  await page.keyboard.press('Escape');

  await adapter.getByTestId('model-actions').click();
  await page.getByRole('menuitem', { name: 'Fold the adapter into full weights' }).click();
  const merged = page.locator('[data-testid="checkpoint-row"][data-kind="full"]');
  await expect(merged).toContainText('small-lora, merged');
  await merged.getByTestId('model-actions').click();
  await page.getByRole('menuitem', { name: 'Lineage, files, metrics' }).click();
  await expect(page.getByTestId('lineage').locator('li')).toHaveCount(3);
  await expect(page.getByTestId('lineage').locator('li').first()).toHaveAttribute('data-model-id', 'dx-llava-nano');
  await page.keyboard.press('Escape');

  await merged.getByTestId('model-actions').click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByTestId('model-delete').click();
  await expect(merged).toHaveCount(0);
  await page.getByTestId('notice-action').click();
  await expect(merged).toHaveCount(1);
});

// Import through the real page: a folder on disk, the data worker, IndexedDB.
import type { Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSampleData } from '../../workers/node/sample-data.ts';
import { dropFolder } from '../support/drop-folder.ts';

/** Files of the long import; more only takes longer: 5,000 were tried by hand. */
const MANY = 800;

let root = '';
test.beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'prpo-import-'));
  await writeSampleData({ outDir: join(root, 'portraits'), seed: 4321, perClass: 2 });
  await copyMany(join(root, 'many/aster/test'));
});
test.afterAll(() => rm(root, { recursive: true, force: true }));

/** One real and one fake portrait under `MANY` names. */
async function copyMany(folder: string): Promise<void> {
  for (const label of ['fake', 'real']) {
    const to = join(folder, label);
    await mkdir(to, { recursive: true });
    const from = join(root, 'portraits/aster/test', label, '000000.png');
    for (let index = 0; index < MANY / 2; index++) await copyFile(from, join(to, `${String(index).padStart(6, '0')}.png`));
  }
}

async function openReview(page: Page, folder: string) {
  await page.goto('/');
  await page.getByTestId('directory-input').first().setInputFiles(folder);
  const review = page.getByTestId('import-review');
  await expect(review).toBeVisible();
  return review;
}

/** Runs the import and returns imported, skipped, failed. */
async function runImport(page: Page): Promise<(number | null)[]> {
  await page.getByTestId('import-start').click();
  return readSummary(page);
}

async function readSummary(page: Page): Promise<(number | null)[]> {
  const summary = page.getByTestId('import-summary');
  await expect(summary).toBeVisible({ timeout: 120_000 });
  return Promise.all(['imported', 'skipped', 'failed'].map(async (name) => Number(await summary.getAttribute(`data-${name}`))));
}

const problemCodes = (page: Page) =>
  page
    .getByTestId('import-problem')
    .evaluateAll((rows) => rows.map((row) => `${row.getAttribute('data-code')} ${row.getAttribute('data-path')}`).sort());

/** Counts in the page's own database. */
const countStored = (page: Page) =>
  page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('prpo-workbench');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('not opened'));
    });
    const count = (store: string) =>
      new Promise<number>((resolve, reject) => {
        const request = db.transaction(store).objectStore(store).count();
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('not counted'));
      });
    const counts = { samples: await count('samples'), images: await count('images'), thumbnails: await count('thumbnails') };
    db.close();
    return counts;
  });

test('a DF-R5 folder with bad files beside good ones is imported with exact counts, and survives a reload', async ({ page }) => {
  const folder = join(root, 'mixed');
  await writeSampleData({ outDir: folder, seed: 4321, perClass: 1 });
  const fakes = join(folder, 'aster/test/fake');
  const whole = await readFile(join(fakes, '000000.png'));
  await writeFile(join(fakes, 'zero.png'), '');
  await writeFile(join(fakes, 'text.png'), 'no picture');
  await writeFile(join(fakes, 'cut.png'), whole.subarray(0, whole.length - 500));
  await writeFile(join(folder, 'broken.json'), '[{"id": 1,}]');

  const review = await openReview(page, folder);
  await expect(review).toHaveAttribute('data-found', '33');
  await expect(review).toHaveAttribute('data-matched', '20');
  expect(await runImport(page)).toEqual([30, 0, 3]);
  expect(await problemCodes(page)).toEqual([
    'image-empty aster/test/fake/zero.png',
    'image-not-an-image aster/test/fake/text.png',
    'image-truncated aster/test/fake/cut.png',
    'json-broken mixed/broken.json',
  ]);

  await page.goto('/#/data');
  await page.reload();
  await expect(page.getByTestId('dataset-card')).toHaveAttribute('data-images', '30');
  expect(await countStored(page)).toEqual({ samples: 30, images: 30, thumbnails: 30 });
});

test('a drop one level too high and a single domain are recognised', async ({ page }) => {
  const wrapped = join(root, 'outer');
  await mkdir(wrapped, { recursive: true });
  await writeSampleData({ outDir: join(wrapped, 'inner'), seed: 4321, perClass: 1 });
  await expect(await openReview(page, wrapped)).toContainText('outer/inner');
  await page.getByTestId('import-cancel').click();
  const review = await openReview(page, join(wrapped, 'inner', 'birch'));
  await expect(review).toHaveAttribute('data-found', '6');
  await expect(review).toContainText('birch');
});

test('an empty drop and a drop without images cannot be imported and say why', async ({ page }) => {
  const folder = join(root, 'texts');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'notes.txt'), 'nothing');
  const review = await openReview(page, folder);
  await expect(review).toHaveAttribute('data-found', '0');
  await expect(page.getByTestId('import-start')).toBeDisabled();
  expect(await problemCodes(page)).toEqual(['no-images ']);
});

test('a reload in the middle of many files keeps whole samples, and dropping again goes on', async ({ page }) => {
  const folder = join(root, 'many');
  await openReview(page, folder);
  await page.getByTestId('import-start').click();
  await expect
    .poll(async () => Number(await page.getByTestId('import-progress').first().getAttribute('data-done')), { timeout: 60_000 })
    .toBeGreaterThan(100);
  await page.goto('/#/data');
  await page.reload();
  await expect(page.getByTestId('dataset-card')).toContainText('stopped');
  const { samples, images, thumbnails } = await countStored(page);
  expect(samples).toBeGreaterThan(0);
  expect(samples).toBeLessThan(MANY);
  expect([images, thumbnails]).toEqual([samples, samples]);

  await openReview(page, folder);
  expect(await runImport(page)).toEqual([MANY - samples, samples, 0]);
  expect(await countStored(page)).toEqual({ samples: MANY, images: MANY, thumbnails: MANY });
});

test('a second tab cannot import meanwhile; cancel keeps what is whole and counts the rest as skipped', async ({ page, context }) => {
  await openReview(page, join(root, 'many'));
  await page.getByTestId('import-start').click();
  await expect
    .poll(async () => Number(await page.getByTestId('import-progress').first().getAttribute('data-done')), { timeout: 60_000 })
    .toBeGreaterThan(50);
  await page.getByRole('button', { name: 'Pause' }).click(); // held half-way: the import must not end before the second tab is there
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
  const second = await context.newPage();
  await openReview(second, join(root, 'portraits'));
  await second.getByTestId('import-start').click();
  await expect(second.locator('[data-testid="error-notice"][data-code="E-LOCKED"]').first()).toBeVisible();
  await second.close();
  await page.bringToFront();
  await page.getByTestId('import-cancel').click();
  const [imported = 0, skipped, failed] = await readSummary(page);
  expect(imported).toBeGreaterThan(0);
  expect([skipped, failed]).toEqual([MANY - Number(imported), 0]);
  expect((await countStored(page)).samples).toBe(imported);
});

test("nothing leaves the machine: every request of an import goes to this page's own address", async ({ page, baseURL }) => {
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(baseURL ?? '') && !/^(blob|data):/.test(request.url())) foreign.push(request.url());
  });
  await openReview(page, join(root, 'portraits'));
  expect(await runImport(page)).toEqual([60, 0, 0]);
  expect(foreign).toEqual([]);
});

// Only the middle: Chromium's estimate() hides a small quota, so the check before the start is a unit test.
test('storage that runs out in the middle stops the import with a reason and keeps what is whole', async ({ page, baseURL }) => {
  const session = await page.context().newCDPSession(page);
  await openReview(page, join(root, 'many'));
  await session.send('Storage.overrideQuotaForOrigin', { origin: baseURL ?? '', quotaSize: 20_000_000 });
  await page.getByTestId('import-start').click();
  await expect(page.locator('[data-testid="error-notice"][data-code="E-QUOTA"]').first()).toBeVisible({ timeout: 60_000 });
  const { samples, images, thumbnails } = await countStored(page);
  expect(samples).toBeGreaterThan(0);
  expect(samples).toBeLessThan(MANY);
  expect([images, thumbnails]).toEqual([samples, samples]);
  await page.goto('/#/data');
  await page.reload();
  await expect(page.getByTestId('dataset-card')).toHaveAttribute('data-images', String(samples));
});

test('a linked folder is evaluated and inspected from disk, nothing of its pictures is stored, and a changed file is noticed', async ({
  page,
}) => {
  const folder = join(root, 'linked');
  await writeSampleData({ outDir: folder, seed: 4321, perClass: 1 });
  await page.goto('/');
  await dropFolder(page, folder);
  const way = (value: string) => page.locator(`[data-testid="import-pictures"][value="${value}"]`);
  expect(Number(await way('linked').getAttribute('data-bytes'))).toBeLessThan(Number(await way('copied').getAttribute('data-bytes')) / 2);
  await way('linked').check();
  expect(await runImport(page)).toEqual([30, 0, 0]);
  expect(await countStored(page)).toEqual({ samples: 30, images: 0, thumbnails: 30 });
  await page.goto('/#/data');
  await expect(page.getByTestId('dataset-pictures')).toHaveAttribute('data-value', 'linked');
  const id = (await page.getByTestId('dataset-card').getAttribute('data-dataset-id')) ?? '';
  await page.goto(`/#/eval/new?dataset=${id}`);
  await page.getByTestId('eval-start').click();
  await expect(page.getByTestId('eval-report')).toHaveAttribute('data-state', 'done', { timeout: 120_000 });
  await expect(page.locator('[data-testid="eval-metric"][data-name="coverage"]').first()).toHaveAttribute('data-value', '1');

  const inspect = (path: string) => page.goto(`/#/inspect/${id}/${encodeURIComponent(path)}`);
  await page.reload();
  await inspect('aster/test/real/000000.png');
  await expect(page.getByTestId('inspect-image')).toHaveAttribute('data-path', 'aster/test/real/000000.png');
  await copyFile(join(folder, 'aster/test/real/000000.png'), join(folder, 'aster/test/fake/000000.png'));
  await inspect('aster/test/fake/000000.png');
  await expect(page.getByTestId('error-notice')).toHaveAttribute('data-code', 'E-CHECKSUM');
  expect(await countStored(page)).toMatchObject({ images: 0 });
});

// A dataset as researchers use it, on a folder on disk: search, tags, views, checks of the files, splits, text lengths, re-scan.
import type { Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { PythonRandom } from '../../src/shared/python-random.ts';
import { writeSampleData } from '../../workers/node/sample-data.ts';

const PER_CLASS = 2;
let root = '';
let folder = '';
test.beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'prpo-data-'));
  folder = join(root, 'portraits');
  await writeSampleData({ outDir: folder, seed: 4321, perClass: PER_CLASS });
  await spoil();
});
test.afterAll(() => rm(root, { recursive: true, force: true }));

/** All real pictures become JPEG; one fake is copied from train into test, one re-encoded into val as real. */
async function spoil(): Promise<void> {
  const from = (path: string) => join(folder, path);
  await copyFile(from('aster/train/fake/000000.png'), from('aster/test/fake/copy.png'));
  await sharp(from('birch/train/fake/000001.png')).resize(96).jpeg({ quality: 60 }).toFile(from('birch/val/real/again.jpg'));
  for (const domain of ['aster', 'birch', 'cedar', 'dahlia', 'elder'])
    for (const split of ['train', 'val', 'test'])
      for (let i = 0; i < PER_CLASS; i++) {
        const path = from(`${domain}/${split}/real/00000${i}.png`);
        const bytes = await sharp(path).jpeg({ quality: 90 }).toBuffer();
        await writeFile(path, bytes); // the bytes decide, not the name
      }
}

async function importFolder(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByTestId('directory-input').first().setInputFiles(folder);
  await page.getByTestId('import-start').click();
  await expect(page.getByTestId('import-summary')).toBeVisible({ timeout: 90_000 });
  await page.getByRole('link', { name: 'Browse the images' }).click();
  await expect(page.getByTestId('gallery-count')).toHaveAttribute('data-value', '62');
}

const count = (page: Page) => page.getByTestId('gallery-count');

test('search, tags and views are in the address; checks, splits and lengths tell what is in the files', async ({ page }) => {
  await importFolder(page);

  await test.step('full text, tag with keys, undo, saved view, reload', async () => {
    const texts = JSON.parse(await readFile(join(folder, 'train.json'), 'utf8')) as { conversations: { value: string }[] }[];
    const waxy = texts.filter(({ conversations }) => /waxy/i.test(conversations[1]?.value ?? '')).length;
    expect(waxy).toBeGreaterThan(0);
    await page.getByTestId('gallery-item').first().focus();
    await page.keyboard.press('/');
    await page.keyboard.type('waxy');
    await expect(count(page)).toHaveAttribute('data-value', String(waxy));
    await page.getByTestId('pick-all').click();
    await expect(page.getByTestId('selection-bar')).toHaveAttribute('data-value', String(waxy));
    await page.getByTestId('tag-input').fill('Looks waxy');
    await page.getByTestId('tag-add').click();
    await expect(page.getByTestId('filter-tag')).toContainText('looks-waxy');
    await page.getByTestId('data-search').fill('');
    // At once: the search that ends a moment later must not take the tag back.
    await page.getByTestId('filter-tag').getByLabel('looks-waxy').click();
    await expect(page).not.toHaveURL(/q=waxy/);
    await expect(count(page)).toHaveAttribute('data-value', String(waxy));
    await page.getByTestId('view-name').fill('waxy ones');
    await page.getByTestId('view-save').click();
    await expect(page.getByTestId('saved-view')).toHaveAttribute('data-query', 'tag=looks-waxy');
    await page.reload();
    await expect(count(page)).toHaveAttribute('data-value', String(waxy));
    await page.getByTestId('gallery-item').first().focus();
    await page.keyboard.press('f');
    await expect(page.getByTestId('gallery-item').first()).toHaveAttribute('data-tags', 'looks-waxy review');
    await page.keyboard.press('Control+z');
    await expect(page.getByTestId('gallery-item').first()).toHaveAttribute('data-tags', 'looks-waxy');
  });

  await test.step('copies, leaks and shortcuts, after a reload too', async () => {
    await page.getByRole('tab', { name: /Health/ }).click();
    await page.getByTestId('checks-run').click();
    await expect(page.getByTestId('health-report')).toHaveAttribute('data-compared', /\d+/, { timeout: 60_000 });
    await page.reload();
    const groups = page.getByTestId('duplicate-group');
    await expect(groups).toHaveCount(2);
    await expect(groups.first()).toHaveAttribute('data-conflict', 'true');
    expect(await groups.evaluateAll((all) => all.map((group) => `${group.dataset['kind']} ${group.dataset['leak']}`))).toEqual([
      'near true',
      'exact true',
    ]);
    await expect(page.locator('[data-testid="shortcut-row"][data-property="format"]')).toHaveAttribute('data-level', 'strong');
    await page.getByTestId('exclude-copies').click();
    await expect(groups).toHaveCount(0);
    await page.getByTestId('notice-action').click();
    await expect(groups).toHaveCount(2);
  });

  await test.step('the subset is that of Python’s random.sample; the forms get the held-out domain', async () => {
    await page.getByRole('tab', { name: 'Splits' }).click();
    const rows = JSON.parse(await readFile(join(folder, 'train.json'), 'utf8')) as { image: string }[];
    await page.getByTestId('subset-size').fill('7');
    await page.getByTestId('subset-draw').click();
    await expect(page.getByTestId('subset')).toHaveAttribute('data-first', new PythonRandom(42).sample(rows, 7)[0]?.image ?? '');
    await page.reload();
    await expect(page.getByTestId('subset')).toHaveAttribute('data-first', new PythonRandom(42).sample(rows, 7)[0]?.image ?? '');
    await expect(page.getByTestId('subset-size')).toHaveValue('7');
    await page.locator('[data-testid="lodo-row"][data-domain="cedar"]').getByTestId('lodo-test').click();
    await expect(page.getByTestId('eval-split')).toHaveValue('test');
    await expect(page.getByLabel('cedar')).toBeChecked();
    await expect(page.getByLabel('aster')).not.toBeChecked();
    await page.goBack();
  });

  await test.step('lengths in tokens of the model', async () => {
    await page.getByRole('tab', { name: 'Text statistics' }).click();
    const statistics = page.getByTestId('text-statistics');
    await expect(statistics).toHaveAttribute('data-rows', '20', { timeout: 60_000 });
    await expect(statistics).toHaveAttribute('data-without', '42');
    expect(Number(await statistics.getAttribute('data-max-tokens'))).toBeGreaterThan(60);
  });
});

/** Writes files into the browser's own file system, whose folders are real handles, and makes the picker give it. */
async function fillPicker(page: Page, files: Record<string, string>): Promise<void> {
  await page.evaluate(async (files) => {
    const disk = await navigator.storage.getDirectory();
    await disk.removeEntry('set', { recursive: true }).catch(() => undefined);
    const set = await disk.getDirectoryHandle('set', { create: true });
    for (const [path, base64] of Object.entries(files)) {
      const parts = path.split('/');
      let at = set;
      for (const part of parts.slice(0, -1)) at = await at.getDirectoryHandle(part, { create: true });
      const writable = await (await at.getFileHandle(parts.at(-1) ?? '', { create: true })).createWritable();
      await writable.write(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
      await writable.close();
    }
    Object.assign(window, { showDirectoryPicker: () => Promise.resolve(set) });
  }, files);
}

test('a folder that was picked is read again on one click, what changed is shown before it is stored, and no answer outlives its picture', async ({
  page,
}) => {
  const read = async (path: string) => (await readFile(join(folder, path))).toString('base64');
  const [a, b, c] = await Promise.all(['aster', 'birch', 'cedar'].map((domain) => read(`${domain}/test/fake/000001.png`)));
  await page.goto('/#/data');
  await fillPicker(page, { 'x/test/fake/1.png': a ?? '', 'x/test/real/2.png': b ?? '' });
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await page.getByTestId('import-start').click();
  await expect(page.getByTestId('import-summary')).toHaveAttribute('data-imported', '2');
  await page.getByRole('button', { name: 'Close', exact: true }).last().click();

  const dataset = await page.getByTestId('dataset-card').getAttribute('data-dataset-id');
  const inspect = (path: string) => page.goto(`/#/inspect/${dataset}/${encodeURIComponent(path)}`);
  await inspect('x/test/fake/1.png');
  await page.getByTestId('inspect-run').click();
  await expect(page.getByTestId('verdict')).toHaveAttribute('data-parsed', /real|fake/, { timeout: 60_000 });
  await expect(page.getByTestId('inspect-run')).toHaveText('Run again');
  await page.goto('/#/data');

  await page.reload(); // the handle is stored
  await inspect('x/test/fake/1.png');
  await expect(page.getByTestId('inspect-run')).toHaveText('Run again'); // the answer is kept
  await page.goto('/#/data');
  await fillPicker(page, { 'x/test/fake/1.png': c ?? '', 'x/test/fake/3.png': a ?? '' });
  await page.getByTestId('dataset-rescan').click();
  const review = page.getByTestId('rescan-review');
  await expect(review).toHaveAttribute('data-added', '1');
  await expect(review).toHaveAttribute('data-changed', '1');
  await expect(review).toHaveAttribute('data-removed', '1');
  await expect(page.getByTestId('dataset-card')).toHaveAttribute('data-images', '2');
  await page.getByTestId('rescan-apply').click();
  await expect(page.getByTestId('rescan-done')).toHaveAttribute('data-imported', '2');
  await page.getByRole('button', { name: 'Close', exact: true }).last().click();
  await inspect('x/test/fake/1.png');
  await expect(page.getByRole('heading', { name: 'Run the model on this image' })).toBeVisible();
  await page.goto('/#/data');
  await page.reload();
  await page.getByTestId('dataset-rescan').click();
  await expect(review).toHaveAttribute('data-unchanged', '2');
});

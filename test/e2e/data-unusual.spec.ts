// A folder on disk through the real page: unusual names and files, and a linked folder after the browser was restarted.
import { chromium, expect, test } from '@playwright/test';
import { encode } from 'fast-png';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium.mjs';
import { dropFolder } from '../support/drop-folder.ts';

let root = '';
test.beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'prpo-data-'));
});
test.afterAll(() => rm(root, { recursive: true, force: true }));

async function put(folder: string, path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

const SIDE = 24;
const png = (seed: number, depth: 8 | 16 = 8) => {
  const values = Array.from({ length: SIDE * SIDE * 3 }, (_, i) => (i * seed * 37 + 11 * seed) % 251);
  const data = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
  return new Uint8Array(encode({ width: SIDE, height: SIDE, data, channels: 3, depth }));
};
/** Half of it transparent. */
const glass = () =>
  new Uint8Array(encode({ width: SIDE, height: SIDE, data: Uint8Array.from({ length: SIDE * SIDE * 4 }, (_, i) => (i % 8 < 4 ? 0 : 200)), channels: 4, depth: 8 })); // prettier-ignore
const row = (image: string, fields: object = {}) => ({
  id: image,
  image,
  conversations: [
    { from: 'human', value: '<image>\nReal or fake?' },
    { from: 'gpt', value: '**Skin**: waxy.\n\n### Answer: fake' },
  ],
  binary_label: 1,
  ...fields,
});

test('a folder of unusual names and files is told in full, nothing is lost without a word, and its pictures open', async ({ page }) => {
  const folder = join(root, 'unusual');
  const hash = 'Größe #1 50%?&x=.PNG';
  const long = `${'n'.repeat(180)}.png`;
  await put(folder, `extra level/ddim/train/fake/${hash}`, png(1));
  await put(folder, `extra level/ddim/train/real/same.png`, png(2));
  await put(folder, `extra level/sd/train/real/same.png`, png(3));
  await put(folder, `extra level/sd/val/fake/${long}`, png(4));
  await put(folder, `extra level/顔 constructor/test/fake/${'é'.normalize('NFD')}.png`, png(5, 16));
  await put(folder, 'extra level/sd/test/fake/zero.png', '');
  await put(folder, 'extra level/sd/test/fake/text.jpg', 'no picture');
  await put(folder, 'extra level/sd/test/fake/moving.gif', 'GIF89a');
  await put(folder, 'extra level/sd/test/real/glass.png', glass());
  await put(folder, 'extra level/sd/broken.jsonl', '{"id": "a.png, "image": "b"}\n');
  await put(folder, 'extra level/.DS_Store', 'x');
  const rows = [
    row(`ddim\\train\\fake\\${hash}`),
    row('same.png', { id: 'a' }),
    row(`顔 constructor/test/fake/${'é'.normalize('NFC')}.png`, { conversations: [{ from: 'human', value: 'Well?' }] }),
    row('sd/train/real/same.png', { id: 'b' }),
    row('sd/train/real/gone.png'),
  ];
  await put(folder, 'extra level/notes/anno.json', `\uFEFF${JSON.stringify({ meta: 1, data: rows }, null, 1).replaceAll('\n', '\r\n')}`);
  await page.goto('/');
  await dropFolder(page, folder);
  const review = page.getByTestId('import-review');
  await expect(review).toHaveAttribute('data-found', '8');
  await expect(review).toHaveAttribute('data-matched', '3');
  const codes = await page.getByTestId('import-problem').evaluateAll((found) => found.map((one) => one.getAttribute('data-code') ?? ''));
  expect(codes.toSorted((a, b) => a.localeCompare(b))).toEqual([
    'ambiguous-image',
    'answer-missing',
    'image-empty',
    'image-format-unsupported',
    'json-broken',
    'label-contradicts-folder',
    'windows-paths',
  ]);
  await expect(review).toContainText('anno.json#4: sd/train/real/gone.png');
  await expect(review).toContainText('Likely cause: a quote is missing before it');
  await page.getByTestId('import-start').click();
  const summary = page.getByTestId('import-summary');
  await expect(summary).toBeVisible({ timeout: 60_000 });
  expect(await Promise.all(['imported', 'skipped', 'failed'].map((name) => summary.getAttribute(`data-${name}`)))).toEqual(['6', '0', '2']);
  await expect(page.locator('[data-testid=import-problem][data-code=image-transparent]')).toHaveAttribute(
    'data-path',
    'sd/test/real/glass.png',
  );
  await page.getByRole('link', { name: 'Browse the images' }).click();
  const tile = page.locator(`[data-testid=gallery-item][data-path="ddim/train/fake/${hash}"]`);
  await expect(tile).toHaveAttribute('data-domain', 'ddim');
  await expect(page.locator('[data-testid=gallery-item][data-domain="顔 constructor"]')).toHaveAttribute('data-split', 'test');
  await tile.click();
  await page.reload(); // the whole name is in the address
  await expect(page).toHaveURL(/sample=/);
  await expect(page.locator(`[data-testid=gallery-item][data-path="ddim/train/fake/${hash}"] img`)).toBeVisible();
  await page.goto(`${page.url().split('?')[0]}?tag=never-given`);
  await expect(page.getByTestId('missing-note')).toContainText('the tag “never-given”, which no image of this dataset has');
  await page.getByTestId('filter-tag').getByRole('checkbox', { checked: true }).click(); // and is gone
  await expect(page.getByTestId('gallery-count')).toHaveAttribute('data-value', '6');
});

test('a linked folder after a restart of the browser is asked for by a button, and read once it is allowed', async ({ baseURL }) => {
  const address = baseURL ?? '';
  const folder = join(root, 'kept');
  for (let i = 0; i < 4; i++) await put(folder, `ddim/test/${i % 2 ? 'fake' : 'real'}/${i}.png`, png(i + 1));
  const profile = join(root, 'profile');
  const start = () => chromium.launchPersistentContext(profile, { executablePath: findChromium(), args: CHROMIUM_FLAGS });
  const first = await start();
  const page = first.pages()[0] ?? (await first.newPage());
  await page.goto(address);
  await dropFolder(page, folder);
  await page.locator('[data-testid=import-pictures][value=linked]').check();
  await page.getByTestId('import-start').click();
  await expect(page.getByTestId('import-summary')).toHaveAttribute('data-imported', '4', { timeout: 60_000 });
  await page.goto(`${address}#/data`);
  const id = await page.getByTestId('dataset-card').getAttribute('data-dataset-id');
  await first.close();

  const second = await start();
  try {
    const again = second.pages()[0] ?? (await second.newPage());
    // Without a window nobody can answer the browser's question: only the answer of requestPermission is given here.
    await again.addInitScript(() => {
      let isAllowed = false;
      const states = {
        queryPermission: () => (isAllowed ? 'granted' : 'prompt'),
        requestPermission: () => ((isAllowed = true), 'granted'),
      };
      for (const [name, state] of Object.entries(states))
        Object.defineProperty(FileSystemDirectoryHandle.prototype, name, { value: () => Promise.resolve(state()) });
    });
    await again.goto(`${address}#/data/${id}`);
    await expect(again.getByTestId('gallery-item').locator('img').first()).toBeVisible(); // thumbnails are here
    await expect(again.getByTestId('folder-notice')).toHaveAttribute('data-folder', 'kept');
    await again.getByTestId('folder-allow').click();
    await expect(again.getByTestId('folder-notice')).toHaveCount(0);
  } finally {
    await second.close();
  }
});

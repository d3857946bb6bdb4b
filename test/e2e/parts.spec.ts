// Code that is loaded when first needed, on a network that fails: what is said, and that another try brings the whole part.
import { expect, test } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const DIST = process.env.E2E_DIST ?? fileURLToPath(new URL('../../dist', import.meta.url));

test('a dialog and a page that do not arrive say what to do, leave the rest alone, and come with their styles at the next try', async ({
  page,
}) => {
  await page.goto('/');
  await expect(page.getByTestId('device-chip')).toHaveAttribute('data-backend', /simd|webgpu/, { timeout: 60_000 }); // the engine's own files are there
  let isDown = true;
  await page.route(/assets\/.*\.(js|css)$/, (route) => (isDown ? route.abort() : route.continue()));

  await page.keyboard.press('Control+k');
  const notice = page.getByTestId('error-notice').filter({ hasText: 'A part of this app' });
  await expect(notice).toHaveAttribute('data-code', 'E-MISSING');
  await expect(notice).toContainText('running jobs go on');
  await notice.getByRole('button', { name: 'Try again' }).click(); // still down: the same notice, not an endless wait
  await expect(notice).toBeVisible();
  isDown = false;
  await notice.getByRole('button', { name: 'Try again' }).click();
  const query = page.getByRole('combobox', { name: 'Go to a place or do something' });
  await expect(query).toBeVisible();
  await expect(query).toHaveCSS('border-top-width', '0px'); // its own sheet is there too
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  isDown = true;
  await page.getByRole('link', { name: 'Learn' }).click();
  await expect(notice).toBeVisible();
  await page.getByRole('link', { name: 'Home', exact: true }).click();
  await expect(page.getByTestId('try-demo')).toBeVisible();
  await expect(notice).toHaveCount(0);
  isDown = false;
  await page.getByRole('link', { name: 'Learn' }).click(); // going there again is another try
  await expect(page.getByRole('heading', { level: 1 })).not.toContainText('Judge');
  await expect(notice).toHaveCount(0);
});

test('what the first page loads stays under 190 kB compressed', async () => {
  const html = await readFile(join(DIST, 'index.html'), 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path = '']) => path);
  expect(files.length).toBeGreaterThan(2);
  const bytes = await Promise.all(files.map(async (path) => gzipSync(await readFile(join(DIST, path))).length));
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(190_000);
});

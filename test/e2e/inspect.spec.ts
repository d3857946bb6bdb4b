// The inspector as a user works with it: forensic views, a changed picture, history of a run, notes, report, private case, keys.
// Runs on the built-in demo; the run whose history is looked at has two steps on thirty images.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { readStore } from './page-database.ts';
import { expectRunEnds, importTinyData, resumeRun, storeTinyRun } from './tiny-run.ts';
import { drawPicture } from '../support/pictures.ts';

/** Minutes on a quiet machine's seconds: other suites may share the cores. */
test.setTimeout(400_000);

const DEMO = 'demo-3';
const PATH = 'aster/test/fake/000000.png';
const inspect = (query = '', dataset = DEMO, path = PATH): string => `/#/inspect/${dataset}/${encodeURIComponent(path)}${query}`;

const expectVerdict = (page: Page) =>
  expect(page.getByTestId('verdict')).toHaveAttribute('data-parsed', /real|fake|unparsed/, { timeout: 120_000 });

/** Takes the focus out of fields, so that the keys of the page count. */
const leaveFields = (page: Page) =>
  page.evaluate(() => (document.activeElement instanceof HTMLElement ? document.activeElement.blur() : undefined));

/** Serious faults of the page as it stands. */
async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

async function setTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.evaluate((name) => localStorage.setItem('mantine-color-scheme-value', name), theme);
  await page.reload();
}

test('one image: views, a changed picture, notes, report, all with stored data and without a request elsewhere', async ({ page }) => {
  await page.goto('/');
  await page.getByTestId('try-demo').click();
  await expectVerdict(page);

  await test.step('forensic views are computed from the file and named as hints', async () => {
    await page.goto(inspect('?tab=forensic&view=error-level&quality=75&gain=10'));
    const figure = page.locator('[data-testid=forensic-figure][data-name="Mean difference"]');
    await expect.poll(async () => Number(await figure.getAttribute('data-value'))).toBeGreaterThan(0.1);
    await expect(page.getByTestId('forensic')).toContainText('no proof');
    await page.keyboard.press('b');
    await expect(page.getByTestId('image-stage')).toHaveAttribute('data-shown', 'second');
    await page.getByRole('button', { name: 'Spectrum' }).click();
    await expect(page.locator('[data-testid=chart][data-metric=radial-spectrum]')).toHaveAttribute('data-points', '64');
    await page.getByRole('button', { name: 'File', exact: true }).click();
    await expect(page.getByTestId('metadata')).toContainText('128 × 128 pixels');
  });

  await test.step('what was asked is there after a reload, with its tokens, and a link names what is not here', async () => {
    await page.goto(inspect());
    if ((await page.getByTestId('verdict').count()) === 0) await page.keyboard.press('r');
    await expectVerdict(page);
    await page.goto(inspect('?tab=tokens&compare=gone&precision=q8'));
    await page.reload();
    await expectVerdict(page);
    await expect(page.getByTestId('token-text')).toContainText('Answer:');
    const named = page.getByTestId('missing-note');
    await expect(named).toHaveCount(2);
    await expect(named.first()).toContainText('the CPU engine always computes in f32');
    await page.goto(inspect());
    await expectVerdict(page);
    await page.keyboard.press('p');
    await page.keyboard.press('p');
    await page.keyboard.press('o');
    await expect(page).toHaveURL(/paragraph=2/);
    await expect(page).toHaveURL(/map=1/);
    await page.reload();
    await expect(page.getByRole('button', { name: 'Paragraph 2' })).toHaveAttribute('aria-pressed', 'true');
    await expect(page.getByRole('button', { name: 'Hide the similarity map' })).toBeVisible();
    await page.keyboard.press('o');
    await expect(page).not.toHaveURL(/map=1/);
  });

  await test.step('a region drawn with keys is masked, and the model is asked again', async () => {
    await page.goto(inspect('?tab=whatif&edit=mask%3Agrey%3A8%2C8%2C112%2C112'));
    await page.getByTestId('region-picker').getByRole('button').press('ArrowRight');
    await expect(page).toHaveURL(/edit=mask%3Agrey%3A12%2C8%2C112%2C112/);
    if ((await page.getByTestId('verdict').count()) === 0) await page.keyboard.press('r');
    await expectVerdict(page);
    await page.getByTestId('what-if-ask').click();
    const result = page.getByTestId('what-if-result');
    await expect(result).toContainText('What the model says changed', { timeout: 60_000 });
    const [before, after] = [await result.getAttribute('data-before-head'), await result.getAttribute('data-after-head')];
    expect(Math.abs(Number(before) - Number(after))).toBeGreaterThan(0.001);
    await page.reload(); // the answer is kept with its change, and nothing is asked twice
    await expect(result).toHaveAttribute('data-after-head', after ?? '');
    await expect(page.getByTestId('changes-asked')).toHaveAttribute('data-count', '1');
    expect(await readStore(page, 'images')).not.toHaveLength(0);
    expect((await readStore<{ id: string }>(page, 'images')).every(({ id }) => id.startsWith(`${DEMO}/`))).toBe(true);
  });

  await test.step('a group is kept, and its link opens the answer; the part of the image is in the address', async () => {
    await page.goto(inspect('?tab=group&open=2'));
    await expect(page.getByTestId('missing-note')).toContainText('not sampled in this browser');
    await page.getByTestId('group-run').click();
    await expect(page.getByTestId('group-open')).toBeVisible({ timeout: 120_000 });
    await expect(page.getByTestId('missing-note')).toHaveCount(0);
    await leaveFields(page);
    await page.keyboard.press('+');
    await page.keyboard.press('h');
    await expect(page).toHaveURL(/at=1\.5%2C0%2C0%2Cmirrored/);
    await page.reload();
    await expect(page.getByTestId('image-stage')).toHaveAttribute('data-zoom', '1.5');
    await expect(page.getByRole('button', { name: 'Mirror' })).toHaveAttribute('aria-pressed', 'true');
    await expect(page.getByRole('region', { name: 'Answer 2' })).toBeVisible();
    await expect(page.getByTestId('group-answer')).toHaveCount(8);
  });

  await test.step('rating, mark and note are kept with the image', async () => {
    await leaveFields(page);
    await page.keyboard.press('4');
    await page.keyboard.press('f');
    await page.getByRole('textbox', { name: 'Note' }).fill('mouth is odd');
    await page.getByRole('textbox', { name: 'Note' }).blur();
    const stored = async () =>
      (await readStore<{ id: string; rating?: number; tags: string[]; note?: string }>(page, 'samples')).find(
        ({ id }) => id === `${DEMO}/${PATH}`,
      );
    await expect.poll(stored).toMatchObject({ rating: 4, tags: ['review'], note: 'mouth is odd' });
  });

  await test.step('the report names file, model, settings and limits, and is one file without scripts', async () => {
    await page.getByTestId('open-report').click();
    const sheet = page.getByTestId('report-sheet');
    await expect(sheet).toHaveAttribute('data-sha256', /^[0-9a-f]{64}$/);
    await expect(sheet).toContainText('mouth is odd');
    await expect(sheet).toContainText(/Answer written\s*\d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    await expect(sheet).not.toContainText('**');
    await page.emulateMedia({ media: 'print' }); // the sheet alone goes on paper
    await expect(page.getByRole('heading', { name: 'Model estimate for one image' })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Report', exact: true })).toBeHidden();
    await expect(page.getByText('Skip to the page')).toBeHidden();
    await page.emulateMedia({ media: 'screen' });
    const download = page.waitForEvent('download');
    await page.getByTestId('report-save').click();
    const html = await readFile((await (await download).path()) ?? '', 'utf8');
    expect(html).toContain((await sheet.getAttribute('data-sha256')) ?? 'no hash');
    expect(html).toContain('data:image/png;base64,');
    expect(html).toMatch(/SHA-256 of the weights<\/th><td>[0-9a-f]{64}/);
    expect(html).toContain('Tiny model');
    expect(html).not.toMatch(/<script|blob:|\bis (a )?fake\b/);
    expect(await faults(page)).toEqual([]);
  });
  await expect(page.getByTestId('network-counter')).toHaveAttribute('data-value', '0');
});

test('the history of an image over a run is kept, asked for and walked with keys', async ({ page }) => {
  const dataset = await importTinyData(page);
  await storeTinyRun(page, { id: 'tiny-run', datasetId: dataset, maxSteps: 2 });
  await resumeRun(page, 'tiny-run');
  await expectRunEnds(page, 2);
  const completions = await readStore<{ path: string; step: number }>(page, 'completions');
  const { path = '', step = 0 } = completions.at(-1) ?? {};
  await page.goto(inspect('?tab=history', encodeURIComponent(dataset), path));
  await page.getByTestId('history-ask').click();
  const entry = page.getByTestId('history-entry');
  await expect(entry).toHaveAttribute('data-entries', '2', { timeout: 60_000 });
  await expect(entry).toHaveAttribute('data-step', '2');
  await expect(page.getByTestId('text-diff')).toBeVisible();
  await leaveFields(page);
  await page.keyboard.press('[');
  await expect(entry).toHaveAttribute('data-step', '0');
  await expect(page).toHaveURL(/step=0/);
  const kept = (await readStore<{ evalId: string }>(page, 'answers')).filter(({ evalId }) => evalId.startsWith('asked:'));
  expect(kept).toHaveLength(2);
  await page.reload();
  await expect(entry).toHaveAttribute('data-step', '0'); // nothing is asked twice
  await expect(page.getByTestId('history-ask')).toHaveCount(0);
  await page.setViewportSize({ width: 400, height: 800 });
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
  await page.getByRole('button', { name: 'Sampled while training' }).click();
  await expect(entry).toHaveAttribute('data-step', String(step));
  await expect(entry.getByTestId('paragraph-card').first()).toBeVisible();
});

test('a private case leaves nothing behind; keys, palette and links work; both themes are clean', async ({ page }) => {
  const picture = drawPicture(96, 80);
  const jpeg = await sharp(picture.data, { raw: { width: 96, height: 80, channels: 3 } })
    .jpeg({ quality: 82 })
    .toBuffer();
  await page.goto('/#/case');
  await page.getByTestId('files-input').setInputFiles([
    { name: 'case.jpg', mimeType: 'image/jpeg', buffer: jpeg },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('x') },
  ]);
  await expect(page.getByTestId('case-image')).toHaveCount(1);
  await expect(page.getByText('notes.txt')).toBeVisible();
  await page.getByTestId('case-image').getByRole('link', { name: 'case.jpg' }).click();
  await expectVerdict(page);
  await page.getByTestId('tab-forensic').click();
  await page.getByRole('button', { name: 'File', exact: true }).click();
  await expect(page.getByTestId('metadata')).toContainText('82 (libjpeg’s table)');
  expect(await faults(page)).toEqual([]);
  for (const store of ['images', 'samples', 'answers']) expect(await readStore(page, store)).toEqual([]);

  await leaveFields(page);
  await page.keyboard.press('z');
  await expect(page.getByTestId('image-stage')).not.toHaveAttribute('data-zoom', '1');
  await test.step('the pixel view reads the pixel in the middle, and the one under the pointer', async () => {
    const readout = page.getByTestId('pixel-readout');
    const image = sharp(await sharp(jpeg).png().toBuffer()).raw();
    const { data, info } = await image.toBuffer({ resolveWithObject: true });
    const truth = async () => {
      const [x, y] = [Number(await readout.getAttribute('data-x')), Number(await readout.getAttribute('data-y'))];
      return { x, y, rgb: [...data.subarray((y * info.width + x) * info.channels).subarray(0, 3)] };
    };
    const expectTrue = async () => {
      const { rgb } = await truth();
      const read = ((await readout.getAttribute('data-rgb')) ?? '').split(' ').map(Number);
      for (const [i, value] of rgb.entries()) expect(Math.abs((read[i] ?? NaN) - value)).toBeLessThanOrEqual(3); // two JPEG decoders
    };
    await page.mouse.move(5, 5);
    await expect(readout).toHaveAttribute('data-x', '48');
    await expectTrue();
    const before = await truth();
    await page.keyboard.press('Shift+ArrowRight');
    await expect(readout).not.toHaveAttribute('data-x', String(before.x));
    await page
      .getByTestId('image-stage')
      .locator('[data-image-frame]')
      .hover({ position: { x: 30, y: 30 } });
    await expect(readout).toContainText('under the pointer');
    await expectTrue();
    expect((await truth()).x).toBeLessThan(before.x);
  });

  await page.keyboard.press('?');
  await page.getByTestId('single-keys').uncheck({ force: true });
  await page.keyboard.press('Escape');
  await page.keyboard.press('0');
  await expect(page.getByTestId('image-stage')).not.toHaveAttribute('data-zoom', '1');
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('combobox', { name: 'Go to a place or do something' });
  await palette.fill('turn keys on');
  await palette.press('Enter');
  await expect(palette).toHaveCount(0); // a key pressed before belongs to the palette's field
  await page.keyboard.press('0');
  await expect(page.getByTestId('image-stage')).toHaveAttribute('data-zoom', '1');

  await setTheme(page, 'dark'); // a reload ends the case
  await expect(page.getByTestId('error-notice')).toContainText('private case');
  expect(await faults(page)).toEqual([]);
  await page.goto(inspect('?needs=ddim-mini%20(sha%203f2a0000)', 'elsewhere'));
  await expect(page.getByTestId('error-notice')).toContainText('needs the dataset ddim-mini (sha 3f2a0000)');
});

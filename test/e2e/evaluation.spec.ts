// Evaluations as a researcher uses them, on folders and files on disk: a threshold frozen on val, a robustness sweep through a
// reload, a vote, failed samples asked again, and answers made elsewhere.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSampleData } from '../../workers/node/sample-data.ts';

const UNSEEN_SEED = 9002;
const PER_CLASS = 1;
/** Five domains, two labels. */
const SPLIT_IMAGES = 5 * 2 * PER_CLASS;

let root = '';
let folder = '';
test.beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'prpo-evaluation-'));
  folder = join(root, 'unseen');
  await writeSampleData({ outDir: folder, seed: UNSEEN_SEED, perClass: PER_CLASS });
});
test.afterAll(() => rm(root, { recursive: true, force: true }));

async function importFolder(page: Page): Promise<string> {
  await page.goto('/');
  await page.getByTestId('directory-input').first().setInputFiles(folder);
  await page.getByTestId('import-start').click();
  await expect(page.getByTestId('import-summary')).toHaveAttribute('data-failed', '0', { timeout: 120_000 });
  await page.goto('/#/data');
  return (await page.getByTestId('dataset-card').first().getAttribute('data-dataset-id')) ?? '';
}

async function expectDone(page: Page): Promise<void> {
  await expect(page.getByTestId('eval-report')).toHaveAttribute('data-state', 'done', { timeout: 120_000 });
}

const attribute = async (page: Page, testId: string, name: string, attr = 'data-value'): Promise<number> =>
  Number(await page.locator(`[data-testid="${testId}"][data-name="${name}"]`).first().getAttribute(attr));

/** Serious and critical findings on the page as it is. */
async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

test('a threshold is frozen on val and a sweep survives a reload', async ({ page }) => {
  test.setTimeout(300_000);
  const dataset = await importFolder(page);
  await page.goto(`/#/eval/new?dataset=${encodeURIComponent(dataset)}`);
  await page.getByTestId('eval-start').click();
  await expectDone(page);
  const report = page.url();

  await test.step('the slider counts at every threshold', async () => {
    const counts = page.getByTestId('threshold-counts');
    await page.getByTestId('threshold-slider').fill('0');
    await expect(counts).toHaveAttribute('data-fp', String(SPLIT_IMAGES / 2));
    expect(await attribute(page, 'threshold-figure', 'fpr')).toBe(1);
    await page.getByTestId('threshold-slider').press('End');
    await expect(counts).toHaveAttribute('data-tp', '0');
  });

  await test.step('a count at a moved threshold opens its images, and the link restores them', async () => {
    await page.getByTestId('threshold-slider').fill('0');
    await page.locator('[data-testid="threshold-cell"][data-name="fp"]').click();
    const list = page.getByTestId('answer-list');
    await expect(list).toHaveAttribute('data-value', String(SPLIT_IMAGES / 2));
    await expect(page).toHaveURL(/list=cut-real-fake/);
    await expect(page).toHaveURL(/[?&]t=0(&|$)/);
    await page.reload();
    await expect(list).toHaveAttribute('data-list', 'cut-real-fake');
    await expect(list).toHaveAttribute('data-value', String(SPLIT_IMAGES / 2));
    await expect(page.getByTestId('threshold-slider')).toHaveValue('0');
  });

  await test.step('one click evaluates val, and the rule freezes what the verdict strip then says', async () => {
    await page.getByTestId('threshold-validate').click();
    await page.getByTestId('threshold-freeze').click({ timeout: 120_000 });
    const frozen = page.getByTestId('frozen-threshold');
    await expect(frozen).toHaveAttribute('data-rule', 'fpr-5');
    await expect(frozen).toContainText(/\d+ % of real images were called fake \(95 % CI \d+–\d+, \d+ of 5\)/);
    const value = Number(await frozen.getAttribute('data-value'));
    expect(value).toBeGreaterThan(0);
    const rate = Number(await frozen.getAttribute('data-fpr'));
    await expect.poll(() => attribute(page, 'threshold-figure', 'fpr')).toBe(rate);
    await expect(page.getByTestId('parity-card')).toHaveAttribute('data-hashed', 'true');
  });

  await test.step('a sweep is paused by a reload and goes on where it was', async () => {
    for (const name of ['jpeg90', 'resize0.5', 'blur1', 'crop0.75']) {
      await page.locator(`[data-testid="sweep-level"][data-name="${name}"]`).click();
    }
    await page.getByTestId('sweep-start').click();
    await expect(page.getByTestId('sweep-row')).toHaveCount(3);
    await page.reload();
    await expect(page.getByTestId('sweep-row')).toHaveCount(3);
    const goOn = page.getByTestId('sweep-resume');
    const noise = page.locator('[data-testid="sweep-row"][data-name="noise0.05"]');
    await expect(goOn.or(page.locator('[data-testid="sweep-row"][data-name="noise0.05"][data-state="done"]')).first()).toBeVisible();
    if (await goOn.isVisible()) await goOn.click();
    await expect(noise).toHaveAttribute('data-answered', String(SPLIT_IMAGES), { timeout: 120_000 });
    const figure = page.locator('[data-testid="sweep-row"][data-name="jpeg50"] [data-testid="sweep-figure"][data-name="accuracy"]');
    const clean = page.locator('[data-testid="sweep-row"][data-name="clean"] [data-testid="sweep-figure"][data-name="accuracy"]');
    const difference = Number(await figure.getAttribute('data-difference'));
    expect(difference).toBeCloseTo(Number(await figure.getAttribute('data-value')) - Number(await clean.getAttribute('data-value')), 9);
    await noise.getByRole('link').click();
    await expect(page.getByTestId('eval-perturbed')).toContainText('Noise');
  });

  await test.step('no serious accessibility fault in either theme', async () => {
    await page.goto(report);
    await expect(page.getByTestId('sweep-matrix')).toBeVisible();
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      expect(await faults(page)).toEqual([]);
    }
  });

  await test.step('the per-domain table leaves as CSV', async () => {
    const started = page.waitForEvent('download');
    await page.getByTestId('table-menu').first().click();
    await page.getByRole('menuitem', { name: 'Save as CSV' }).click();
    expect((await started).suggestedFilename()).toMatch(/-domains\.csv$/);
  });
});

const TEXT = '**Skin**: the cheeks are waxy and smeared, clearly artificial.\n\n**Eyes**: a fake glossy look.\n\n### Answer: ';
/** Ten pictures of two domains; questions name them without their folders. */
const imagePath = (id: number) => `${id < 5 ? 'aster' : 'birch'}/test/${id % 2 ? 'fake' : 'real'}/${String(id).padStart(6, '0')}.png`;

test('answers made elsewhere become a table by domain from files alone, with their pictures where these are dropped too', async ({
  page,
}) => {
  const drop = join(root, 'elsewhere');
  const bytes = await readFile(join(folder, 'aster/test/fake/000000.png'));
  for (let id = 0; id < 10; id++) {
    await mkdir(join(drop, imagePath(id), '..'), { recursive: true });
    await writeFile(join(drop, imagePath(id)), bytes);
  }
  const questions = Array.from({ length: 10 }, (_, id) =>
    JSON.stringify({ question_id: id, image: imagePath(id).split('/').at(-1), text: '<image>' }),
  );
  const answer = (id: number) =>
    JSON.stringify({
      question_id: id,
      prompt: '<image>',
      text: TEXT + (id % 2 ? 'fake' : 'real'),
      answer_id: `${id}`,
      model_id: 'gpu-box',
    });
  const lines = [...Array.from({ length: 9 }, (_, id) => answer(id)), answer(3), answer(77), '{"question_id": 9, "te'];
  await writeFile(join(drop, 'questions.jsonl'), questions.join('\n'));
  await writeFile(join(drop, 'answers.jsonl'), Buffer.from(`\uFEFF${lines.join('\r\n')}`, 'utf16le'));

  await page.goto('/');
  await page.getByTestId('directory-input').first().setInputFiles(drop);
  await page.getByTestId('import-start').click();
  await expectDone(page);
  const metric = (name: string, domain: string) =>
    page.locator(`[data-testid="eval-metric"][data-name="${name}"][data-domain="${domain}"]`).first();
  await expect(metric('accuracy', 'aster')).toHaveAttribute('data-value', '1');
  await expect(metric('coverage', 'all')).toHaveAttribute('data-value', '0.9');
  for (const [code, path] of [
    ['encoding', 'answers.jsonl#1'],
    ['duplicate-id', 'answers.jsonl#10'],
    ['unknown-id', 'answers.jsonl#11'],
    ['json-broken', 'answers.jsonl#12'],
  ]) {
    await expect(page.locator(`[data-testid="import-problem"][data-code="${code}"]`)).toHaveAttribute('data-path', path ?? '');
  }
  await expect(page.locator('[data-testid="import-problem"][data-code="predict-missing"]')).toHaveCount(1);
  await page
    .getByRole('button', { name: imagePath(2) })
    .first()
    .click();
  await expect(page.getByTestId('answer-picture')).toBeVisible();

  await expect(metric('coverage', 'birch')).toHaveAttribute('data-value', '0.8'); // one of its five has no answer
  const report = page.url().replace(/\?.*/, '');
  await page.goto(`${report}?list=best&t=7&source=token&answer=${encodeURIComponent(imagePath(2))}&with=eval-gone`);
  await page.reload();
  // The score is judged last, once the answers are read: these have none.
  for (const what of ['source', 'list', 't', 'with']) {
    await expect(page.locator(`[data-testid="missing-note"][data-what="${what}"]`)).toBeVisible();
  }
  await expect(page.getByTestId('missing-note')).toHaveCount(4);
});

test('a link to an evaluation that is not here says what it needs', async ({ page }) => {
  await page.goto(`/#/eval/eval-gone?model=nano&needs=${encodeURIComponent('faces (sha 3f2a77aa)')}`);
  const notice = page.getByTestId('error-notice');
  await expect(notice).toHaveAttribute('data-code', 'E-MISSING');
  await expect(notice).toContainText('nano on dataset faces (sha 3f2a77aa)');
});

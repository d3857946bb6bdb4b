// From files on disk to a table by domain with intervals, without a model and in two actions: the questions first, then the answers
// of two systems, which are then compared.
import { expect, test, type Page } from '@playwright/test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DOMAINS = ['ddim', 'SiT', 'sd'];
const IMAGES = 60;
const labelOf = (id: number) => (id % 2 ? 'fake' : 'real');
const REASON = '**Skin**: the cheeks are waxy and smeared, clearly artificial.\n\n';

/** Wrong on every `wrong`-th image; one answer in ten states its conclusion without the tag, which only some parsers read. */
function answersOf(model: string, wrong: number): string {
  const rows = Array.from({ length: IMAGES }, (_, id) => {
    const says = id % wrong === 0 ? (id % 2 ? 'real' : 'fake') : labelOf(id);
    const text = REASON + (id % 10 === 4 ? `Conclusion: ${says}` : `### Answer: ${says}`);
    const score = says === 'fake' ? 0.6 + (id % 7) / 20 : 0.4 - (id % 7) / 20;
    return { question_id: id, prompt: '<image>', text, answer_id: `${id}`, model_id: model, workbench: { p_fake_head: score } };
  });
  return rows.map((row) => JSON.stringify(row)).join('\n');
}

let root = '';
test.beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'prpo-answers-'));
  const questions = Array.from({ length: IMAGES }, (_, id) =>
    JSON.stringify({ question_id: id, image: `${DOMAINS[id % 3]}/test/${labelOf(id)}/${id}.png`, text: '<image>', label: labelOf(id) }),
  );
  await writeFile(join(root, 'questions.jsonl'), questions.join('\n'));
  await writeFile(join(root, 'first.jsonl'), answersOf('first-model', 7));
  await writeFile(join(root, 'second.jsonl'), answersOf('second-model', 5));
});
test.afterAll(() => rm(root, { recursive: true, force: true }));

const drop = (page: Page, ...names: string[]) =>
  page
    .getByTestId('files-input')
    .first()
    .setInputFiles(names.map((name) => join(root, name)));

test('questions and answers, dropped one after the other on Evaluate, become a report that compares two systems', async ({ page }) => {
  await page.goto('/#/eval');
  await drop(page, 'questions.jsonl');
  await expect(page.getByText('Now drop the answers.jsonl')).toBeVisible();
  await drop(page, 'first.jsonl');
  await expect(page.getByTestId('eval-report')).toHaveAttribute('data-state', 'done');
  for (const domain of [...DOMAINS, 'average']) {
    const cell = page.locator(`[data-testid="domain-interval"][data-domain="${domain}"][data-name="f1"]`);
    await expect(cell).toHaveText(/^\d+\.\d % – \d+\.\d %$/);
  }
  await expect(page.getByTestId('parity-card')).toContainText(/first\.jsonl, 60 lines\s*SHA-256 [0-9a-f]{16}/);

  await test.step('each parser has its row, and what they read differently can be read', async () => {
    await expect(page.locator('[data-testid="parser-row"][data-parser="eval"]')).toHaveAttribute('data-parsed', '54');
    await expect(page.locator('[data-testid="parser-row"][data-parser="prpo"]')).toHaveAttribute('data-differs', '6');
    await page.getByRole('button', { name: 'List what they read differently' }).click();
    await expect(page.getByTestId('answer-list')).toHaveAttribute('data-value', '6');
    await page.getByRole('button', { name: /real\/4\.png/ }).click();
    const reading = page.locator('[data-testid="parser-reading"][data-parser="prpo"]');
    await expect(reading).toHaveAttribute('data-rule', 'final-line');
    await page.keyboard.press('Escape');
  });

  await test.step('another system, dropped on Home, is tested against it on the same questions, and the link keeps the comparison', async () => {
    await page.goto('/#/');
    const files = ['second.jsonl', 'questions.jsonl'].map((name) => join(root, name));
    await page.getByTestId('answers-files-input').setInputFiles(files);
    await expect(page.getByTestId('eval-report')).toHaveAttribute('data-state', 'done');
    const option = page.getByTestId('paired-with').locator('option', { hasText: 'first-model' });
    await page.getByTestId('paired-with').selectOption((await option.getAttribute('value')) ?? '');
    const tests = page.getByTestId('paired-tests');
    await expect(tests).toHaveAttribute('data-mcnemar', /^0\.\d+$/);
    await expect(tests).toContainText(/difference \+\d+\.\d points \([−+\d.]+ to \+[\d.]+\)/);
    const before = await tests.getAttribute('data-delong');
    await page.reload();
    await expect(tests).toHaveAttribute('data-delong', before ?? 'none');
  });

  await test.step('answers of both are judged blind in pairs, by keys, and the count stays', async () => {
    await page.getByTestId('preference-open').press('Enter');
    const pair = page.getByTestId('preference-pair');
    await expect(pair).toHaveAttribute('data-judged', '0');
    await expect(pair).not.toContainText(/first-model|second-model/);
    await page.getByTestId('preference-a').press('Enter');
    await expect(pair).toHaveAttribute('data-judged', '1');
    await page.getByTestId('preference-tie').press('Enter');
    await expect(pair).toHaveAttribute('data-judged', '2');
    await page.keyboard.press('Escape');
    const result = page.getByTestId('preference-result');
    await expect(result).toHaveAttribute('data-tie', '1');
    await page.reload();
    await expect(result).toHaveAttribute('data-tie', '1');
    const judged = await Promise.all(['data-here', 'data-there'].map(async (side) => Number(await result.getAttribute(side))));
    expect(judged.toSorted((a, b) => a - b)).toEqual([0, 1]);
  });

  await test.step('a figure opens its definition and counts, and Escape closes them', async () => {
    const trace = page.getByTestId('figure-trace');
    await page.getByTestId('figure-name').first().press('Enter');
    await expect(trace).toBeVisible();
    await expect(trace).toContainText(/60/);
    await page.keyboard.press('Escape');
    await expect(trace).toHaveCount(0);
  });
});

// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import { act } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { TrainNewPage } from '../../src/features/training/new/TrainNewPage.tsx';
import type { MaskRow, PreviewToken, RewardPreview } from '../../src/shared/domain/preview.ts';
import { scoreCompletion } from '../../src/shared/rewards/paragraph-reward.ts';
import { PAPER_REWARD } from '../../src/shared/config/presets.ts';
import { putDataset } from '../../src/shared/storage/datasets.ts';
import { openTestDatabase } from '../support/database.ts';
import { until } from './render.tsx';
import { DATASET, show, takeDown, type } from './training-page.tsx';

afterEach(takeDown);

const token = (text: string, use: PreviewToken['use'], paragraph: number | null = null): PreviewToken => ({ id: 1, text, use, paragraph });
const ROW: MaskRow = {
  sampleId: 'd/a.png',
  path: 'a.png',
  label: 'fake',
  source: 'reference',
  visionTokens: 16,
  cutTokens: 0,
  tokens: [
    token('Look:', 'prompt'),
    token('<image>', 'image'),
    token('Skin', 'paragraph', 0),
    token(' waxy', 'paragraph', 0),
    token('Answer', 'paragraph', 1),
    token('late', 'ignored'),
  ],
};

/** Two answers whose VCR differs, so that the weights decide what their rewards are. */
function rewardPreview(): RewardPreview {
  const text = 'The skin is overly smooth and plastic-like.\n\n### Answer: fake';
  const completion = (cosine: number) => ({
    text,
    terminated: true,
    tokens: [token('Skin', 'paragraph', 0), token('Answer', 'paragraph', 1)],
    scored: scoreCompletion(text, { reward: PAPER_REWARD, parser: 'prpo', hasImage: true, cosineOf: () => cosine }),
  });
  const image = { sampleId: 'd/a.png', path: 'a.png', label: 'fake' as const, completions: [completion(0.6), completion(-0.2)] };
  return { source: 'generated', images: [image], elapsedMs: 900 };
}

async function openForm(handlers: Parameters<typeof show>[4]) {
  const db = await openTestDatabase();
  await putDataset(db, DATASET);
  return show(db, <TrainNewPage />, '/train/new', '/train/new', handlers);
}

async function readSettings(find: (id: string) => HTMLElement, name: string, text: string): Promise<void> {
  const input = find('settings-input');
  Object.defineProperty(input, 'files', { value: [new File([text], name)], configurable: true });
  await act(async () => input.dispatchEvent(new Event('change', { bubbles: true })));
}

describe('the mask preview of the form', () => {
  it('names every stretch in words and as a table, so that colour is never alone', async () => {
    const { find, container } = await openForm({ maskPreview: () => [ROW] });
    await act(async () => find('mask-preview').click());
    await until(() => expect(find('mask-rows').dataset.rows).toBe('1'));
    const stretches = [...container.querySelectorAll<HTMLElement>('[data-testid=token-stretch]')];
    expect(stretches.map((one) => [one.dataset.use, one.querySelector('b')?.textContent])).toEqual([
      ['prompt', 'prompt'],
      ['paragraph', 'P1'],
      ['paragraph', 'P2'],
      ['ignored', 'ignored'],
    ]);
    expect(container.textContent).toContain('<image> = 16 vision tokens');
    await act(async () => container.querySelector<HTMLButtonElement>('button[aria-label="Tokens of a.png: show as table"]')?.click());
    const cells = [...find('mask-rows').querySelectorAll('tbody tr')].map((row) =>
      [...row.children].slice(0, 2).map((cell) => cell.textContent),
    );
    expect(cells).toEqual([['prompt', '1'], ['image', '16'], ['P1', '2'], ['P2', '1'], ['ignored', '1']]); // prettier-ignore
  });

  it('says that it is of other settings once one was changed', async () => {
    const { find } = await openForm({ maskPreview: () => [ROW] });
    await act(async () => find('mask-preview').click());
    await until(() => expect(find('mask-rows').dataset.old).toBeUndefined());
    await type(find('train-seed'), '7');
    expect(find('mask-rows').dataset.old).toBe('true');
  });
});

describe('the reward preview of the form', () => {
  it('computes rewards and advantages anew when a weight moves, without asking the engine again', async () => {
    const { find, container, client } = await openForm({ rewardPreview });
    await act(async () => find('reward-preview').click());
    await until(() => expect(find('reward-preview-result')).toBeTruthy());
    const rows = () =>
      [...container.querySelectorAll<HTMLElement>('[data-testid=reward-preview-answer]')].map((row) => Number(row.dataset.reward));
    expect(rows()[0]).toBeCloseTo(0.5 * 0.8 + 0.5, 6);
    expect(rows()[1]).toBeCloseTo(0.5 * 0.4 + 0.5, 6);
    const slider = container.querySelector<HTMLElement>('[role=slider]');
    await act(async () => slider?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Home', bubbles: true })));
    expect(rows()).toEqual([0.5, 0.5]);
    expect(client.log.filter((name) => name === 'rewardPreview')).toHaveLength(1);
    await act(async () => [...container.querySelectorAll('button')].find((one) => one.textContent === 'Use these weights')?.click());
    expect(find('train-alpha-clip')).toHaveProperty('value', '0');
  });
});

describe('the dry run of the form', () => {
  it('gives the time of the whole run and of each phase, and an error with what to do', async () => {
    const report = {
      metrics: { loss: 0, grad_norm: 0.5 },
      phaseMs: { generate: 1000, update: 500 },
      stepMs: 1500,
      probeMs: null,
      totalMs: 90_000,
      peakBytes: 5e6,
      reservedBytes: 9e6,
      stateBytes: 1e6,
      answers: 32,
      tokensPerSecond: 80,
      skipped: false,
    };
    let calls = 0;
    const { find, container } = await openForm({
      dryRun: () => {
        if (calls++ === 0) return report;
        throw new Error('no room');
      },
    });
    await act(async () => find('dry-run').click());
    await until(() => expect(find('dry-run-report').dataset.stepMs).toBe('1500'));
    expect(find('dry-run-report').textContent).toContain('about 1 min 30 s');
    expect(find('dry-run-report').textContent).toContain('80 tokens/s');
    await act(async () => find('dry-run').click());
    await until(() => expect(container.querySelector('[data-testid=error-notice]')?.textContent).toContain('no room'));
  });
});

describe('settings files in the form', () => {
  it('marks a refused value beside its field with the line, and lists unknown keys', async () => {
    const { find, container } = await openForm({});
    await readSettings(find, 'mine.yaml', 'num_generations: 900\nseed: 9\nnum_generation: 4\n');
    await until(() => expect(find('settings-report').dataset.notes).toBe('2'));
    expect(find('train-seed')).toHaveProperty('value', '9');
    expect(find('train-num-generations')).toHaveProperty('value', '8');
    expect(find('settings-note').textContent).toContain('Line 1, "num_generations": 900 is refused. Allowed: 1 to 64');
    expect(find('settings-report').textContent).toContain('Line 3, "num_generation": Unknown setting, left out.');
    await type(find('train-num-generations'), '6');
    expect(container.querySelector('[data-testid=settings-note]')).toBeNull();
  });

  it('leaves the form as it is when the file cannot be read', async () => {
    const { find, container } = await openForm({});
    await readSettings(find, 'broken.json', '{"seed": 1');
    await until(() => expect(container.querySelector<HTMLElement>('[data-testid=error-notice]')?.dataset.code).toBe('E-JSON'));
    expect(find('train-seed')).toHaveProperty('value', '42');
  });
});

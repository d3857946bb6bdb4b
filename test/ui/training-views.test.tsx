// @vitest-environment happy-dom
import 'fake-indexeddb/auto';
import { act } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EvaluationReportPage } from '../../src/features/evaluation/report/EvaluationReportPage.tsx';
import { RunPage } from '../../src/features/training/run/RunPage.tsx';
import { TrainNewPage } from '../../src/features/training/new/TrainNewPage.tsx';
import type { EngineApi } from '../../src/shared/engine-api.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import { putDataset } from '../../src/shared/storage/datasets.ts';
import { putAnswers, putEval } from '../../src/shared/storage/evals.ts';
import { getRun, listRuns, putRun } from '../../src/shared/storage/runs.ts';
import { appendStep } from '../support/append-step.ts';
import { openTestDatabase } from '../support/database.ts';
import { someAnswer, someCompletion, someEval, someRun } from '../support/records.ts';
import { until } from './render.tsx';
import { DATASET, show, takeDown, type } from './training-page.tsx';

afterEach(takeDown);

describe('the form of a new run', () => {
  it('starts a PRPO run with the Tiny demo preset as it stands', async () => {
    const db = await openTestDatabase();
    await putDataset(db, DATASET);
    const { find } = await show(db, <TrainNewPage />, '/train/new', '/train/new', { train: () => ({ state: 'done' }) });
    expect(find('train-start').hasAttribute('disabled')).toBe(false);
    await act(async () => find('train-start').click());
    await until(() => expect(document.body.textContent).toContain('elsewhere'));
    const [run] = await listRuns(db);
    expect(run).toMatchObject({ algorithm: 'prpo', datasetId: 'd', baseModelId: 'm', maxSteps: 60 });
    expect(run?.config.filter.splits).toEqual(['train']);
  });

  it('starts one run, not two, on a double click', async () => {
    const db = await openTestDatabase();
    await putDataset(db, DATASET);
    const { find } = await show(db, <TrainNewPage />, '/train/new', '/train/new', { train: () => ({ state: 'done' }) });
    await act(async () => {
      find('train-start').click();
      find('train-start').click();
    });
    await until(() => expect(document.body.textContent).toContain('elsewhere'));
    expect(await listRuns(db)).toHaveLength(1);
  });

  it('refuses a value out of range beside its field, and takes it back with one click', async () => {
    const db = await openTestDatabase();
    await putDataset(db, DATASET);
    const { find, container } = await show(db, <TrainNewPage />, '/train/new', '/train/new');
    await type(find('train-num-generations'), '900');
    expect(container.textContent).toContain('Allowed: 1 to 64, whole numbers.');
    expect(find('train-start').hasAttribute('disabled')).toBe(true);
    await type(find('train-num-generations'), '6');
    expect(container.textContent).toContain('the preset says 8');
    await act(async () =>
      container.querySelector<HTMLButtonElement>('button[aria-label="Answers per image (G): back to the preset"]')?.click(),
    );
    expect(find('train-num-generations')).toHaveProperty('value', '8');
    expect(find('train-start').hasAttribute('disabled')).toBe(false);
  });

  it('says what the preset has in the words of its controls', async () => {
    const db = await openTestDatabase();
    await putDataset(db, DATASET);
    const { find, container } = await show(db, <TrainNewPage />, '/train/new', '/train/new');
    await type(find('train-pcr-tie'), 'vcr');
    expect(container.textContent).toContain('the preset says The stated answer (paper).');
    await act(async () => find('train-use-peft').click());
    expect(container.textContent).toContain('the preset says off.');
  });

  it('makes the two runs of a pair with the same seed and data', async () => {
    const db = await openTestDatabase();
    await putDataset(db, DATASET);
    const { find } = await show(db, <TrainNewPage />, '/train/new', '/train/new', { train: () => ({ state: 'paused' }) });
    await type(find('train-algorithm'), 'pair');
    await act(async () => find('train-start').click());
    await until(() => expect(document.body.textContent).toContain('elsewhere'));
    const runs = await listRuns(db);
    expect(runs.map(({ algorithm }) => algorithm).sort()).toEqual(['grpo', 'prpo']);
    expect(runs.map(({ config }) => config.policy.objective).sort()).toEqual(['grpo-trl', 'paper']);
    expect(new Set(runs.map(({ config }) => config.seed)).size).toBe(1);
  });
});

describe('the page of a run', () => {
  it('gives state, curves, health and answers of a stored run, and offers to resume it after a reload', async () => {
    const db = await openTestDatabase();
    const run = someRun({ id: 'r', state: 'running', step: 2, maxSteps: 9 });
    await putRun(db, run);
    for (const step of [1, 2]) {
      const metrics = { reward: 0.5 + step / 10, entropy: step === 1 ? 0.5 : 0.05 };
      await appendStep(db, { ...run, step }, { runId: 'r', step, timestamp: 0, metrics, phaseMs: {} }, [
        { ...someCompletion('r', step, 0), reward: 0.4, advantage: -0.3 },
      ]);
    }
    const resumed = vi.fn<Handlers<EngineApi>['train']>(() => ({ state: 'paused' }));
    const { find } = await show(db, <RunPage />, '/run/:id', '/run/r', { train: resumed });
    await until(() =>
      expect({ ...find('completion-row').dataset }).toMatchObject({ step: '2', path: 'a.png', reward: '0.4', advantage: '-0.3' }),
    );
    expect(find('run-status').dataset).toMatchObject({ runId: 'r', state: 'paused', step: '2', maxSteps: '9' });
    const reward = document.querySelector<HTMLElement>('[data-testid=chart][data-metric=reward]');
    expect(reward?.dataset['points']).toBe('2');
    expect(document.querySelector<HTMLElement>('[data-testid=chart-last][data-metric=reward]')?.dataset['value']).toBe('0.7');
    expect(document.querySelector<HTMLElement>('[data-rule=entropy-collapse]')?.dataset['level']).toBe('red');
    await act(async () => find('train-resume').click());
    await until(() => expect(resumed).toHaveBeenCalledOnce());
  });

  it('folds the rules that are well where they stand above the charts, and no other; on paper all are open', async () => {
    const db = await openTestDatabase();
    const run = someRun({ id: 'r', state: 'done', step: 1, maxSteps: 1 });
    await putRun(db, run);
    const metrics = { entropy: 0.5, clip_ratio: 0, 'completions/clipped_ratio': 0.9 };
    await appendStep(db, run, { runId: 'r', step: 1, timestamp: 0, metrics, phaseMs: {} }, []);
    const narrow = Object.assign(new EventTarget(), { matches: true, media: '', onchange: null, addListener() {}, removeListener() {} });
    vi.spyOn(window, 'matchMedia').mockReturnValue(narrow as never);
    const { find } = await show(db, <RunPage />, '/run/:id', '/run/r');
    await until(() => expect(find('health-well')).toHaveProperty('open', false));
    const fold = find('health-well');
    const rules = [...document.querySelectorAll<HTMLElement>('[data-testid=health-rule]')];
    const folded = rules.filter((rule) => fold.contains(rule));
    expect(folded).toHaveLength(Number(fold.dataset['count']));
    expect(folded).toEqual(rules.filter(({ dataset }) => dataset['level'] === 'green'));
    expect(rules.length).toBeGreaterThan(folded.length);
    await act(async () => void dispatchEvent(new Event('beforeprint')));
    expect(fold).toHaveProperty('open', true);
    await act(async () => void dispatchEvent(new Event('afterprint')));
    vi.restoreAllMocks();
  });

  it('has every metric of the log as a chart where all are asked for', async () => {
    const db = await openTestDatabase();
    const run = someRun({ id: 'r', state: 'done', step: 1, maxSteps: 1 });
    await putRun(db, run);
    const metrics = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`own/metric_${i}`, i]));
    await appendStep(db, run, { runId: 'r', step: 1, timestamp: 0, metrics, phaseMs: {} }, []);
    await show(db, <RunPage />, '/run/:id', '/run/r?metrics=all');
    const shown = () => [...document.querySelectorAll<HTMLElement>('[data-testid=chart]')].map(({ dataset }) => dataset['metric']);
    await until(() => expect(shown()).toEqual(expect.arrayContaining(Object.keys(metrics))));
    expect(document.querySelector('[data-testid=chart-place]')).toBeNull();
  });

  it('says what is missing when the link is not of this browser', async () => {
    const db = await openTestDatabase();
    const { find } = await show(db, <RunPage />, '/run/:id', '/run/gone');
    await until(() => expect(find('error-notice').dataset['code']).toBe('E-MISSING'));
    expect(await getRun(db, 'gone')).toBeUndefined();
  });
});

describe('the page of a report', () => {
  it('gives every figure by name and domain, and says so while it is partial', async () => {
    const db = await openTestDatabase();
    const sampleIds = ['d/0', 'd/1', 'd/2', 'd/3'];
    await putEval(db, someEval({ id: 'e', state: 'paused', sampleIds, synthetic: true }));
    const answers = [
      { label: 'fake', predict: 'fake', domain: 'aster', pFakeHead: 0.9 },
      { label: 'real', predict: 'fake', domain: 'aster', pFakeHead: 0.6 },
      { label: 'real', predict: 'real', domain: 'birch', pFakeHead: 0.1 },
    ] as const;
    await putAnswers(
      db,
      answers.map((fields, index) => someAnswer({ evalId: 'e', sampleId: `d/${index}`, index, ...fields })),
    );
    const { find, container } = await show(db, <EvaluationReportPage />, '/eval/:id', '/eval/e');
    const value = (name: string, domain: string) =>
      document.querySelector<HTMLElement>(`[data-testid=eval-metric][data-name=${name}][data-domain=${domain}]`)?.dataset['value'];
    await until(() => expect(Number(value('accuracy', 'all'))).toBeCloseTo(2 / 3, 6));
    expect(find('eval-report').dataset).toMatchObject({ evalId: 'e', state: 'paused' });
    expect(find('eval-progress').dataset).toMatchObject({ done: '3', total: '4' });
    expect(value('accuracy', 'aster')).toBe('0.5');
    expect(value('accuracy', 'worst')).toBe('0.5');
    expect(value('accuracy', 'average')).toBe('0.75');
    expect(value('auc', 'all')).toBe('1');
    for (const name of ['precision', 'recall', 'f1', 'coverage', 'ap', 'eer', 'macro_f1']) expect(value(name, 'all')).not.toBe(undefined);
    const under = (domain: string) => document.querySelector(`[data-testid=domain-interval][data-name=coverage][data-domain=${domain}]`);
    await until(() => expect(under('average')?.textContent).toBe('in every domain'));
    expect(under('birch')?.textContent).toMatch(/^[\d.]+ % – 100.0 %$/);
    expect(container.textContent).toContain('So far, n = 3.');
    expect(container.textContent).toContain('says nothing about the 7B model');
    expect(container.textContent).toContain('Synthetic data');
  });

  it('hands the focus to the list that a cell of the confusion matrix opens', async () => {
    const db = await openTestDatabase();
    await putEval(db, someEval({ id: 'e', state: 'done', sampleIds: ['d/0'] }));
    await putAnswers(db, [someAnswer({ evalId: 'e', sampleId: 'd/0', index: 0, label: 'real', predict: 'fake' })]);
    const { find } = await show(db, <EvaluationReportPage />, '/eval/:id', '/eval/e');
    const cell = () =>
      [...document.querySelectorAll('button')].find(({ textContent }) => textContent?.includes('real images, answer fake'));
    await until(() => expect(cell()).toBeDefined());
    await act(async () => cell()?.click());
    expect(find('answer-list').dataset).toMatchObject({ list: 'cell-real-fake', value: '1' });
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Single answers');
  });
});

// Thresholds, sweeps, the domain matrix and links of the evaluation pages, without a browser.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { domainTable } from '../../src/features/evaluation/report/domain-table.ts';
import {
  isMatrixEvaluation,
  matrixRow,
  matrixTable,
  trainDomains,
  type TrainingFacts,
} from '../../src/features/evaluation/domain-matrix.ts';
import { evaluationFacts, missingEvaluation } from '../../src/features/evaluation/report/missing-evaluation.ts';
import { parityFacts } from '../../src/features/evaluation/report/ParityCard.tsx';
import { computeReport } from '../../src/features/evaluation/report/report.ts';
import { computeSweep, sweepTable } from '../../src/features/evaluation/report/robustness.ts';
import { describeEstimate } from '../../src/components/Verdict.tsx';
import { DEFAULT_EVAL } from '../../src/shared/config/presets.ts';
import type { AnswerRecord } from '../../src/shared/domain/answer.ts';
import type { FrozenThreshold } from '../../src/shared/domain/run.ts';
import type { Label } from '../../src/shared/domain/sample.ts';
import { freezeThreshold, mayChooseFor } from '../../src/shared/metrics/frozen-threshold.ts';
import { countsAt } from '../../src/shared/metrics/threshold.ts';
import { allIntervals } from '../support/intervals.ts';
import { someAnswer, someDataset, someEval, someRun } from '../support/records.ts';

const answers = (evalId: string, rows: [label: Label, predict: Label | null, head: number, domain?: string][]): AnswerRecord[] =>
  rows.map(([label, predict, pFakeHead, domain = 'aster'], i) =>
    someAnswer({ evalId, sampleId: `d/${i}`, index: i, label, predict, pFakeHead, domain }),
  );
const VAL_FILTER = { ...DEFAULT_EVAL.filter, splits: ['val' as const] };
const validation = someEval({ id: 'v', state: 'done', sampleIds: ['d/v1', 'd/v2'], config: { ...DEFAULT_EVAL, filter: VAL_FILTER } });
const tested = someEval({ id: 't', state: 'done', sampleIds: ['d/0', 'd/1'] });

describe('a frozen threshold', () => {
  it('may come only from finished validation answers of the same model, asked in the same way, on other images', () => {
    expect(mayChooseFor(tested, validation)).toBe(true);
    expect(mayChooseFor(tested, { ...validation, state: 'paused' })).toBe(false);
    expect(mayChooseFor(tested, { ...validation, modelId: 'other' })).toBe(false);
    expect(mayChooseFor(tested, { ...validation, datasetId: 'other' })).toBe(false);
    expect(mayChooseFor(tested, { ...validation, sampleIds: ['d/v1', 'd/0'] })).toBe(false);
    expect(mayChooseFor(tested, { ...validation, config: DEFAULT_EVAL })).toBe(false);
    expect(mayChooseFor(tested, { ...validation, config: { ...validation.config, prompt: 'Else?' } })).toBe(false);
    expect(mayChooseFor(tested, { ...validation, config: { ...validation.config, perturbation: { kind: 'blur', level: 1 } } })).toBe(false);
  });

  it('is never chosen by answers from a file that may be the same images once more', () => {
    const imported = { fileName: 'a.jsonl', questionFile: null, rows: 1, problems: [] };
    const fromFile = (id: string, paths: string[]) =>
      someEval({ id, state: 'done', datasetId: 'imported', modelId: 'imported', modelName: 'gpu', imported, sampleIds: paths.map((path) => `imported/${path}`) }); // prettier-ignore
    const test = fromFile('t', ['sd/test/fake/1.png']);
    expect(mayChooseFor(test, fromFile('v', ['sd/val/fake/7.png']))).toBe(true);
    expect(mayChooseFor(test, fromFile('v', ['sd/val/fake/7.png', 'sd/test/fake/2.png']))).toBe(false);
    expect(mayChooseFor(test, fromFile('v', ['question-1']))).toBe(false);
    expect(mayChooseFor(fromFile('t', ['question-1']), fromFile('v', ['sd/val/fake/7.png']))).toBe(false);
  });

  it('is chosen on the validation images and counted on the others', () => {
    const chosenOn = answers('v', [['fake', 'fake', 0.4], ['fake', 'fake', 0.9], ['real', 'real', 0.2], ['real', 'real', 0.1]]); // prettier-ignore
    const counted = answers('t', [['fake', 'fake', 0.35], ['fake', 'fake', 0.25], ['real', 'real', 0.31], ['real', 'real', 0.05]]); // prettier-ignore
    const threshold = freezeThreshold({ record: tested, answers: counted }, { record: validation, answers: chosenOn }, 'head', 'max-f1');
    expect(threshold).toMatchObject({
      value: expect.closeTo(0.3, 12),
      rule: 'max-f1',
      from: { evalId: 'v', counts: { tp: 2, fp: 0, tn: 2, fn: 0 } },
    });
    expect(threshold?.measured).toEqual({ tp: 1, fp: 1, tn: 1, fn: 1 });
    const blind = freezeThreshold({ record: tested, answers: counted }, { record: validation, answers: chosenOn }, 'token', 'max-f1');
    expect(blind).toBeNull();
  });

  it('is said on the verdict with the share of real images that were called fake, never as a finding', () => {
    const threshold: FrozenThreshold = {
      source: 'head',
      value: 0.5,
      rule: 'fpr-5',
      from: { evalId: 'v', name: 'v', datasetName: 'd', datasetHash: '', counts: countsAt([], 0) },
      measured: { tp: 90, fn: 10, fp: 6, tn: 94 },
      temperature: null,
      frozenAt: 0,
    };
    const props = { pFakeHead: 0.83, pFakeToken: null, predict: null, parseRule: 'none', truth: null, threshold: 0.5 };
    expect(describeEstimate({ ...props, measured: { threshold, datasetName: 'faces' } })).toBe(
      'Model estimate 0.83 fake (binary head) at threshold 0.50; on your test set “faces” at this threshold 6 % of real images were called fake (95 % CI 3–12, 6 of 100) and 10 % of fake images were called real (95 % CI 6–17, 10 of 100). Not a finding about the picture.',
    );
  });
});

describe('a robustness sweep', () => {
  const clean = someEval({ id: 'clean', sampleIds: ['d/0', 'd/1', 'd/2', 'd/3'] });
  const row = (id: string, kind: 'jpeg' | 'blur', level: number) =>
    someEval({ id, sweepOf: 'clean', config: { ...DEFAULT_EVAL, perturbation: { kind, level } } });
  const known: Record<string, AnswerRecord[]> = {
    clean: answers('clean', [['fake', 'fake', 0.9], ['fake', 'fake', 0.7], ['real', 'real', 0.4], ['real', 'real', 0.1]]), // prettier-ignore
    soft: answers('soft', [['fake', 'fake', 0.8], ['fake', 'real', 0.2], ['real', null, 0.6], ['real', 'real', 0.1]]), // prettier-ignore
  };
  const rows = [row('soft', 'blur', 1), row('hard', 'jpeg', 30), row('mild', 'jpeg', 90)];
  const sweepBy = (decision: 'text' | 'score', threshold: number) =>
    computeSweep(clean, rows, (id) => known[id], { decision, source: 'head', threshold });

  it('lists clean first, then each kind from mild to strong, and waits for rows without answers', () => {
    const sweep = sweepBy('text', 0.5);
    expect(sweep.rows.map(({ record }) => record.id)).toEqual(['clean', 'mild', 'hard', 'soft']);
    expect(sweep.rows[1]).toMatchObject({ answered: 0, figures: { accuracy: null }, differences: { accuracy: null } });
  });

  it('compares the written answers image by image', () => {
    const soft = sweepBy('text', 0.5).rows.at(-1);
    expect(soft?.figures).toMatchObject({ accuracy: 2 / 3, coverage: 0.75, auc: 0.75 });
    expect(soft?.differences?.accuracy).toBeCloseTo(2 / 3 - 1, 12);
  });

  it('cuts the scores of all rows at the same threshold', () => {
    const accuracies = (threshold: number) => sweepBy('score', threshold).rows.map(({ figures }) => figures.accuracy);
    expect(accuracies(0.5)).toEqual([1, null, null, 0.5]);
    expect(accuracies(0.75)).toEqual([0.75, null, null, 0.75]);
  });

  it('has paired intervals that know which image is which, and leaves as a table', () => {
    const sweep = sweepBy('text', 0.5);
    const intervals = allIntervals(sweep.request);
    // Coverage never rises in a resample, for no image was unparsed when it was clean.
    expect(intervals['soft/delta_coverage']).toMatchObject({ high: 0, low: expect.closeTo(-0.75, 1) });
    const text = sweepTable(sweep, { 'soft/accuracy': { low: 0.5, high: 0.9, resamples: 10 } }, 'c');
    expect(text.rows.at(-1)?.slice(0, 4)).toEqual(['Blur σ 1 px', 4, '66.7 [50.0, 90.0]', '-33.3']);
  });
});

describe('the domain matrix', () => {
  it('calls no domain unseen of which a built-in model was trained on the pictures, with or without their labels', async () => {
    const { models } = JSON.parse(await readFile('public/models/index.json', 'utf8')) as {
      models: { id: string; note: string; heldOut: string | null }[];
    };
    expect(models.length).toBeGreaterThan(2);
    for (const { note, heldOut } of models) expect(heldOut !== null).toBe(note.includes('no picture of the domain'));
  });

  const builtIn = { id: 'nano-without-b', heldOut: 'b', metrics: { f1: 1, f1_a: 1, f1_b: 0.5, f1_c: 1 } };
  const facts: TrainingFacts = {
    models: [
      builtIn,
      { id: 'step-2', metrics: {}, checkpoint: { runId: 'r', parentId: 'nano-without-b' } },
      { id: 'step-9', metrics: {}, checkpoint: { runId: 'gone', parentId: null } },
    ],
    runs: [someRun({ id: 'r', datasetId: 'd', baseModelId: 'nano-without-b' })],
    datasets: [someDataset({ id: 'd', counts: ['d', 'a'].map((domain) => ({ domain, split: 'train', label: 'fake', count: 1 })) })],
  };

  it('knows what a model was trained on from its list, its run and the models before it', () => {
    expect(trainDomains('nano-without-b', facts)).toEqual(['a', 'c']);
    expect(trainDomains('step-2', facts)).toEqual(['a', 'c', 'd']);
    expect(trainDomains('step-9', facts)).toBeNull();
    expect(trainDomains('imported', facts)).toBeNull();
  });

  it('sets domains that were not trained on apart; what the user says wins', () => {
    const scored = answers('e', [['fake', 'fake', 0.9, 'a'], ['real', 'real', 0.1, 'a'], ['fake', 'real', 0.4, 'b'], ['real', 'real', 0.2, 'b']]); // prettier-ignore
    const record = someEval({ id: 'e', modelId: 'nano-without-b', modelName: 'nano' });
    const row = matrixRow(record, scored, facts, 'acc');
    expect([row.seen, row.unseen]).toEqual([1, 0.5]);
    expect(row.cells.get('b')).toEqual({ value: 0.5, images: 2, isSeen: false });
    expect(matrixTable([row], 'acc').rows).toEqual([['nano', 'a, c', '100.0', '50.0*', '100.0', '50.0']]);
    expect(matrixRow({ ...record, trainedOn: ['b'] }, scored, facts, 'acc').unseen).toBe(1);
  });

  it('takes finished test evaluations of unchanged pictures alone', () => {
    const done = someEval({ id: 'e', state: 'done' });
    expect(isMatrixEvaluation(done)).toBe(true);
    expect(isMatrixEvaluation({ ...done, state: 'paused' })).toBe(false);
    expect(isMatrixEvaluation({ ...done, sweepOf: 'x' })).toBe(false);
    expect(isMatrixEvaluation(validation)).toBe(false);
  });
});

describe('what leaves a report', () => {
  it('is the per-domain table with intervals, average and worst', () => {
    const report = computeReport(answers('t', [['fake', 'fake', 0.9], ['real', 'fake', 0.8], ['fake', 'fake', 0.7, 'birch']]), 3, false, 'head'); // prettier-ignore
    const { columns, rows } = domainTable(tested, report, { 'domain:aster/f1': { low: 0.1, high: 0.9, resamples: 5 } });
    expect(columns.slice(0, 3)).toEqual(['domain', 'images', 'accuracy, %']);
    expect(rows.map(([domain, n, acc]) => [domain, n, acc])).toEqual([
      ['aster', 2, '50.0'],
      ['birch', 1, '100.0'],
      ['average', 3, '75.0'],
      ['worst', null, '50.0'],
    ]);
    expect(rows[0]?.[5]).toBe('66.7 [10.0, 90.0]');
  });

  it('is a link that says what it needs where the evaluation is not', () => {
    const record = someEval({ id: 'e', modelName: 'nano', datasetName: 'faces', datasetHash: '3f2a77aa99' });
    const { model = null, needs = null } = evaluationFacts(record);
    const here = [someDataset({ id: 'x', name: 'my faces', contentHash: '3f2a77aa99' })];
    expect(missingEvaluation('e', { model, needs }, []).message).toBe(
      'This browser holds no evaluation "e" of nano on dataset faces (sha 3f2a77aa).',
    );
    expect(missingEvaluation('e', { model, needs }, []).safe).toContain('not here either');
    expect(missingEvaluation('e', { model, needs }, here).safe).toContain('here, as "my faces"');
    expect(missingEvaluation('e', { model: null, needs: null }, here).message).toBe('This browser holds no evaluation "e".');
  });
});

describe('the parity card of answers made elsewhere', () => {
  it('claims nothing about how they were made', () => {
    const imported = { fileName: 'answers.jsonl', questionFile: null, rows: 12, problems: [] };
    const facts = parityFacts(someEval({ id: 'i', modelId: 'imported', modelName: 'gpu-box', imported }));
    const text = facts.flat().join(' | ');
    expect(text).not.toMatch(/greedy|bicubic|tokenizer\.json|CLIP|temperature/);
    expect(text).toContain('made elsewhere');
    expect(text).toContain('answers.jsonl, 12 lines');
    expect(
      parityFacts(someEval({ id: 'own' }))
        .flat()
        .join(' | '),
    ).toContain('bicubic');
  });
});

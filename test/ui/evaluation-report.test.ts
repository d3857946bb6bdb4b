import { describe, expect, it } from 'vitest';
import { writeAnswers } from '../../src/shared/formats/answers-jsonl.ts';
import { writeMetrics } from '../../src/shared/formats/metrics-json.ts';
import { defaultForm, toConfig } from '../../src/features/evaluation/new/eval-form.ts';
import { comparePaired } from '../../src/shared/metrics/pairing.ts';
import { cellCount, computeReport } from '../../src/features/evaluation/report/report.ts';
import { sampleList } from '../../src/features/evaluation/report/sample-lists.ts';
import { acrossDomains } from '../../src/shared/metrics/domains.ts';
import { readReportView, writeReportView } from '../../src/features/evaluation/report/report-address.ts';
import { answerScores } from '../../src/shared/metrics/answer-scores.ts';
import { mcNemarTest } from '../../src/shared/metrics/paired.ts';
import { countsAt } from '../../src/shared/metrics/threshold.ts';
import type { AnswerRecord, ParagraphRecord } from '../../src/shared/domain/answer.ts';
import type { Label } from '../../src/shared/domain/sample.ts';
import { someAnswer, someDataset, someEval } from '../support/records.ts';

function answer(
  index: number,
  domain: string,
  label: Label,
  predict: Label | null,
  pFakeHead: number,
  fields: Partial<AnswerRecord> = {},
): AnswerRecord {
  return someAnswer({
    evalId: 'e',
    sampleId: `d/${index}.png`,
    index,
    domain,
    label,
    predict,
    pFakeHead,
    pFakeToken: 1 - pFakeHead,
    ...fields,
  });
}

/** aster: one true, one false positive, one unparsed fake; birch: one right of each. One sample failed. */
const ANSWERS = [
  answer(0, 'aster', 'fake', 'fake', 0.9),
  answer(1, 'aster', 'real', 'fake', 0.7),
  answer(2, 'aster', 'fake', null, 0.6),
  answer(3, 'birch', 'fake', 'fake', 0.8),
  answer(4, 'birch', 'real', 'real', 0.2),
  answer(5, 'birch', 'real', null, 0, { failure: { code: 'E-IMAGE', message: 'broken' } }),
];

describe('an evaluation report', () => {
  const report = computeReport(ANSWERS, 8, false, 'head');

  it('gives both conventions for unparsed answers, with coverage over all expected samples', () => {
    expect(report.evaluation.parsed_only.acc).toBeCloseTo(3 / 4, 12);
    expect(report.evaluation.unparsed_wrong.acc).toBeCloseTo(3 / 5, 12);
    expect(report.evaluation.parsed_only.f1).toBeCloseTo(0.8, 12);
    expect(report.coverage).toBe(4 / 8);
    expect(report).toMatchObject({ expected: 8, answered: 5, unparsed: 1, failed: 1 });
  });

  it('expects only what was answered so far while it runs', () => {
    expect(computeReport(ANSWERS, 8, true, 'head').coverage).toBeCloseTo(4 / 6, 12);
  });

  it('ranks by the chosen score', () => {
    expect(report.evaluation.auc).toBeCloseTo(5 / 6, 12);
    expect(computeReport(ANSWERS, 8, false, 'token').evaluation.auc).toBeCloseTo(1 / 6, 12);
  });

  it('has a row per domain, and their unweighted average and worst', () => {
    expect(report.domains.map(({ domain, n, acc }) => [domain, n, acc])).toEqual([
      ['aster', 3, 0.5],
      ['birch', 2, 1],
    ]);
    expect(acrossDomains(report.domains, 'average').acc).toBe(0.75);
    expect(acrossDomains(report.domains, 'worst').acc).toBe(0.5);
  });

  it('counts agreement of head and text over parsed answers', () => {
    expect(report.headTextAgreement).toBe(1);
  });

  it('fills every cell of the confusion matrix from lists of the same length', () => {
    for (const label of ['real', 'fake'] as const) {
      for (const predict of ['real', 'fake', 'unparsed'] as const) {
        expect(sampleList(ANSWERS, `cell-${label}-${predict}`, { source: 'head', threshold: 0.5 })).toHaveLength(
          cellCount(report.evaluation.confusion, { label, predict }),
        );
      }
    }
  });

  it('opens exactly the images that a count at a moved threshold has, nearest to the threshold first', () => {
    for (const threshold of [0, 0.2, 0.65, 0.7, 0.95, 1]) {
      for (const source of ['head', 'token'] as const) {
        const { tp, fp, tn, fn } = countsAt(answerScores(ANSWERS, source), threshold);
        const sizes = (['fake-fake', 'real-fake', 'real-real', 'fake-real'] as const).map(
          (cell) => sampleList(ANSWERS, `cut-${cell}`, { source, threshold }).length,
        );
        expect(sizes).toEqual([tp, fp, tn, fn]);
      }
    }
    const nearest = sampleList(ANSWERS, 'cut-fake-fake', { source: 'head', threshold: 0.59 });
    expect(nearest.map(({ pFakeHead }) => pFakeHead)).toEqual([0.6, 0.8, 0.9]);
  });

  it('keeps the open list and answer, threshold, score and what decides in the address, and ignores what it does not know', () => {
    const view = {
      list: 'cut-real-fake',
      source: 'token',
      threshold: 0.731,
      other: 'eval-2',
      decision: 'score',
      reading: 'd/1.png',
      flip: { where: 'there', path: 'd/2:a.png' },
    } as const;
    const params = writeReportView(new URLSearchParams('model=nano'), view);
    expect(params.toString()).toBe(
      'model=nano&list=cut-real-fake&source=token&t=0.731&with=eval-2&by=score&answer=d%2F1.png&flip=there%3Ad%2F2%3Aa.png',
    );
    expect(readReportView(params)).toEqual(view);
    expect(writeReportView(params, { threshold: null, decision: 'text', reading: null, flip: null }).toString()).toBe(
      'model=nano&list=cut-real-fake&source=token&with=eval-2',
    );
    expect(readReportView(new URLSearchParams('list=cut-real-maybe&source=nose&t=7&by=luck&flip=nowhere:a'))).toEqual({
      list: 'contradictions',
      source: null,
      threshold: null,
      other: null,
      decision: 'text',
      reading: null,
      flip: null,
    });
    for (const nothing of ['', 't=', 't=+']) expect(readReportView(new URLSearchParams(nothing)).threshold).toBeNull();
  });

  it('lists wrong answers before sure wrong scores, and failures apart', () => {
    expect(sampleList(ANSWERS, 'worst', { source: 'head', threshold: 0.5 }).map(({ sampleId }) => sampleId)).toEqual(['d/1.png']);
    expect(sampleList(ANSWERS, 'failed', { source: 'head', threshold: 0.5 }).map(({ sampleId }) => sampleId)).toEqual(['d/5.png']);
  });

  it('lists a contradiction only where a conclusion after other paragraphs got PCR 0 for an answer that was found', () => {
    const paragraph = (index: number, pcr: number, isFinal: boolean): ParagraphRecord => ({
      index,
      text: '',
      start: 0,
      end: 0,
      keyword: '',
      cosine: null,
      vcr: 0,
      pcr,
      reward: 0,
      vote: 'real',
      confidence: 0,
      realScore: 0,
      fakeScore: 0,
      hits: [],
      isFinal,
      matchesFinalAnswer: false,
      hasImage: true,
      advantage: null,
    });
    const punished = [paragraph(0, 1, false), paragraph(1, 0, true)];
    const contradiction = answer(7, 'aster', 'fake', 'fake', 0.5, { paragraphs: punished, text: 'Real.\n\n### Answer: fake' });
    const unparsed = answer(9, 'aster', 'fake', null, 0.5, { paragraphs: punished, text: 'Real.\n\n### Answer: none' });
    const agreement = answer(8, 'aster', 'fake', 'fake', 0.5, { paragraphs: [paragraph(0, 1, false), paragraph(1, 1, true)] });
    expect(sampleList([contradiction, unparsed, agreement], 'contradictions', { source: 'head', threshold: 0.5 })).toEqual([contradiction]);
  });
});

describe('the exported files', () => {
  const record = someEval({ id: 'e', modelId: 'm', engine: { backend: 'simd', adapter: 'cpu', threads: 1 } });

  it('hold one official line per answer, with the string None for unparsed and no line for a failure', () => {
    const lines = writeAnswers(record, ANSWERS)
      .trimEnd()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line));
    expect(lines.map(({ predict }) => predict)).toEqual(['fake', 'fake', 'None', 'fake', 'real']);
    expect(lines[0]).toMatchObject({
      question_id: 0,
      model_id: 'm',
      label: 'fake',
      preprocessing: 'browser_cpu',
      workbench: { p_fake_head: 0.9 },
    });
  });

  it('hold the official metric keys with rows and columns in the order real, fake', () => {
    const metrics: Record<string, unknown> = JSON.parse(writeMetrics(record, ANSWERS, 'head'));
    expect(metrics).toMatchObject({
      prpo_accuracy: 0.6,
      sklearn_accuracy: 0.75,
      confusion_matrix: [
        [1, 1],
        [0, 2],
      ],
      total_samples: 5,
      valid_predictions: 4,
      invalid_predictions: 1,
    });
  });
});

describe('two evaluations compared', () => {
  it('join on the sample, count flips and test the difference exactly', () => {
    const second = [
      answer(0, 'aster', 'fake', 'real', 0.1),
      answer(1, 'aster', 'real', 'real', 0.2),
      answer(3, 'birch', 'fake', 'fake', 0.8),
      answer(9, 'birch', 'fake', 'fake', 0.8),
    ];
    const paired = comparePaired(ANSWERS, second, 'head');
    expect(paired).toMatchObject({ shared: 3, accuracyA: 2 / 3, accuracyB: 2 / 3 });
    expect(mcNemarTest(paired?.tested.answers ?? [])).toEqual({ onlyARight: 1, onlyBRight: 1, p: 1 });
    expect(paired?.tested.scores).toHaveLength(3);
    expect(paired?.flips.map(({ kind }) => kind)).toEqual(['broken', 'fixed']);
  });

  it('say so when they share nothing', () => {
    expect(comparePaired(ANSWERS, [answer(99, 'x', 'fake', 'fake', 0.5)], 'head')).toBeNull();
  });
});

describe('the evaluation form', () => {
  const counts = (split: 'train' | 'test') => [{ domain: 'aster', split, label: 'fake' as const, count: 4 }];

  it('starts at the test split, or at everything where there is none', () => {
    expect(defaultForm(someDataset({ id: 'd', counts: counts('test') })).filter.splits).toEqual(['test']);
    expect(toConfig(defaultForm(someDataset({ id: 'd', counts: counts('train') })))?.filter.splits).toEqual([]);
  });

  it('gives no config while a number is refused', () => {
    const form = defaultForm(undefined);
    expect(toConfig({ ...form, sampleSize: '12' })?.sampleSize).toBe(12);
    expect(toConfig({ ...form, sampleSize: '-1' })).toBeNull();
    expect(toConfig({ ...form, topP: 'x' })).toBeNull();
  });
});

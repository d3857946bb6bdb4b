import { describe, expect, it } from 'vitest';
import type { FrozenThreshold } from '../../../src/shared/domain/run.ts';
import type { Label } from '../../../src/shared/domain/sample.ts';
import { writeDeepfakeBench, writeMetrics } from '../../../src/shared/formats/metrics-json.ts';
import { deLongTest, mcNemarTest } from '../../../src/shared/metrics/paired.ts';
import { comparePaired } from '../../../src/shared/metrics/pairing.ts';
import { someAnswer, someEval } from '../../support/records.ts';

const WIDE = { low: 0.1, high: 0.9, resamples: 1000 };
const COUNTS = { tp: 1, fp: 0, tn: 1, fn: 0 };
const FROZEN: FrozenThreshold = {
  source: 'head',
  value: 0.6,
  rule: 'max-f1',
  from: { evalId: 'val', name: 'val', datasetName: 'd', datasetHash: 'beef', counts: COUNTS },
  measured: COUNTS,
  temperature: null,
  frozenAt: 1,
};
const record = someEval({ id: 'e', sampleIds: ['0', '1', '2', '3', '4', '5'] });
const answer = (index: number, domain: string, label: Label | null, predict: Label | null, pFakeHead: number | null = null) =>
  someAnswer({ evalId: 'e', sampleId: String(index), index, domain, label, predict, pFakeHead });
// Per hand: of 4 parsed answers tp 1, fn 1, tn 2, fp 0; one unparsed fake; one failed.
const answers = [
  answer(0, 'aster', 'fake', 'fake', 0.9),
  answer(1, 'aster', 'fake', 'real', 0.4),
  answer(2, 'aster', 'real', 'real', 0.2),
  answer(3, 'birch', 'real', 'real', 0.6),
  answer(4, 'birch', 'fake', null, 0.8),
  { ...answer(5, 'birch', 'fake', null), failure: { code: 'E-IMAGE' as const, message: 'broken' } },
];

describe('the metrics file', () => {
  const file: Record<string, unknown> = { ...(JSON.parse(writeMetrics(record, answers, 'head')) as object) };

  it('has every official key, in order, with the values worked out by hand', () => {
    expect(Object.keys(file).slice(0, 11)).toEqual([
      'prpo_accuracy', 'sklearn_accuracy', 'macro_precision', 'macro_recall', 'macro_f1', 'per_class_metrics', 'confusion_matrix',
      'classification_report', 'total_samples', 'valid_predictions', 'invalid_predictions',
    ]); // prettier-ignore
    expect(file).toMatchObject({
      prpo_accuracy: 3 / 5,
      sklearn_accuracy: 3 / 4,
      macro_recall: 0.75,
      per_class_metrics: { real: { precision: 2 / 3, recall: 1, f1: 0.8, support: 2 }, fake: { precision: 1, recall: 0.5, support: 2 } },
      confusion_matrix: [
        [2, 0],
        [1, 1],
      ],
      total_samples: 5,
      valid_predictions: 4,
      invalid_predictions: 1,
    });
  });

  it('prints the table as scikit-learn does', () => {
    expect(String(file['classification_report']).split('\n')).toEqual([
      '              precision    recall  f1-score   support',
      '',
      '        real       0.67      1.00      0.80         2',
      '        fake       1.00      0.50      0.67         2',
      '',
      '    accuracy                           0.75         4',
      '   macro avg       0.83      0.75      0.73         4',
      'weighted avg       0.83      0.75      0.73         4',
      '',
    ]);
  });

  it('rounds a half in that table as Python does, to the even digit', () => {
    const fakes = Array.from({ length: 8 }, (_, i) => answer(i, 'aster', 'fake', i < 5 ? 'fake' : 'real'));
    const { classification_report: table } = { ...(JSON.parse(writeMetrics(record, fakes, 'head')) as Record<string, unknown>) };
    expect(String(table)).toContain('        fake       1.00      0.62      0.77         8');
  });

  it('adds coverage over what was expected, the domains and the treatment that counts unparsed answers', () => {
    expect(file).toMatchObject({ 'eval/coverage': 4 / 6, 'eval/aster/acc': 2 / 3, 'eval/birch/acc': 1, unparsed_wrong: { acc: 0.6 } });
  });
});

describe('what a metrics file says beyond figures', () => {
  const other = answers.map((one) => ({ ...one, predict: one.label, pFakeHead: one.label === 'fake' ? 0.9 : 0.1 }));
  const report = comparePaired(answers, other, 'head');
  if (!report) throw new Error('the two share images');
  const [answered, scored] = [report.tested.answers, report.tested.scores];
  const file = JSON.parse(
    writeMetrics({ ...record, datasetHash: 'feed', threshold: FROZEN }, answers, 'head', {
      intervals: {
        images: 5,
        found: { 'all/accuracy': WIDE, 'all/f1_unparsed_wrong': WIDE, 'all/auc': WIDE, 'aster/f1': WIDE, 'average/accuracy': WIDE },
      },
      paired: {
        other: someEval({ id: 'e2', name: 'second' }),
        report,
        tests: { mcNemar: mcNemarTest(answered), deLong: deLongTest(scored) },
        differences: { 'all/delta_accuracy': WIDE },
      },
    }),
  );

  it('names each interval as its figure, with seed and number of resamples', () => {
    expect(file.intervals).toMatchObject({ seed: 42, resamples: 1000, level: 0.95 });
    expect(Object.keys(file.intervals.values)).toEqual(['eval/acc', 'unparsed_wrong/f1', 'eval/auc', 'eval/aster/f1', 'eval/avg_acc']);
  });

  it('compares with the other evaluation on the shared images, there minus here', () => {
    expect(file.paired).toMatchObject({
      with: { id: 'e2', name: 'second' },
      shared_images: 5,
      acc: { here: 3 / 5, there: 1, difference: 2 / 5 },
      difference_intervals: { acc: WIDE, f1: null },
      mcnemar_exact: { only_here_right: 0, only_there_right: 2, p: 0.5 },
      delong: { auc_here: 5 / 6, auc_there: 1 },
      flips: { total: 2, became_right: 2, became_wrong: 0 },
    });
  });

  it('says which data, which parser and which threshold, and where it was frozen', () => {
    expect(file.workbench).toMatchObject({
      dataset_hash: 'feed',
      settings: { score_source: 'head', parser: 'eval', threshold: { frozen: true, value: 0.6, from: { evalId: 'val' } } },
    });
    const plain = JSON.parse(writeMetrics(record, answers, 'token'));
    expect(plain.workbench.settings.threshold).toEqual({ frozen: false, source: 'token', value: 0.5 });
    expect([plain.intervals, plain.paired]).toEqual([undefined, undefined]);
  });

  it('has the figures of a vote', () => {
    const sampled = (predicts: (Label | null)[]) =>
      predicts.map((predict) => ({ text: '', predict, parseRule: 'none', reward: 0, truncated: false, tokenCount: 0, pFakeToken: null }));
    const voted = answers.map((one) => ({ ...one, sampled: sampled(['fake', 'real', 'fake']) }));
    expect(JSON.parse(writeMetrics(record, voted, 'head')).majority_vote).toMatchObject({ images: 5, k: 3, majority: 3 / 5, ties: 0 });
  });
});

describe('the DeepfakeBench file', () => {
  it('scores each domain at 0.5 and averages over those that have the figure', () => {
    expect(JSON.parse(writeDeepfakeBench(answers, 'head'))).toMatchObject({
      aster: { acc: 2 / 3, auc: 1, video_auc: null },
      birch: { acc: 0.5, auc: 1 },
      avg: { acc: (2 / 3 + 0.5) / 2, auc: 1 },
    });
  });

  it('has nulls, not zeros, where there are no scores', () => {
    const textOnly = answers.map((one) => ({ ...one, pFakeHead: null }));
    expect(JSON.parse(writeDeepfakeBench(textOnly, 'head'))).toMatchObject({ aster: { acc: null, auc: null }, avg: { acc: null } });
  });
});

// The report's section about single answers.
import { expect, it } from 'vitest';
import { flipsSection } from '../../src/features/training/compare/report-flips.ts';
import { findFlips } from '../../src/shared/metrics/flips.ts';
import { someAnswer, someEval, someRun } from '../support/records.ts';

const answers = (predictions: ('real' | 'fake' | null)[]) =>
  predictions.map((predict, i) =>
    someAnswer({ evalId: 'e', sampleId: `d/${i}`, path: `aster/${i}.png`, domain: 'aster', label: 'fake', predict }),
  );
const [a, b] = [someEval({ id: 'a', name: 'First' }), someEval({ id: 'b', name: 'Second' })];

it('counts every kind of change and lists the broken ones first, and says what is not in it', () => {
  const flips = findFlips(answers(['real', 'fake', 'real', 'fake']), answers(['fake', 'real', null, 'fake']));
  const { text = [], table } = flipsSection({ byRun: [], a, b, flips });
  expect(text[0]).toContain('Before: First');
  expect(text[0]).toContain('4 labelled images: 50');
  expect(text[1]).toBe(
    'Fixed 1, broken 1, changed but still wrong 1. McNemar, exact, two-sided: p = 1.000, no more than chance would give.',
  );
  expect(text[2]).toBe('Left out: pictures and the words of the answers.');
  expect(table?.rows.map((row) => [row[0], row[5]])).toEqual([
    ['aster/1.png', 'broken'],
    ['aster/0.png', 'fixed'],
    ['aster/2.png', 'still wrong'],
  ]);
});

it('lists a limited number and says how many there are', () => {
  const many = Array.from({ length: 620 }, () => 'real' as const);
  const flips = findFlips(answers(many), answers(many.map(() => 'fake')));
  const { text = [], table } = flipsSection({ byRun: [], a, b, flips });
  expect(table?.rows).toHaveLength(500);
  expect(text[2]).toContain('all but the first 500 of 620 changes');
});

it('says why it is empty where the runs were not evaluated', () => {
  const byRun = [{ run: someRun({ id: 'r', name: 'Mine' }), evals: [], checkpoint: undefined }];
  expect(flipsSection({ byRun, a: null, b: null, flips: null }).text?.[0]).toContain('No checkpoint of these was evaluated: Mine.');
});

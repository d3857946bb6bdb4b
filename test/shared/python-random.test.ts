import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { officialSubset } from '../../src/shared/official-subset.ts';
import { PythonRandom } from '../../src/shared/python-random.ts';
import { someSample } from '../support/records.ts';

interface Fixture {
  getrandbits32: { first: number[]; at1299: number };
  cases: { seed: string; n: number; k: number; sample: number[] }[];
}
const FIXTURE = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/python-random/samples.json'), 'utf8')) as Fixture;

describe("Python's random", () => {
  it('gives the 32-bit words of seed 42, over two refills of the state', () => {
    const random = new PythonRandom(42);
    const words = Array.from({ length: 1300 }, () => random.nextUint32());
    expect(words.slice(0, 8)).toEqual(FIXTURE.getrandbits32.first);
    expect(words[1299]).toBe(FIXTURE.getrandbits32.at1299);
  });

  it.each(FIXTURE.cases)('samples $k of $n with seed $seed as Python does', ({ seed, n, k, sample }) => {
    const items = Array.from({ length: n }, (_, i) => i);
    expect(new PythonRandom(BigInt(seed)).sample(items, k)).toEqual(sample);
  });

  it('refuses to draw more than there is', () => {
    expect(() => new PythonRandom(1).sample([1, 2], 3)).toThrow(RangeError);
  });
});

describe('the official question subset', () => {
  const sample = (row: number, answer: string, path = `a/train/fake/${String(999 - row).padStart(3, '0')}.png`) =>
    someSample({ datasetId: 'd', path, annotation: { question: 'Well?', answer, source: `train.json#${row}` } });
  const many = Array.from({ length: 100 }, (_, row) => sample(row, 'x\n\n### Answer: fake'));

  it('draws rows in the order of the file, not of the paths, and counts ids from 0', () => {
    const expected = FIXTURE.cases.find(({ seed, n, k }) => seed === '42' && n === 100 && k === 21)?.sample ?? [];
    const { questions, sampleIds } = officialSubset(many.toReversed(), 21, 42);
    expect(questions.map(({ image }) => 999 - Number(image.slice(-7, -4)))).toEqual(expected);
    expect(questions.map(({ question_id: id }) => id)).toEqual(Array.from({ length: 21 }, (_, i) => i));
    expect(sampleIds[0]).toBe(`d/${questions[0]?.image}`);
  });

  it('takes all rows in file order when there are fewer than asked for, without drawing', () => {
    const { questions } = officialSubset(many.slice(0, 3), 1000, 42);
    expect(questions.map(({ image }) => image.slice(-7))).toEqual(['999.png', '998.png', '997.png']);
  });

  it('leaves out what the script leaves out: inexact answers, and rows whose folder names no label', () => {
    const rows = [
      sample(0, '### Answer: **fake**'),
      sample(1, '### Answer:  REAL \n'),
      sample(2, 'no marker', 'a/train/real/2.png'),
      sample(3, 'no marker', 'a/3.png'),
      sample(4, '### Answer: real\n### Answer: fake'),
    ];
    const { questions, skipped, available } = officialSubset(rows, 1000, 42);
    expect(questions.map(({ question_id: id, label }) => `${id} ${label}`)).toEqual(['0 real', '1 real', '2 fake']);
    expect([skipped, available]).toEqual([2, 5]);
  });
});

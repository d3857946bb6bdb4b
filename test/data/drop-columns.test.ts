// The compact stand-ins for maps and lists of strings, each against the plain thing on random texts.
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/shared/random.ts';
import { FirstRows } from '../../workers/data/drop/first-rows.ts';
import { KeyIndex } from '../../workers/data/drop/key-index.ts';
import { PackedTexts } from '../../workers/data/drop/packed-texts.ts';
import { ProblemTally } from '../../workers/data/problem-list.ts';

const LETTERS = ['a', 'b', 'Z', '0', ' ', '/', 'é', '\u2028', '\uE000', '\uFFFD', '\u{1F600}', '\u{10FFFF}'];
const random = RandomStream.fromText('drop-columns');
const randomTexts = (count: number, longest: number) =>
  Array.from({ length: count }, () => Array.from({ length: random.integer(longest + 1) }, () => random.pick(LETTERS)).join(''));

describe('packed texts', () => {
  it('give back what was added and sort as JavaScript sorts strings', () => {
    const texts = randomTexts(2000, 6);
    const packed = new PackedTexts();
    for (const text of texts) packed.add(text);
    expect(texts.every((text, i) => packed.at(i) === text)).toBe(true);
    expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(packed.sortedBytes())).toBe(texts.toSorted().join(''));
  });
});

describe('an index by key', () => {
  it('finds the same items as a map of lists, in their order, and none of items without a key', () => {
    const texts = randomTexts(3000, 3);
    const index = new KeyIndex(texts.length, (item) => (texts[item] === '' ? null : (texts[item] ?? null)));
    for (const text of new Set([...texts, 'not there'])) {
      const expected = texts.flatMap((other, item) => (other === text && text !== '' ? [item] : []));
      expect([...index.all(text)]).toEqual(expected);
      expect(index.first(text)).toBe(expected[0]);
    }
  });
});

describe('first rows', () => {
  it('remember the first row of each id through growth, and whether it named the same image', () => {
    const rows = new FirstRows();
    for (let i = 0; i < 1000; i++) expect(rows.findOrAdd(`id ${i}`, `${i}.png`, 1, i)).toBeUndefined();
    for (let i = 0; i < 1000; i++) {
      expect(rows.findOrAdd(`id ${i}`, `${i}.png`, 2, 0)).toEqual({ file: 1, number: i, isSameImage: true });
      expect(rows.findOrAdd(`id ${i}`, 'other.png', 2, 0)?.isSameImage).toBe(false);
    }
    expect(rows.findOrAdd('without', undefined, 0, 0)).toBeUndefined();
    expect(rows.findOrAdd('without', 'a.png', 0, 1)?.isSameImage).toBe(false);
  });
});

describe('a tally of problems', () => {
  it('keeps both kinds of a code where some can be fixed and some not, and adds up what rows stand for', () => {
    const tally = new ProblemTally();
    for (let i = 0; i < 600; i++) tally.add({ code: 'c', path: `${i}`, reason: '', action: 'kept' });
    tally.add({ code: 'c', path: 'last', reason: '', action: 'fixed' });
    tally.add({ code: 'c', path: '', reason: '', action: 'kept', count: 40 });
    const { rows } = tally;
    expect(rows.filter(({ action }) => action === 'fixed')).toMatchObject([{ path: 'last' }]);
    expect(rows.at(-1)).toMatchObject({ action: 'kept', count: 140 });
    expect(rows.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(641);
  });
});

// @vitest-environment happy-dom
import { act } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Spoken, spokenCount, spokenShare } from '../../src/components/Spoken.tsx';
import { spokenImport, type SpokenImport } from '../../src/features/datasets/import/spoken-import.ts';
import { render } from './render.tsx';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const pass = (ms: number) => act(async () => vi.advanceTimersByTimeAsync(ms));

it('says the newest words, with five seconds between two sentences', async () => {
  const { find, redraw } = await render(<Spoken words="" />);
  const said = () => find('spoken').textContent;
  await redraw(<Spoken words="one" />);
  await pass(1);
  expect(said()).toBe('one');
  for (const words of ['two', 'three', 'four']) {
    await redraw(<Spoken words={words} />);
    await pass(1000);
    expect(said()).toBe('one');
  }
  await pass(2100);
  expect(said()).toBe('four');
});

it('counts long work in tens', () => {
  expect(spokenShare(37, 100, 'the images')).toBe('30 % of the images done.');
  expect(spokenShare(0, 0, 'the images')).toBe('0 % of the images done.');
});

it('counts what has no known end in ever larger steps', () => {
  expect([0, 1, 4, 7, 10, 99, 100, 1999, 5000, 123_456].map(spokenCount)).toEqual([0, 1, 2, 5, 10, 50, 100, 1000, 5000, 100_000]);
  const told = new Set(Array.from({ length: 100_000 }, (_, i) => spokenCount(i + 1)));
  expect(told.size).toBe(16);
});

it('tells an import of 100,000 images in a dozen sentences, its states and its end', () => {
  const read = { done: 0, total: 0 };
  const at = (done: number, state: Partial<SpokenImport> = {}): string => {
    const progress = { done, total: 100_000, phase: 'read' as const, imported: done, failed: 0 };
    return spokenImport({ phase: 'importing', read, progress, paused: false, cancelling: false, review: null, result: null, ...state });
  };
  const told = new Set(Array.from({ length: 100_001 }, (_, done) => at(done)));
  expect(told.size).toBe(11);
  expect([at(0), at(9_999), at(10_000)]).toEqual(['The import is running.', 'The import is running.', '10 % of the images done.']);
  expect(at(45_000, { paused: true })).toBe('Paused: 40 % of the images done.');
  const summary = {
    imported: 99_999,
    skipped: 0,
    failed: 1,
    matchedAnnotations: 0,
    textWithoutImage: 0,
    imagesWithoutText: 0,
    problems: [],
    elapsedMs: 1,
  };
  expect(at(0, { phase: 'done', result: { datasetId: 'd', summary } })).toBe('The import is done: 99,999 stored, 1 failed.');
});

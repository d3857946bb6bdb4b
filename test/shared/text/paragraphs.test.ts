import { describe, expect, it } from 'vitest';
import { isFinalAnswer, splitParagraphs } from '../../../src/shared/text/paragraphs.ts';

const texts = (completion: string): string[] => splitParagraphs(completion).map((paragraph) => paragraph.text);

describe('splitParagraphs', () => {
  it('splits at blank lines, also those with white space in them, and folds white space', () => {
    expect(texts('The skin   looks waxy\nin both cheeks.\n \t\nThe hair merges near the ear.')).toEqual([
      'The skin looks waxy in both cheeks.',
      'The hair merges near the ear.',
    ]);
  });

  it('drops pieces of 20 code points or fewer unless they hold an answer tag', () => {
    expect(texts(`${'x'.repeat(20)}\n\n${'y'.repeat(21)}\n\nAnswer: real`)).toEqual(['y'.repeat(21), 'Answer: real']);
    // Twenty emoji are forty UTF-16 units.
    expect(texts(`${'😀'.repeat(20)}\n\n${'y'.repeat(21)}`)).toEqual(['y'.repeat(21)]);
  });

  it('returns the whole trimmed text when nothing is kept', () => {
    expect(texts('  short\n\ntoo  ')).toEqual(['short\n\ntoo']);
    expect(texts('')).toEqual(['']);
  });

  it('gives the UTF-16 range of the trimmed piece', () => {
    const completion = '  😀 The skin looks waxy here. \r\n\r\n### Answer: fake\n';
    const [first, second] = splitParagraphs(completion);
    expect(completion.slice(first?.start, first?.end)).toBe('😀 The skin looks waxy here.');
    expect(completion.slice(second?.start, second?.end)).toBe('### Answer: fake');
  });

  it('keeps U+FEFF, which Python does not take for white space, and folds U+0085, which it does', () => {
    expect(texts(`\ufeff${'a'.repeat(30)}\u0085b`)).toEqual([`\ufeff${'a'.repeat(30)} b`]);
  });

  it('also splits at bold heads and numbers in the headings mode', () => {
    const text = '**Skin**: the skin looks waxy in places 2. the hair merges near the ear';
    expect(splitParagraphs(text, { splitter: 'headings', minCharacters: 20 }).map((paragraph) => paragraph.text)).toEqual([
      'the skin looks waxy in places',
      'the hair merges near the ear',
    ]);
  });
});

describe('isFinalAnswer', () => {
  it.each([
    ['### Answer: fake', true],
    ['The conclusion about the eyes: they match.', true],
    ['Answerable detail: none', true],
    ['ANSWER: fake', false],
    ['Colon: then answer', false],
    ['No tag at all', false],
    ['the answer\nis: fake', false],
  ])('%s -> %s', (text, expected) => {
    expect(isFinalAnswer(text)).toBe(expected);
  });
});

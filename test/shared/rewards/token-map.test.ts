import { describe, expect, it } from 'vitest';
import { mapTokensToParagraphs, tokenRanges } from '../../../src/shared/rewards/token-map.ts';
import { splitParagraphs } from '../../../src/shared/text/paragraphs.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('mapTokensToParagraphs', () => {
  const text = 'The skin looks waxy here.\n\nshort\n\n### Answer: fake';
  const pieces = ['The', ' skin looks waxy here', '.\n', '\n', 'short', '\n\n', '###', ' Answer: fake', ''].map(bytes);

  it('gives blank lines and the end of text to the paragraph before, dropped pieces to none', () => {
    expect(mapTokensToParagraphs(pieces, splitParagraphs(text))).toEqual([0, 0, 0, 0, null, null, 1, 1, 1]);
  });

  it('decides by the first byte that is not white space', () => {
    const joined = ['The skin looks waxy here', '.\n\n### Answer', ': fake'].map(bytes);
    const whole = 'The skin looks waxy here.\n\n### Answer: fake';
    expect(mapTokensToParagraphs(joined, splitParagraphs(whole))).toEqual([0, 0, 1]);
  });

  it('has no paragraph for white space at the start', () => {
    expect(mapTokensToParagraphs([bytes('\n\n'), bytes('The skin looks waxy here.')], [{ start: 2, end: 27 }])).toEqual([null, 0]);
  });

  it('assigns each part of a character that is split over tokens', () => {
    const emoji = bytes('😀');
    const whole = '😀 The skin looks waxy here.';
    const parts = [emoji.subarray(0, 2), emoji.subarray(2), bytes(' The skin looks waxy here.')];
    expect(mapTokensToParagraphs(parts, splitParagraphs(whole))).toEqual([0, 0, 0]);
    expect(tokenRanges(parts).map(({ start, end }) => [start, end])).toEqual([
      [0, 0],
      [0, 2],
      [2, 28],
    ]);
  });

  it('stays exact behind broken characters, whose replacement has another length', () => {
    const parts = [
      Uint8Array.of(0xff, 0xe2, 0x82),
      bytes('The skin looks waxy here.'),
      bytes('\n\n'),
      bytes('The hair merges near the ear.'),
    ];
    const whole = new TextDecoder().decode(Buffer.concat(parts));
    expect(mapTokensToParagraphs(parts, splitParagraphs(whole))).toEqual([0, 0, 0, 1]);
    expect(tokenRanges(parts).map(({ start, end }) => whole.slice(start, end))).toEqual([
      '\ufffd\ufffd',
      'The skin looks waxy here.',
      '\n\n',
      'The hair merges near the ear.',
    ]);
  });
});

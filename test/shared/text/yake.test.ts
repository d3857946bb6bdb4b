import { describe, expect, it } from 'vitest';
import { exactLog } from '../../../src/shared/text/exact-log.ts';
import { unescapeEntities } from '../../../src/shared/text/html-entities.ts';
import { fallbackKeyword, keywordSource, paragraphKeyword } from '../../../src/shared/text/keyword.ts';
import { pairwiseSum } from '../../../src/shared/text/pairwise-sum.ts';
import { splitSentences } from '../../../src/shared/text/sentences.ts';
import { STOP_WORDS } from '../../../src/shared/text/stop-words.ts';
import { splitWords } from '../../../src/shared/text/words.ts';
import { yakePhrases } from '../../../src/shared/text/yake.ts';

describe('splitSentences', () => {
  it.each([
    ['Dr. Lee saw it, e.g. at 3.5x. It is fake.', ['Dr. Lee saw it, e.g. at 3.5x.', 'It is fake.']],
    ['Is it real? It seems so!', ['Is it real?', 'It seems so!']],
    ['John F. Kennedy spoke. of course', ['John F. Kennedy spoke. of course']],
    ['He left (see Fig. 2. Then back). End.', ['He left (see Fig. 2. Then back).', 'End.']],
    ['One\n\ntwo', ['One', 'two']],
    ['', []],
  ])('%j', (text, sentences) => {
    expect(splitSentences(text)).toEqual(sentences);
  });
});

describe('splitWords', () => {
  it.each([
    ["The eyes don't align.", ['The', 'eyes', 'do', "n't", 'align', '.']],
    ['It’s f/2.8, at 12:30 (soft),', ['It', '’s', 'f', '/', '2.8', ',', 'at', '12:30', '(', 'soft', ')', ',']],
    ['Mail me@x.org or http://a.org/b?c=d.', ['Mail', 'me@x.org', 'or', 'http://a.org/b?c=d.']],
    ['a &amp; b...', ['a', '&', 'b', '...']],
    ['well-defined H₂O 5 km²', ['well-defined', 'H₂O', '5', 'km²']],
    ['rock´n´roll isn´t skin&mdash;tone', ['rock´n´roll', 'is', 'n´t', 'skin', '—', 'tone']],
    ['over- \r\n smooth', ['over-smooth']],
  ])('%j', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });
});

describe('unescapeEntities', () => {
  it.each([
    ['a &AMP; b &lt;c&gt; &#8217;&#x2019; &eacute;&Eacute;', 'a & b <c> ’’ éÉ'],
    ['&copy2026 &notit; &amp', '©2026 ¬it; &'],
    ['R&D &bogus; &; &#; &#x;', 'R&D &bogus; &; &#; &#x;'],
    ['&#128; &#0; &#1114112; &#11;|&#1632', '€ \ufffd \ufffd |\u0660'],
    ['&#٣;', '&#٣;'],
  ])('%j', (text, plain) => {
    expect(unescapeEntities(text)).toBe(plain);
  });
});

describe('YAKE', () => {
  it('takes a word of capitals with a hyphen or an apostrophe for one in capitals', () => {
    const score = (text: string): number | undefined => yakePhrases(text, 1)?.[0]?.score;
    expect(score('the T-ZONE shines')).toBeLessThan(score('the t-zone shines') ?? 0);
    expect(score('the T-Zone shines')).toBe(score('the t-zone shines'));
  });

  it('reads a line break as a space, whatever the next line starts with', () => {
    expect(yakePhrases('soft light\nWaxy cheeks', 10)).toEqual(yakePhrases('soft light Waxy cheeks', 10));
  });

  it('has 574 stop words', () => {
    expect(STOP_WORDS.size).toBe(574);
  });

  it('ranks the phrase of the paragraph first, in the spelling of its first occurrence', () => {
    expect(paragraphKeyword('**Eyes**: Missing catchlight.', 10)).toBe('Missing catchlight');
    expect(yakePhrases('Missing catchlight.', 10)?.[0]?.key).toBe('missing catchlight');
  });

  it('gives phrases of at most n words', () => {
    const phrases = yakePhrases('The overly smooth waxy skin texture looks plastic.', 2) ?? [];
    expect(Math.max(...phrases.map((phrase) => phrase.key.split(' ').length))).toBe(2);
  });

  it('finds nothing in stop words and numbers, and then falls back', () => {
    expect(yakePhrases('It is of the 12 and 13.', 10)).toEqual([]);
    expect(paragraphKeyword('It is of the 12 and 13.', 10)).toBe('It is of');
    expect(fallbackKeyword('a b Waxy cheeks shine')).toBe('Waxy cheeks');
    expect(fallbackKeyword('')).toBe('content');
  });

  it('removes bold titles and heading marks before the search', () => {
    expect(keywordSource('### **Skin tone**:  waxy   cheeks')).toBe('waxy cheeks');
    expect(keywordSource('a**Skin**:\x85waxy #\ufeffcheeks')).toBe('awaxy \ufeffcheeks');
  });

  it('survives texts without words', () => {
    for (const text of ['', ' ', '...', '😀', '\ud800', '### ', '\n\n']) expect(paragraphKeyword(text, 10).length).toBeGreaterThan(0);
  });
});

describe('exact arithmetic', () => {
  it('rounds logarithms to the nearest double', () => {
    expect(exactLog(3)).toBe(1.0986122886681098);
    expect(exactLog(1.0986122886681098)).toBe(0.0940478276166991);
    expect(exactLog(1)).toBe(0);
    for (const x of [0.1, 2, 10, 12345.678]) expect(exactLog(x)).toBeCloseTo(Math.log(x), 14);
  });

  it('sums long lists without losing a value', () => {
    expect(pairwiseSum([])).toBe(0);
    for (const n of [1, 7, 8, 9, 129, 1000]) expect(pairwiseSum(Array.from({ length: n }, (_, i) => i))).toBe((n * (n - 1)) / 2);
  });
});

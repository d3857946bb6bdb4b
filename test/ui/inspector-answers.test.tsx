// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { describeHit, lexiconSegments } from '../../src/components/lexicon-segments.ts';
import { lexiconHints } from '../../src/components/lexicon-hints.ts';
import { ParagraphCards } from '../../src/components/ParagraphCards.tsx';
import { DEFAULT_EVAL } from '../../src/shared/config/presets.ts';
import { scoreCompletion } from '../../src/shared/rewards/paragraph-reward.ts';
import { findHits, lexiconVote } from '../../src/shared/text/lexicon.ts';
import { unscoredPieces } from '../../src/shared/text/unscored.ts';
import { render } from './render.tsx';

const { reward } = DEFAULT_EVAL;
const scored = (text: string) => scoreCompletion(text, { reward, parser: 'eval', hasImage: true, cosineOf: () => 0.2 });
const cards = (text: string, cutAfter: number | null = null) =>
  render(<ParagraphCards text={text} completion={scored(text)} reward={reward} cutAfter={cutAfter} />);

describe('the negator that flipped a term', () => {
  const marked = (text: string) =>
    lexiconSegments(text, findHits(text), '')
      .filter(({ negates }) => negates.length > 0)
      .map(({ start, text: word }) => [start, word]);

  it('is marked as a whole word, not inside another one', () => {
    expect(marked('There is no sign in the noticeable artifacts.')).toEqual([[9, 'no']]);
  });

  it('is found behind letters of two code units and letters whose lower case is longer', () => {
    expect(marked(`no ${'😀'.repeat(70)} natural pores`)).toEqual([[0, 'no']]);
    expect(marked('İİİ not natural')).toEqual([[4, 'not']]);
  });

  it('is named with its distance, and one that flips several terms is named as such', () => {
    const text = 'Not natural, not real and typical.';
    const hits = findHits(text);
    expect(hits.map((hit) => describeHit(hit, text))).toContain(
      '"typical" (real list, 1.0), flipped by "not" 10 characters before: counts as fake',
    );
    const hints = lexiconHints({ text, ...lexiconVote(text) });
    expect(hints).toHaveLength(1);
    expect(hints[0]).toContain('One “not” flips 2 terms');
  });

  it('with a typographic apostrophe is none, and the trace says so', () => {
    const text = 'It doesn’t look natural, as expected.';
    expect(lexiconHints({ text, ...lexiconVote(text) })).toEqual([
      '“expected” is on the real list whatever it refers to.',
      '“doesn’t” is no negator: the list knows it only with a straight apostrophe.',
    ]);
  });
});

describe('bold text', () => {
  it('loses its signs wherever it stands, and the pieces still join to the whole text', () => {
    const text = '**Eyes**: fine here. **Natural mouth**: smudging.';
    const pieces = lexiconSegments(text, findHits(text), '');
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
    expect(
      pieces
        .filter(({ isTitle }) => isTitle)
        .map((piece) => piece.text)
        .join(''),
    ).toBe('**Eyes**:**Natural mouth**:');
  });
});

describe('what the reward left out', () => {
  it('is told apart: too short, and after the last paragraph that counts', () => {
    const long = Array.from({ length: 9 }, (_, i) => `Paragraph ${i} is natural to look at.`);
    const text = ['Short.', ...long, 'Tiny.', '### Answer: real'].join('\n\n');
    expect(unscoredPieces(text, scored(text)).map(({ text: piece, reason }) => [piece, reason])).toEqual([
      ['Short.', 'short'],
      ['Paragraph 8 is natural to look at.', 'late'],
      ['Tiny.', 'short'],
      ['### Answer: real', 'late'],
    ]);
  });

  it('is nothing where all pieces are short, because the whole text is then one paragraph', () => {
    expect(unscoredPieces('A.\n\nB.', scored('A.\n\nB.'))).toEqual([]);
  });

  it('stands between the cards in the order of the text, and the cut at the end', async () => {
    const { container } = await cards('Short.\n\nThe skin is natural and soft.\n\nTiny.\n\nThe mouth is war', 40);
    const order = Array.from(container.querySelectorAll('[data-testid]'), (element) => element.getAttribute('data-testid'));
    expect(order).toEqual(['unscored-piece', 'paragraph-card', 'unscored-piece', 'unscored-piece', 'cut-answer']);
    expect(container.textContent).toContain('after 40 tokens');
  });
});

describe('a conclusion', () => {
  it('counts the paragraphs before itself, also where another conclusion follows', async () => {
    const { container } = await cards(
      'The cheeks show seams along the jaw.\n\nThe conclusion about the eyes: they are natural.\n\nThe hairline is warping here.\n\n### Answer: fake',
    );
    const lines = Array.from(container.querySelectorAll('[data-final=true]'), (card) => card.textContent);
    expect(lines[0]).toContain('1 fake, 0 real');
    expect(lines[1]).toContain('2 fake, 1 real');
  });

  it('names the answer that PCR compares with, and does not call a missing one a contradiction', async () => {
    const without = await cards('The mouth is warping at one corner.\n\nConclusion: this is what I see.');
    expect(without.container.textContent).toContain('no clear answer');
    expect(without.container.textContent).not.toContain('Contradiction');
    const byLine = await cards('The mouth is warping at one corner.\n\nConclusion: it is real.');
    expect(byLine.container.textContent).toContain('Stated: real');
    expect(byLine.container.textContent).toContain('Contradiction');
  });
});

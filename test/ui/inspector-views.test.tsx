// @vitest-environment happy-dom
import { act } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { effectiveSide, lexiconSegments } from '../../src/components/lexicon-segments.ts';
import { ParagraphCard } from '../../src/components/ParagraphCard.tsx';
import { describeDisagreement, Verdict } from '../../src/components/Verdict.tsx';
import { rankCompletions } from '../../src/features/inspector/tabs/GroupTab.tsx';
import { neighboursOf } from '../../src/features/inspector/use-sample.ts';
import { tokenShade, tokenValue } from '../../src/features/inspector/reading.ts';
import { ReadingView } from '../../src/features/inspector/ReadingView.tsx';
import { inspectAddress } from '../../src/features/inspector/address.ts';
import { DEFAULT_EVAL } from '../../src/shared/config/presets.ts';
import { scoreCompletion } from '../../src/shared/rewards/paragraph-reward.ts';
import { findHits } from '../../src/shared/text/lexicon.ts';
import { render } from './render.tsx';

const TEXT = '**Skin**: The skin is overly smooth and shows no pores.\n\n**Hair**: The hair looks artificial.\n\n### Answer: real';
const SCORED = scoreCompletion(TEXT, { reward: DEFAULT_EVAL.reward, parser: 'eval', hasImage: true, cosineOf: () => 0.2 });

describe('evidence words', () => {
  it('are cut into pieces that join to the whole text', () => {
    const text = 'No artifacts are visible; the jaw does not look natural.';
    const pieces = lexiconSegments(text, findHits(text), 'visible');
    expect(pieces.map((piece) => piece.text).join('')).toBe(text);
  });

  it('count a negated real word as fake and mark the negator that flipped it', () => {
    const text = 'The jaw does not look natural.';
    const pieces = lexiconSegments(text, findHits(text), '');
    const natural = pieces.find((piece) => piece.text === 'natural');
    expect(natural?.hits.map(effectiveSide)).toEqual(['fake']);
    expect(pieces.find((piece) => piece.negates.length > 0)?.text).toBe('not');
  });

  it('find a keyword whose contraction YAKE wrote apart', () => {
    const text = "The eyes don't align.";
    expect(lexiconSegments(text, [], "eyes do n't align").some((piece) => piece.isKeyword)).toBe(true);
  });
});

describe('a keyword', () => {
  const marked = (text: string, keyword: string) => {
    const pieces = lexiconSegments(text, [], keyword).filter(({ isKeyword }) => isKeyword);
    return [pieces[0]?.start, pieces.map((piece) => piece.text).join('')];
  };

  it('is marked where it stands as whole words, not inside another word', () => {
    expect(marked('A realistic face: ### Answer: real', 'real')).toEqual([30, 'real']);
    expect(marked('They appear near the ear.', 'ear')).toEqual([21, 'ear']);
    expect(marked('Cafe\u0301 walls, cafe lights, 😀 Cafe seats', 'Cafe')).toEqual([29, 'Cafe']);
  });

  it('that begins within a contraction is marked there', () => {
    expect(marked("The eyes don't align.", "n't align")).toEqual([11, "n't align"]);
  });
});

describe('a paragraph card', () => {
  it('carries all figures in its attributes', async () => {
    const [paragraph] = SCORED.paragraphs;
    if (!paragraph) throw new Error('no paragraph');
    const { find } = await render(
      <ParagraphCard
        paragraph={{ ...paragraph, advantage: 0.5 }}
        votes={{ real: 0, fake: 0 }}
        answer={SCORED.predict}
        weights={DEFAULT_EVAL.reward}
      />,
    );
    expect({ ...find('paragraph-card').dataset }).toMatchObject({
      index: '0',
      vcr: '0.6',
      pcr: '1',
      reward: '0.8',
      advantage: '0.5',
      vote: 'fake',
      final: 'false',
    });
    expect(find('paragraph-card').dataset['keyword']).not.toBe('');
  });

  it('of a conclusion shows the vote count and names the contradiction', async () => {
    const final = SCORED.paragraphs.at(-1);
    if (!final) throw new Error('no paragraph');
    const { find } = await render(
      <ParagraphCard paragraph={final} votes={{ real: 0, fake: 2 }} answer={SCORED.predict} weights={DEFAULT_EVAL.reward} />,
    );
    const card = find('paragraph-card');
    expect(card.dataset).toMatchObject({ final: 'true', pcr: '0' });
    expect(card.getAttribute('data-advantage')).toBe('');
    expect(card.textContent).toContain('2 fake');
    expect(card.textContent).toContain('Contradiction');
  });

  it.each([
    [{}, 'a tie, which counts as agreement'],
    [{ tieVote: 'vcr' as const }, 'a tie, which counts for the side that fits the picture better (not in the paper)'],
    [{ tieVote: 'vcr-worst' as const }, 'a tie, which counts for the majority without the paragraph that fits worst (not in the paper)'],
  ])('of a conclusion says what a tie does with %j', async (option, said) => {
    const final = SCORED.paragraphs.at(-1);
    if (!final) throw new Error('no paragraph');
    const weights = { ...DEFAULT_EVAL.reward, ...option };
    const { find } = await render(<ParagraphCard paragraph={final} votes={{ real: 1, fake: 1 }} answer="fake" weights={weights} />);
    expect(find('paragraph-card').textContent).toContain(said);
  });

  it('of a conclusion against a tie that VCR decides names the side, not a majority', async () => {
    const final = SCORED.paragraphs.at(-1) ?? expect.fail('no paragraph');
    const weights = { ...DEFAULT_EVAL.reward, tieVote: 'vcr' as const };
    const { find } = await render(
      <ParagraphCard paragraph={{ ...final, pcr: 0 }} votes={{ real: 1, fake: 1 }} answer="fake" weights={weights} />,
    );
    expect(find('paragraph-card').textContent).toContain('the conclusion differs from that side');
  });

  it('can be chosen by its number', async () => {
    const onSelect = vi.fn();
    const reading = {
      source: 's',
      pFakeHead: null,
      pFakeToken: null,
      predict: SCORED.predict,
      parseRule: SCORED.parseRule,
      text: TEXT,
      completion: SCORED,
      tokens: [],
      tokenCount: 9,
      truncated: false,
      elapsedMs: 0,
      weights: DEFAULT_EVAL.reward,
    };
    const { container } = await render(<ReadingView reading={reading} activeParagraph={null} onSelect={onSelect} />);
    await act(async () => container.querySelector<HTMLButtonElement>('button[aria-label="Paragraph 2"]')?.click());
    expect(onSelect).toHaveBeenCalledWith(1);
    expect(container.querySelectorAll('[data-testid=paragraph-card]')).toHaveLength(3);
  });
});

describe('the verdict', () => {
  const readouts = { pFakeHead: 0.8, pFakeToken: 0.3, predict: 'fake', parseRule: 'answer-tag', truth: 'fake', threshold: 0.5 } as const;

  it('flags readouts that disagree and stays silent where all agree', () => {
    expect(describeDisagreement(readouts)).toBe('Readouts disagree: head fake, answer token real, text fake.');
    expect(describeDisagreement({ ...readouts, pFakeToken: 0.9 })).toBeNull();
    expect(describeDisagreement({ ...readouts, pFakeToken: null, predict: null })).toBeNull();
  });

  it('gives the three readouts as attributes and calls them an estimate', async () => {
    const { find } = await render(<Verdict {...readouts} predict={null} parseRule="none" />);
    expect(find('verdict').dataset).toMatchObject({ head: '0.8', token: '0.3', parsed: 'unparsed' });
    expect(find('verdict').textContent).toContain('Model estimate');
    expect(find('verdict').textContent).not.toMatch(/is fake/);
  });
});

describe('walking through images', () => {
  it('knows neighbours, place and ends', () => {
    expect(neighboursOf(['a', 'b', 'c'], 'a')).toEqual({ previous: null, next: 'b', position: 1, total: 3 });
    expect(neighboursOf(['a', 'b', 'c'], 'c')).toEqual({ previous: 'b', next: null, position: 3, total: 3 });
    expect(neighboursOf(['a'], 'x')).toMatchObject({ next: 'a', position: 0 });
  });

  it('encodes the path of a sample in its address', () => {
    expect(inspectAddress('d', 'd/aster/test/fake/1.png')).toBe('/inspect/d/aster%2Ftest%2Ffake%2F1.png');
  });
});

describe('token shading', () => {
  const token = { id: 1, start: 0, end: 3, logProbability: -2, entropy: 1.5, paragraph: 0 };

  it('is stronger for less likely tokens and signed for advantages', () => {
    expect(tokenShade(-4, 'logProbability')).toBe(1);
    expect(tokenShade(-1, 'logProbability')).toBe(0.25);
    expect(tokenShade(-1, 'advantage')).toBe(-0.5);
    expect(tokenShade(null, 'advantage')).toBe(0);
  });

  it('takes the advantage of the paragraph', () => {
    const paragraphs = SCORED.paragraphs.map((paragraph) => ({ ...paragraph, advantage: 0.7 }));
    expect(tokenValue(token, 'advantage', paragraphs)).toBe(0.7);
    expect(tokenValue({ ...token, paragraph: null }, 'advantage', paragraphs)).toBeNull();
  });

  it('ranks the answers of a group by reward', () => {
    const completion = { ...SCORED, text: TEXT, tokens: [], truncated: false, tokenCount: 1, advantage: 0 };
    const explanation = {
      readouts: { pFakeHead: 0.5, pFakeToken: 0.5, tokenNames: { real: [], fake: [] }, predict: null, parseRule: 'none' },
      completions: [0.1, 0.9, 0.5].map((reward) => ({ ...completion, reward })),
      elapsedMs: 1,
      tokensPerSecond: 1,
      gridSize: 8,
      engine: { backend: 'simd', adapter: '', threads: 1 } as const,
    };
    expect(rankCompletions(explanation).map(({ index }) => index)).toEqual([1, 2, 0]);
  });
});

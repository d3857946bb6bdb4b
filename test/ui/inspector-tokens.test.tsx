// @vitest-environment happy-dom
import { act } from 'react';
import { describe, expect, it } from 'vitest';
import { formatProbability } from '../../src/components/format.ts';
import { TokensTab } from '../../src/features/inspector/tabs/TokensTab.tsx';
import { ReadingView } from '../../src/features/inspector/ReadingView.tsx';
import type { Reading, TokenMeasure } from '../../src/features/inspector/reading.ts';
import { DEFAULT_EVAL } from '../../src/shared/config/presets.ts';
import { scoreCompletion } from '../../src/shared/rewards/paragraph-reward.ts';
import { render } from './render.tsx';

const TEXT = 'The skin is overly smooth.\n\n### Answer: fake';
const SCORED = scoreCompletion(TEXT, { reward: DEFAULT_EVAL.reward, parser: 'eval', hasImage: true, cosineOf: () => 0.2 });

function readingWith(advantages: (number | null)[]): Reading {
  return {
    source: 's',
    pFakeHead: 0.7,
    pFakeToken: 0.7,
    predict: SCORED.predict,
    parseRule: SCORED.parseRule,
    text: TEXT,
    completion: { ...SCORED, paragraphs: SCORED.paragraphs.map((paragraph, i) => ({ ...paragraph, advantage: advantages[i] ?? null })) },
    tokens: [
      { id: 1, start: 0, end: 8, logProbability: Math.log(0.25), entropy: 1.5, paragraph: 0 },
      { id: 2, start: 8, end: 26, logProbability: -0.0001, entropy: 0, paragraph: 0 },
      { id: 3, start: 26, end: TEXT.length, logProbability: -2, entropy: 0.5, paragraph: 1 },
    ],
    tokenCount: 3,
    truncated: false,
    elapsedMs: 0,
    weights: DEFAULT_EVAL.reward,
  };
}

describe('tokens', () => {
  it('are told one by one by arrow keys and by the pointer', async () => {
    const { find } = await render(<TokensTab reading={readingWith([null, null])} measure="logProbability" onMeasure={() => undefined} />);
    const text = find('token-text');
    const press = (key: string) =>
      act(async () => void text.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })));
    await press('ArrowRight');
    expect(find('token-facts').textContent).toBe('"The skin": probability 0.250, log p −1.39 nats, entropy 1.50 nats, paragraph 1');
    await press('ArrowRight');
    expect(find('token-facts').textContent).toContain('probability > 0.999');
    await press('End');
    expect(find('token-facts').dataset['index']).toBe('2');
    await press('ArrowLeft');
    expect(find('token-facts').dataset['index']).toBe('1');
    await act(async () => void text.querySelector('[data-token="0"]')?.dispatchEvent(new PointerEvent('pointerover', { bubbles: true })));
    expect(find('token-facts').dataset['index']).toBe('0');
  });

  it('of an answer alone have no advantage, and the view says why', async () => {
    const { find } = await render(
      <TokensTab reading={readingWith([null, null])} measure="advantage" onMeasure={() => undefined} groupHint="Open the group" />,
    );
    expect(find('no-advantages').textContent).toContain('Open the group');
  });

  it('are shaded by what the address says, also when a link changes it', async () => {
    const tab = (measure: TokenMeasure) => <TokensTab reading={readingWith([1, 1])} measure={measure} onMeasure={() => undefined} />;
    const { container, redraw } = await render(tab('logProbability'));
    const pressed = () => container.querySelector('[aria-pressed=true]')?.textContent;
    expect(pressed()).toBe('Surprise');
    await redraw(tab('entropy'));
    expect(pressed()).toBe('Entropy');
  });

  it('of a group are shaded by the advantage of their paragraph', async () => {
    const { find, container } = await render(
      <TokensTab reading={readingWith([1.2, -0.4])} measure="advantage" onMeasure={() => undefined} />,
    );
    const shades = [...container.querySelectorAll<HTMLElement>('[data-token]')];
    expect(shades.map(({ dataset }) => 'below' in dataset)).toEqual([false, false, true]);
    await act(
      async () =>
        void find('token-text').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true })),
    );
    expect(find('token-facts').textContent).toContain('advantage +1.20');
  });
});

describe('paragraph cards', () => {
  it('of an answer alone say once that there are no advantages, and their numbers are no buttons where nothing can be chosen', async () => {
    const { container } = await render(<ReadingView reading={readingWith([null, null])} />);
    expect(container.textContent?.match(/no group|[Nn]o advantages/g)).toHaveLength(1);
    expect(container.querySelectorAll('[data-testid=paragraph-card] dl')).toHaveLength(2);
    expect(container.textContent).not.toContain('left out');
    expect(container.querySelector('[data-testid=paragraph-card] button')).toBeNull();
  });

  it('of a group name the paragraph that was left out of it', async () => {
    const { container } = await render(<ReadingView reading={readingWith([0.5, null])} />);
    expect(container.textContent).toContain('+0.50');
    expect(container.textContent?.match(/left out of the group/g)).toHaveLength(1);
  });
});

describe('a probability', () => {
  it('is never rounded to certainty', () => {
    expect([0.996, 1, 0.9949, 0.004, 0, 0.25].map((value) => formatProbability(value))).toEqual([
      '> 0.99',
      '> 0.99',
      '0.99',
      '< 0.01',
      '< 0.01',
      '0.25',
    ]);
    expect(formatProbability(null)).toBe('–');
  });
});

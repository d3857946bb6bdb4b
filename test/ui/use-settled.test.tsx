// @vitest-environment happy-dom
// A slider ahead of the address: shown at once, handed up once it rests, and never deaf to a link afterwards.
import { act, useState } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useSettled } from '../../src/components/use-settled.ts';
import { render } from './render.tsx';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What the component draws, what it handed up, and how to move it from inside and outside. */
async function mounted() {
  const sent: number[] = [];
  const api = { move: (_: number): void => undefined, link: (_: number): void => undefined };
  function View() {
    const [value, setValue] = useState(0.5);
    const { shown, move } = useSettled(value, (next) => {
      sent.push(next);
      setValue(next);
    });
    api.move = move;
    api.link = setValue;
    return <output>{shown}</output>;
  }
  await render(<View />);
  return { sent, shown: () => document.querySelector('output')?.textContent, does: (what: () => void) => act(async () => what()), api };
}

it('shows each move at once and hands up only what it rests on', async () => {
  const { sent, shown, does, api } = await mounted();
  await does(() => api.move(0.6));
  await does(() => api.move(0.7));
  expect(shown()).toBe('0.7');
  expect(sent).toEqual([]);
  await does(() => vi.advanceTimersByTime(1000));
  expect(sent).toEqual([0.7]);
  expect(shown()).toBe('0.7');
});

it('follows a link after a move that came back to where it began', async () => {
  const { sent, shown, does, api } = await mounted();
  await does(() => api.move(0.6));
  await does(() => api.move(0.5));
  await does(() => vi.advanceTimersByTime(1000));
  expect(sent).toEqual([]);
  await does(() => api.link(0.9));
  expect(shown()).toBe('0.9');
});

it('follows a link after a move that was handed up', async () => {
  const { shown, does, api } = await mounted();
  await does(() => api.move(0.6));
  await does(() => vi.advanceTimersByTime(1000));
  await does(() => api.link(0.2));
  expect(shown()).toBe('0.2');
});

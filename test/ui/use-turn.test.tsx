// @vitest-environment happy-dom
import { act } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { useTurn } from '../../src/components/use-in-turn.ts';
import { render } from './render.tsx';

function View({ name }: { name: string }) {
  return useTurn() ? <b>{name}</b> : <i />;
}

const VIEWS = ['a', 'b', 'c'].map((name) => <View key={name} name={name} />);

afterEach(() => vi.useRealTimers());

describe('views that need not be there at once', () => {
  it('come one after the other, each in a task of its own, in their order', async () => {
    vi.useFakeTimers();
    const { container } = await render(VIEWS);
    const shown = () => [...container.querySelectorAll('b')].map(({ textContent }) => textContent).join('');
    const seen = [shown()];
    while (vi.getTimerCount() > 0) {
      await act(async () => void vi.advanceTimersToNextTimer());
      seen.push(shown());
    }
    expect(seen).toEqual(['', 'a', 'ab', 'abc']);
  });

  it('are all there on paper, before the browser goes on', async () => {
    vi.useFakeTimers();
    const { container } = await render(VIEWS);
    act(() => void dispatchEvent(new Event('beforeprint')));
    expect(container.querySelectorAll('b')).toHaveLength(3);
    act(() => void dispatchEvent(new Event('afterprint')));
    expect(container.querySelectorAll('i')).toHaveLength(3);
  });
});

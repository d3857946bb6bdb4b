// @vitest-environment happy-dom
import { act } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { useNewest, useShown } from '../../src/components/use-async.ts';
import { render } from './render.tsx';

afterEach(() => void vi.restoreAllMocks());

interface Call {
  key: string;
  signal: AbortSignal;
  settle: () => void;
}

it('of work whose key changes while it runs only the last is begun, and the running one is told to stop', async () => {
  const calls: Call[] = [];
  const load = (key: string) => (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      calls.push({ key, signal, settle: () => (signal.aborted ? reject(signal.reason) : resolve(`made ${key}`)) });
    });
  function View({ name }: { name: string }) {
    const { value, isLoading } = useNewest(name, load(name));
    return <p>{isLoading ? 'loading' : value}</p>;
  }
  const { container, redraw } = await render(<View name="a" />);
  for (const name of ['b', 'c', 'd']) await redraw(<View name={name} />);
  expect(calls.map(({ key, signal }) => [key, signal.aborted])).toEqual([['a', true]]);
  await act(async () => calls[0]?.settle());
  expect(calls.map(({ key }) => key)).toEqual(['a', 'd']);
  expect(container.querySelector('p')?.textContent).toBe('loading');
  await act(async () => calls[1]?.settle());
  expect(container.querySelector('p')?.textContent).toBe('made d');
});

it('a picture that was let go for another one is not shown again by its old address when its key comes back', async () => {
  const made: ((value: { image: Blob }) => void)[] = [];
  const released: string[] = [];
  let addresses = 0;
  vi.spyOn(URL, 'createObjectURL').mockImplementation(() => `blob:${++addresses}`);
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void released.push(url));
  function View({ name }: { name: string }) {
    const { value, isLoading } = useShown(name, () => new Promise<{ image: Blob }>((resolve) => made.push(resolve)));
    return <p>{isLoading ? 'loading' : value?.url}</p>;
  }
  const { container, redraw } = await render(<View name="a" />);
  const shown = () => container.querySelector('p')?.textContent;
  await act(async () => made[0]?.({ image: new Blob() }));
  expect(shown()).toBe('blob:1');
  await redraw(<View name="b" />);
  await redraw(<View name="a" />);
  expect(released).toEqual(['blob:1']);
  expect(shown()).toBe('loading');
  await act(async () => made[2]?.({ image: new Blob() }));
  expect(shown()).toBe('blob:2');
});

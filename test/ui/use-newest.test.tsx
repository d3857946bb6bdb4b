// @vitest-environment happy-dom
import { act } from 'react';
import { expect, it } from 'vitest';
import { useNewest } from '../../src/components/use-async.ts';
import { render } from './render.tsx';

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

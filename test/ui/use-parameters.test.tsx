// @vitest-environment happy-dom
// A view in the address: two changes before the page is drawn again, or one by a part that was drawn earlier, lose nothing.
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { HashRouter } from 'react-router';
import { expect, it } from 'vitest';
import { useParameters } from '../../src/components/use-parameters.ts';
import './render.tsx';

it('keeps the first of two quick changes', async () => {
  location.hash = '#/compare?runs=a';
  const put = (name: string) => (now: URLSearchParams) => {
    now.set(name, '1');
    return now;
  };
  let change: ReturnType<typeof useParameters>[1] = () => undefined;
  function View() {
    const [params, changeNow] = useParameters();
    change = changeNow;
    return <p>{params.toString()}</p>;
  }
  const container = document.createElement('div');
  const root = createRoot(container);
  await act(async () =>
    root.render(
      <HashRouter>
        <View />
      </HashRouter>,
    ),
  );
  await act(async () => {
    change(put('mean'));
    change(put('pin'));
  });
  expect(container.textContent).toBe('runs=a&mean=1&pin=1');
  expect(location.hash).toBe('#/compare?runs=a&mean=1&pin=1');
  await act(async () => root.unmount());
});

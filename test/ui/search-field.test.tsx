// @vitest-environment happy-dom
// The search of the gallery: letters typed while the address is still on its way stay.
import { act } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SearchField } from '../../src/features/datasets/browse/SearchField.tsx';
import type { DataApi } from '../../src/shared/data-api.ts';
import { createSamplesStore, SamplesStore } from '../../src/state/samples.ts';
import { createFakeClient } from '../support/fake-client.ts';
import { render } from './render.tsx';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const store = createSamplesStore(() => Promise.reject(new Error('nothing is stored here')), createFakeClient<DataApi>({}).calls);

it('keeps what was typed while an earlier search has not reached the address, and takes what a link brings', async () => {
  const onChange = vi.fn();
  const view = (value: string) => (
    <SamplesStore.Provider store={store}>
      <SearchField value={value} onChange={onChange} />
    </SamplesStore.Provider>
  );
  const { find, redraw } = await render(view(''));
  const input = find('data-search');
  if (!(input instanceof HTMLInputElement)) throw new Error('The search is no field.');
  const type = (text: string) =>
    act(async () => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
  const pause = () => act(async () => vi.advanceTimersByTimeAsync(250));
  await type('w');
  await pause();
  await type('wa');
  await redraw(view('w'));
  expect(input.value).toBe('wa');
  await pause();
  await type('wax');
  await pause();
  await redraw(view('wa'));
  await redraw(view('wax'));
  expect(input.value).toBe('wax');
  expect(onChange.mock.calls).toEqual([['w'], ['wa'], ['wax']]);
  await redraw(view('ear')); // a saved view
  expect(input.value).toBe('ear');
  await redraw(view(''));
  expect(input.value).toBe('');
});

it('says that only paths were searched where the texts could not be, until the next search', async () => {
  let isBroken = true;
  const { calls } = createFakeClient<DataApi>({
    searchSamples: () => (isBroken ? Promise.reject(new Error('The index is unreadable.')) : new Promise(() => undefined)),
  });
  const samples = createSamplesStore(() => Promise.reject(new Error('nothing is stored here')), calls);
  samples.setState({ datasetId: 'one' });
  const { container } = await render(
    <SamplesStore.Provider store={samples}>
      <SearchField value="wax" onChange={() => undefined} />
    </SamplesStore.Provider>,
  );
  await act(async () => {
    await expect(samples.getState().searchTexts('wax')).rejects.toThrow('unreadable');
  });
  expect(container.textContent).toContain('found by its path alone');
  isBroken = false;
  await act(async () => void samples.getState().searchTexts('waxy'));
  expect(container.textContent).toContain('Looking through the texts');
});

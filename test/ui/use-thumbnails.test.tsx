// @vitest-environment happy-dom
import { act } from 'react';
import { expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { SamplesStore, type SamplesState } from '../../src/state/samples.ts';
import { useThumbnails } from '../../src/state/use-thumbnails.ts';
import { someDataset } from '../support/records.ts';
import { render, until } from './render.tsx';

const IDS = ['d/1.png'];

function Tiles({ onDrawn }: { onDrawn: (url: string | null | undefined) => void }) {
  onDrawn(useThumbnails(IDS).get('d/1.png'));
  return null;
}

it('thumbnails are read anew once a re-scan has stored other pictures, and not while an import only adds some', async () => {
  const read: string[] = [];
  const dataset = (contentHash: string) => someDataset({ id: 'd', contentHash });
  const readThumbnails = async (ids: readonly string[]) => {
    read.push(store.getState().dataset?.contentHash ?? '');
    return ids.map(() => new Blob());
  };
  const store = createStore(() => ({ dataset: dataset(''), readThumbnails }) as Partial<SamplesState> as SamplesState);
  let url: string | null | undefined;
  await render(
    <SamplesStore.Provider store={store}>
      <Tiles onDrawn={(drawn) => (url = drawn)} />
    </SamplesStore.Provider>,
  );
  await until(() => expect(url).toMatch(/^blob:/));
  const hashIs = (contentHash: string) => act(async () => store.setState({ dataset: dataset(contentHash) }));
  await hashIs('first'); // the import has ended
  expect(read).toEqual(['']);
  const before = url;
  await hashIs(''); // a re-scan stores
  expect([url, read]).toEqual([before, ['']]);
  await hashIs('second');
  await until(() => expect(url).not.toBe(before));
  expect(read).toEqual(['', 'second']);
});

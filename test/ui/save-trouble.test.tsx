// @vitest-environment happy-dom
import { act } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { saveFile } from '../../src/components/save-file.ts';
import { BundlePanel } from '../../src/features/device/BundlePanel.tsx';
import { ExportModel } from '../../src/features/models/ExportModel.tsx';
import { DatasetsStore, type DatasetsState } from '../../src/state/datasets.ts';
import { ExchangeStore, type ExchangeState } from '../../src/state/exchange.ts';
import type { ModelEntry } from '../../src/state/models.ts';
import { createNoticesStore, NoticesStore } from '../../src/state/notices.ts';
import { SamplesStore, type SamplesState } from '../../src/state/samples.ts';
import { render, until } from './render.tsx';

vi.mock('../../src/components/save-file.ts', async (original) => ({
  ...(await original<typeof import('../../src/components/save-file.ts')>()),
  saveFile: vi.fn(),
}));
beforeEach(() => void vi.mocked(saveFile).mockReset().mockRejectedValue(new Error('The disk is full.')));

const MODEL = { id: 'm', name: 'm', step: 0, kind: 'built-in' } as ModelEntry;
const exchange = {
  busy: null,
  bundle: null,
  exportBundle: async () => ({ file: new Blob(), leftOut: { count: 0, named: [] } }),
  exportModel: async () => new Blob(),
} as unknown as ExchangeState;

async function mounted() {
  const notices = createNoticesStore();
  const { find } = await render(
    <NoticesStore.Provider store={notices}>
      <DatasetsStore.Provider store={createStore(() => ({ datasets: [] }) as unknown as DatasetsState)}>
        <SamplesStore.Provider store={createStore(() => ({}) as SamplesState)}>
          <ExchangeStore.Provider store={createStore(() => exchange)}>
            <BundlePanel />
            <ExportModel model={MODEL} />
          </ExchangeStore.Provider>
        </SamplesStore.Provider>
      </DatasetsStore.Provider>
    </NoticesStore.Provider>,
  );
  const told = () => notices.getState().notices.map(({ error }) => error?.message);
  return { find, told };
}

it('a bundle that could not be written to the disk is told', async () => {
  const { find, told } = await mounted();
  await act(async () => find('bundle-export').click());
  expect(told()).toEqual([expect.stringContaining('The disk is full.')]);
});

it('a model that could not be written to the disk is told', async () => {
  const { find, told } = await mounted();
  await act(async () => find('model-export').click());
  const item = () =>
    [...document.querySelectorAll<HTMLElement>('[role=menuitem]')].find(({ textContent }) => textContent?.startsWith('Whole'));
  await until(() => expect(item()).toBeDefined());
  await act(async () => item()?.click());
  expect(told()).toEqual([expect.stringContaining('The disk is full.')]);
});

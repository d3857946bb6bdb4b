// @vitest-environment happy-dom
import { Route, Routes, useParams } from 'react-router';
import { expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { InspectPage } from '../../src/features/inspector/InspectPage.tsx';
import { useAddress } from '../../src/features/inspector/use-address.ts';
import { DatasetsStore, type DatasetsState } from '../../src/state/datasets.ts';
import { EngineStore, type EngineState } from '../../src/state/engine.ts';
import { ModelsStore, type ModelsState } from '../../src/state/models.ts';
import { SamplesStore, type SamplesState } from '../../src/state/samples.ts';
import { createSelectionStore, SelectionStore } from '../../src/state/selection.ts';
import { someDataset } from '../support/records.ts';
import { render } from './render.tsx';

it('Inspect opens the newest dataset where the one that was looked at last is deleted', async () => {
  const selection = createSelectionStore();
  selection.getState().setSamples('gone', ['gone/1']);
  const datasets = { phase: 'ready', datasets: [someDataset({ id: 'here', imageCount: 1 })] };
  const samples = { datasetId: 'here', rows: [{ id: 'here/2', split: 'test' }], phase: 'ready', error: null, open: async () => undefined };
  const { container } = await render(
    <SelectionStore.Provider store={selection}>
      <DatasetsStore.Provider store={createStore(() => datasets as unknown as DatasetsState)}>
        <SamplesStore.Provider store={createStore(() => samples as unknown as SamplesState)}>
          <Routes>
            <Route path="/inspect" element={<InspectPage />} />
            <Route path="/inspect/:dataset/:sample" element={<Place />} />
          </Routes>
        </SamplesStore.Provider>
      </DatasetsStore.Provider>
    </SelectionStore.Provider>,
    '/inspect',
  );
  function Place() {
    const { dataset, sample } = useParams();
    return <output>{`${dataset}: ${sample}`}</output>;
  }
  expect(container.querySelector('output')?.textContent).toBe('here: 2');
});

it.each([
  ['gone', 'first'],
  ['second', 'second'],
])('the inspector asks the first model where the chosen one, “%s”, is deleted', async (chosen, asked) => {
  const selection = createSelectionStore();
  selection.getState().chooseModel(chosen);
  function Model() {
    return <output>{useAddress().modelId}</output>;
  }
  const { container } = await render(
    <SelectionStore.Provider store={selection}>
      <EngineStore.Provider store={createStore(() => ({ status: null }) as EngineState)}>
        <ModelsStore.Provider store={createStore(() => ({ models: [{ id: 'first' }, { id: 'second' }] }) as unknown as ModelsState)}>
          <Model />
        </ModelsStore.Provider>
      </EngineStore.Provider>
    </SelectionStore.Provider>,
  );
  expect(container.querySelector('output')?.textContent).toBe(asked);
});

// @vitest-environment happy-dom
import { act } from 'react';
import { expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { inspectAddress } from '../../src/features/inspector/address.ts';
import { CasePage } from '../../src/features/inspector/CasePage.tsx';
import { explainRequest } from '../../src/features/inspector/use-explanation.ts';
import type { Explanation } from '../../src/shared/engine-api.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import type { InspectionDeps } from '../../src/state/inspection-state.ts';
import { createInspectionStore, InspectionStore } from '../../src/state/inspection.ts';
import { createNoticesStore, NoticesStore } from '../../src/state/notices.ts';
import { PRIVATE_CASE_ID, PrivateCaseStore, type PrivateCaseState } from '../../src/state/private-case.ts';
import { SamplesStore, type SamplesState } from '../../src/state/samples.ts';
import { createSelectionStore, SelectionStore } from '../../src/state/selection.ts';
import { someSample } from '../support/records.ts';
import { render } from './render.tsx';

const nothing = async () => undefined;

it('“Forget all” forgets what was said about the images, what is being said, and which were looked at; other datasets stay', async () => {
  const asked: { finish: () => void; signal: AbortSignal }[] = [];
  const explain = (_: object, { signal }: { signal: AbortSignal }) =>
    new Promise<Explanation>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new WorkbenchError('E-CANCELLED', 'It was stopped.')));
      asked.push({ signal, finish: () => resolve({ completions: [] } as unknown as Explanation) });
    });
  const inspection = createInspectionStore({
    engine: { explain, patchSimilarity: async () => ({ gridSize: 1, cosines: [[0]] }) },
    unstoredImage: () => new Blob(),
  } as unknown as InspectionDeps);
  const selection = createSelectionStore();
  const sample = someSample({ datasetId: PRIVATE_CASE_ID, path: 'ab/face.png' });
  const other = someSample({ datasetId: `my-${PRIVATE_CASE_ID}`, path: 'face.png' });
  const state = inspection.getState();
  const first = [state.explain(explainRequest('m', sample.id, 1)), state.explain(explainRequest('m', other.id, 1))];
  for (const { finish } of asked) finish();
  await Promise.all(first);
  const going = state.explain(explainRequest('m', sample.id, 8));
  for (const { id, path, datasetId } of [sample, other]) {
    await state.loadSimilarity('m', id, 'skin');
    selection.getState().lookAt(inspectAddress(datasetId, id), path);
  }
  const { container } = await render(
    <NoticesStore.Provider store={createNoticesStore()}>
      <SamplesStore.Provider store={createStore(() => ({ open: nothing, readImage: async () => new Blob() }) as unknown as SamplesState)}>
        <SelectionStore.Provider store={selection}>
          <InspectionStore.Provider store={inspection}>
            <PrivateCaseStore.Provider
              store={createStore(() => ({ samples: [sample], refused: [], clear: () => undefined }) as unknown as PrivateCaseState)}
            >
              <CasePage />
            </PrivateCaseStore.Provider>
          </InspectionStore.Provider>
        </SelectionStore.Provider>
      </SamplesStore.Provider>
    </NoticesStore.Provider>,
  );
  await act(async () => [...container.querySelectorAll('button')].find(({ textContent }) => textContent === 'Forget all')?.click());
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([false, false, true]);
  await going;
  expect(Object.keys(inspection.getState().explanations)).toEqual([`m|1|${other.id}`]);
  expect(Object.keys(inspection.getState().similarity)).toEqual([`m|${other.id}|skin`]);
  expect(selection.getState().lookedAt.map(({ to }) => to)).toEqual([inspectAddress(other.datasetId, other.id)]);
});

// Pages of training and evaluation with every store that they read, over one test database and a fake engine.
import type { ReactNode } from 'react';
import { act } from 'react';
import { Route, Routes } from 'react-router';
import type { Database } from '../../src/shared/storage/database.ts';
import type { DataApi } from '../../src/shared/data-api.ts';
import type { EngineApi } from '../../src/shared/engine-api.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import type { StatisticsApi } from '../../src/shared/statistics-api.ts';
import { createDatasetsStore, DatasetsStore } from '../../src/state/datasets.ts';
import { createEngineStore, EngineStore } from '../../src/state/engine.ts';
import { createEvaluationStore, EvaluationStore } from '../../src/state/evaluation.ts';
import { createJobsStore } from '../../src/state/jobs.ts';
import { createKeyboardStore, KeyboardStore } from '../../src/state/keyboard.ts';
import { createModelsStore, ModelsStore } from '../../src/state/models.ts';
import { createNoticesStore, NoticesStore } from '../../src/state/notices.ts';
import { createPreviewStore, PreviewStore } from '../../src/state/preview.ts';
import { createRunStore, RunStore } from '../../src/state/run.ts';
import { createSamplesStore, SamplesStore } from '../../src/state/samples.ts';
import { createSelectionStore, SelectionStore } from '../../src/state/selection.ts';
import { createStatisticsStore, StatisticsStore } from '../../src/state/statistics.ts';
import { createWriterStore, WriterStore } from '../../src/state/writer.ts';
import { statisticsHandlers } from '../../workers/statistics/handlers.ts';
import { createFakeClient, createFakeEngineClient } from '../support/fake-client.ts';
import { someDataset } from '../support/records.ts';
import { render } from './render.tsx';

const MODELS = { models: [{ id: 'm', name: 'nano', kind: 'built-in', files: [], sizeBytes: 1 }] };
export const DATASET = someDataset({
  id: 'd',
  name: 'mini',
  synthetic: true,
  counts: [
    { domain: 'aster', split: 'train', label: 'fake', count: 6 },
    { domain: 'birch', split: 'train', label: 'real', count: 4 },
  ],
});

let unmount: (() => Promise<void>) | null = null;

/** Takes the page of the last `show` down. */
export async function takeDown(): Promise<void> {
  await unmount?.();
  unmount = null;
}

/** All stores over one database; lists are read before the page is drawn. */
export async function show(db: Database, page: ReactNode, route: string, path: string, handlers: Partial<Handlers<EngineApi>> = {}) {
  const database = () => Promise.resolve(db);
  const client = createFakeEngineClient({ preflight: () => ({ memoryBytes: 1e6, stepMs: 2000, checkpointBytes: 5e5 }), ...handlers });
  const deps = { engine: client.calls, database, jobs: createJobsStore(), notices: createNoticesStore(), codeVersion: 'test' };
  const datasets = createDatasetsStore(createFakeClient<DataApi>({}).calls, database, deps.jobs);
  const models = createModelsStore(database, () => Promise.resolve(MODELS));
  const evaluation = createEvaluationStore(deps);
  const run = createRunStore(deps);
  const writer = createWriterStore({ database, listWorkingIds: () => Promise.resolve([]), run, evaluation });
  await Promise.all([datasets.getState().refresh(), models.getState().refresh(), writer.getState().refresh()]);
  const statistics = createStatisticsStore(createFakeClient<StatisticsApi>(statisticsHandlers).calls);
  const rendered = await render(
    <DatasetsStore.Provider store={datasets}>
      <ModelsStore.Provider store={models}>
        <SelectionStore.Provider store={createSelectionStore()}>
          <KeyboardStore.Provider store={createKeyboardStore(database)}>
            <SamplesStore.Provider store={createSamplesStore(database, createFakeClient<DataApi>({}).calls)}>
              <EvaluationStore.Provider store={evaluation}>
                <RunStore.Provider store={run}>
                  <WriterStore.Provider store={writer}>
                    <NoticesStore.Provider store={deps.notices}>
                      <PreviewStore.Provider store={createPreviewStore(client.calls)}>
                        <EngineStore.Provider store={createEngineStore(client.calls)}>
                          <StatisticsStore.Provider store={statistics}>
                            <Routes>
                              <Route path={route} element={page} />
                              <Route path="*" element={<p>elsewhere</p>} />
                            </Routes>
                          </StatisticsStore.Provider>
                        </EngineStore.Provider>
                      </PreviewStore.Provider>
                    </NoticesStore.Provider>
                  </WriterStore.Provider>
                </RunStore.Provider>
              </EvaluationStore.Provider>
            </SamplesStore.Provider>
          </KeyboardStore.Provider>
        </SelectionStore.Provider>
      </ModelsStore.Provider>
    </DatasetsStore.Provider>,
    path,
  );
  unmount = rendered.unmount;
  return { ...rendered, client };
}

/** What a user's typing or choosing does to a field. */
export async function type(element: HTMLElement, value: string) {
  if (!(element instanceof HTMLInputElement) && !(element instanceof HTMLSelectElement)) throw new Error('not a field');
  const prototype = element instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLSelectElement.prototype;
  await act(async () => {
    Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(element, value);
    element.dispatchEvent(new Event(element instanceof HTMLInputElement ? 'input' : 'change', { bubbles: true }));
  });
}

// One provider per store, nested once.
import type { ReactNode } from 'react';
import { DatasetHealthStore } from '../state/dataset-health.ts';
import { DatasetsStore } from '../state/datasets.ts';
import { EngineStore } from '../state/engine.ts';
import { EvaluationStore } from '../state/evaluation.ts';
import { ExchangeStore } from '../state/exchange.ts';
import { HeldOutStore } from '../state/held-out.ts';
import { ImportsStore } from '../state/imports.ts';
import { InspectionStore } from '../state/inspection.ts';
import { JobsStore } from '../state/jobs.ts';
import { KeyboardStore } from '../state/keyboard.ts';
import { ModelsStore } from '../state/models.ts';
import { NoticesStore } from '../state/notices.ts';
import { PrivateCaseStore } from '../state/private-case.ts';
import { PreviewStore } from '../state/preview.ts';
import { RunStore } from '../state/run.ts';
import { SamplesStore } from '../state/samples.ts';
import { SelectionStore } from '../state/selection.ts';
import { StorageStore } from '../state/storage.ts';
import { WriterStore } from '../state/writer.ts';
import type { Stores } from './start.ts';

/** Hands the stores to the views below. */
export function StoreProviders({ stores, children }: { stores: Stores; children: ReactNode }) {
  return (
    <NoticesStore.Provider store={stores.notices}>
      <JobsStore.Provider store={stores.jobs}>
        <StorageStore.Provider store={stores.storage}>
          <EngineStore.Provider store={stores.engine}>
            <DatasetsStore.Provider store={stores.datasets}>
              <SamplesStore.Provider store={stores.samples}>
                <ImportsStore.Provider store={stores.imports}>
                  <ModelsStore.Provider store={stores.models}>
                    <SelectionStore.Provider store={stores.selection}>
                      <EvaluationStore.Provider store={stores.evaluation}>
                        <RunStore.Provider store={stores.run}>
                          <InspectionStore.Provider store={stores.inspection}>
                            <ExchangeStore.Provider store={stores.exchange}>
                              <KeyboardStore.Provider store={stores.keyboard}>
                                <HeldOutStore.Provider store={stores.heldOut}>
                                  <WriterStore.Provider store={stores.writer}>
                                    <PrivateCaseStore.Provider store={stores.privateCase}>
                                      <PreviewStore.Provider store={stores.preview}>
                                        <DatasetHealthStore.Provider store={stores.datasetHealth}>{children}</DatasetHealthStore.Provider>
                                      </PreviewStore.Provider>
                                    </PrivateCaseStore.Provider>
                                  </WriterStore.Provider>
                                </HeldOutStore.Provider>
                              </KeyboardStore.Provider>
                            </ExchangeStore.Provider>
                          </InspectionStore.Provider>
                        </RunStore.Provider>
                      </EvaluationStore.Provider>
                    </SelectionStore.Provider>
                  </ModelsStore.Provider>
                </ImportsStore.Provider>
              </SamplesStore.Provider>
            </DatasetsStore.Provider>
          </EngineStore.Provider>
        </StorageStore.Provider>
      </JobsStore.Provider>
    </NoticesStore.Provider>
  );
}

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
import { JournalStore } from '../state/journal.ts';
import { KeyboardStore } from '../state/keyboard.ts';
import { ModelsStore } from '../state/models.ts';
import { NoticesStore } from '../state/notices.ts';
import { PrivateCaseStore } from '../state/private-case.ts';
import { PreviewStore } from '../state/preview.ts';
import { PreferencesStore } from '../state/preferences.ts';
import { RecoveryStore } from '../state/recovery.ts';
import { RescanStore } from '../state/rescan.ts';
import { RunStore } from '../state/run.ts';
import { SamplesStore } from '../state/samples.ts';
import { SelectionStore } from '../state/selection.ts';
import { StatisticsStore } from '../state/statistics.ts';
import { StorageStore } from '../state/storage.ts';
import { WriterStore } from '../state/writer.ts';
import type { Stores } from './start.ts';

/** The stores of frame, settings and storage pages, and the statistics that several features ask for. */
function FrameStores({ stores, children }: { stores: Stores; children: ReactNode }) {
  return (
    <RecoveryStore.Provider store={stores.recovery}>
      <JournalStore.Provider store={stores.journal}>
        <PreferencesStore.Provider store={stores.preferences}>
          <StatisticsStore.Provider store={stores.statistics}>{children}</StatisticsStore.Provider>
        </PreferencesStore.Provider>
      </JournalStore.Provider>
    </RecoveryStore.Provider>
  );
}

/** Hands the stores to the views below. */
export function StoreProviders({ stores, children }: { stores: Stores; children: ReactNode }) {
  return (
    <FrameStores stores={stores}>
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
                                          <DatasetHealthStore.Provider store={stores.datasetHealth}>
                                            <RescanStore.Provider store={stores.rescan}>{children}</RescanStore.Provider>
                                          </DatasetHealthStore.Provider>
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
    </FrameStores>
  );
}

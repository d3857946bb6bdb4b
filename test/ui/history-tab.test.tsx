// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { HistoryTab } from '../../src/features/inspector/tabs/HistoryTab.tsx';
import type { InspectAddress } from '../../src/features/inspector/use-address.ts';
import type { InspectionState } from '../../src/state/inspection-state.ts';
import { InspectionStore } from '../../src/state/inspection.ts';
import { createKeyboardStore, KeyboardStore } from '../../src/state/keyboard.ts';
import { ModelsStore, type ModelsState } from '../../src/state/models.ts';
import type { RunState } from '../../src/state/run-state.ts';
import { RunStore } from '../../src/state/run.ts';
import { someAnswer, someRun, someSample } from '../support/records.ts';
import { render } from './render.tsx';

const SAMPLE = someSample({ datasetId: 'd', path: '1' });
const RUN = someRun({ id: 'r', datasetId: 'd', baseModelId: 'm', step: 1 });
const MODEL = { id: 'm', name: 'm', kind: 'built-in', step: 0, sizeBytes: 1, tiny: true, metrics: {}, sha256: 'w' };

async function mounted(readKept: InspectionState['readKept'], parameters = '') {
  const address = { read: (name: string) => new URLSearchParams(parameters).get(name), patch: () => undefined, precision: 'f32' };
  const { container } = await render(
    <KeyboardStore.Provider store={createKeyboardStore(() => new Promise(() => undefined))}>
      <RunStore.Provider store={createStore(() => ({ runs: [RUN], refresh: async () => undefined }) as unknown as RunState)}>
        <ModelsStore.Provider store={createStore(() => ({ models: [MODEL] }) as unknown as ModelsState)}>
          <InspectionStore.Provider
            store={createStore(() => ({ readKept, readCompletions: async () => [] }) as unknown as InspectionState)}
          >
            <HistoryTab sample={SAMPLE} datasetId="d" address={address as unknown as InspectAddress} />
          </InspectionStore.Provider>
        </ModelsStore.Provider>
      </RunStore.Provider>
    </KeyboardStore.Provider>,
    `/?${parameters}`,
  );
  return container;
}

describe('the history of an image', () => {
  it.each([
    ['that is still read', () => new Promise<never>(() => undefined)],
    ['that cannot be read', () => Promise.reject(new Error('The database was closed.'))],
  ])('%s does not claim that all models have answered', async (_, readKept) => {
    const container = await mounted(readKept);
    expect(container.textContent).not.toContain('have answered');
  });

  it('shows an answer where the link names one that is no number', async () => {
    const container = await mounted(async () => someAnswer({ evalId: 'e', sampleId: SAMPLE.id, text: 'All is well.' }), 'answer=abc');
    expect(container.querySelector('[aria-label="Reasoning by paragraph"]')).not.toBeNull();
  });
});

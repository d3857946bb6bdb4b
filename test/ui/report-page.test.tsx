// @vitest-environment happy-dom
import { act } from 'react';
import { Route, Routes } from 'react-router';
import { describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { ReportPage } from '../../src/features/inspector/report/ReportPage.tsx';
import { explainRequest } from '../../src/features/inspector/use-explanation.ts';
import { toErrorRecord, WorkbenchError } from '../../src/shared/errors.ts';
import type { DrawnView } from '../../src/shared/picture-api.ts';
import { createDatasetsStore, DatasetsStore } from '../../src/state/datasets.ts';
import { EngineStore, type EngineState } from '../../src/state/engine.ts';
import type { EvaluationState } from '../../src/state/evaluation-state.ts';
import { EvaluationStore } from '../../src/state/evaluation.ts';
import { explanationKey } from '../../src/state/explanation-key.ts';
import type { ExplainState, InspectionState } from '../../src/state/inspection-state.ts';
import { InspectionStore } from '../../src/state/inspection.ts';
import { ModelsStore, type ModelsState } from '../../src/state/models.ts';
import { createNoticesStore, NoticesStore } from '../../src/state/notices.ts';
import { SamplesStore, type SamplesState } from '../../src/state/samples.ts';
import { createSelectionStore, SelectionStore } from '../../src/state/selection.ts';
import { someAnswer, someEval, someSample } from '../support/records.ts';
import { render, until } from './render.tsx';

const SAMPLE = someSample({ datasetId: 'd', path: '1.png', format: 'jpeg' });
const MODEL = { id: 'm', name: 'm', kind: 'built-in', step: 0, sizeBytes: 1, tiny: true, metrics: {}, sha256: 'w' } as const;
const nothing = async () => undefined;

/** The report on an image with a stored answer, and how its views come to be drawn. */
async function mounted({ pFakeHead = 0.5, failed = false } = {}) {
  const drawing: ((view: DrawnView) => void)[] = [];
  const answer = someAnswer({ evalId: 'e', sampleId: SAMPLE.id, pFakeHead });
  const failure = { phase: 'failed', error: toErrorRecord(new WorkbenchError('E-MEMORY', 'The tensors do not fit.')) } as ExplainState;
  const inspection = {
    appVersion: '1',
    stored: { [SAMPLE.id]: [{ isEarlier: false, answer, evaluation: someEval({ id: 'e' }) }] },
    kept: {},
    explanations: failed ? { [explanationKey(explainRequest('m', SAMPLE.id, 1))]: failure } : {},
    loadStored: nothing,
    loadKept: nothing,
    explain: vi.fn(nothing),
    drawView: () => new Promise<DrawnView>((resolve) => drawing.push(resolve)),
  } as Partial<InspectionState> as InspectionState;
  const samples = {
    datasetId: 'd',
    dataset: null,
    readSample: async () => SAMPLE,
    readImage: async () => new Blob(['x']),
    open: nothing,
  } as Partial<SamplesState> as SamplesState;
  const datasets = { datasets: [] } as unknown as ReturnType<ReturnType<typeof createDatasetsStore>['getState']>;
  const { find, container } = await render(
    <NoticesStore.Provider store={createNoticesStore()}>
      <EngineStore.Provider store={createStore(() => ({ status: null }) as EngineState)}>
        <DatasetsStore.Provider store={createStore(() => datasets)}>
          <SamplesStore.Provider store={createStore(() => samples)}>
            <ModelsStore.Provider store={createStore(() => ({ phase: 'ready', models: [MODEL] }) as unknown as ModelsState)}>
              <SelectionStore.Provider store={createSelectionStore()}>
                <EvaluationStore.Provider
                  store={createStore(
                    () => ({ evals: [], scores: {}, refresh: nothing, loadScores: nothing }) as unknown as EvaluationState,
                  )}
                >
                  <InspectionStore.Provider store={createStore(() => inspection)}>
                    <Routes>
                      <Route path="/report/:dataset/:sample" element={<ReportPage />} />
                    </Routes>
                  </InspectionStore.Provider>
                </EvaluationStore.Provider>
              </SelectionStore.Provider>
            </ModelsStore.Provider>
          </SamplesStore.Provider>
        </DatasetsStore.Provider>
      </EngineStore.Provider>
    </NoticesStore.Provider>,
    '/report/d/1.png?model=m',
  );
  await until(() => void find('report-sheet'));
  const draw = () => act(async () => drawing.splice(0).forEach((done) => done({ image: new Blob(['v']), width: 8, height: 8, figures: [], gain: null } as unknown as DrawnView))); // prettier-ignore
  const toggleViews = () => act(async () => container.querySelector<HTMLInputElement>('input[type=checkbox]')?.click());
  return { find, draw, toggleViews };
}

describe('a report', () => {
  it('waits for its views each time they are switched on', async () => {
    const { find, draw, toggleViews } = await mounted();
    await toggleViews();
    expect(find('report-save')).toHaveProperty('disabled', true);
    await draw();
    expect(find('report-save')).toHaveProperty('disabled', false);
    await toggleViews();
    await toggleViews();
    expect(find('report-save')).toHaveProperty('disabled', true);
    await draw();
    expect(find('report-save')).toHaveProperty('disabled', false);
  });

  it('is there when an answer is known, although the model failed when it was asked once more', async () => {
    const { find } = await mounted({ failed: true });
    expect(find('report-sheet').textContent).toContain('Model estimate 0.50 fake');
  });

  it('never rounds an estimate to certainty', async () => {
    const { find } = await mounted({ pFakeHead: 0.99991 });
    expect(find('report-sheet').textContent).toContain('Model estimate > 0.99 fake');
    expect(find('report-sheet').textContent).not.toContain('1.00');
  });
});

// @vitest-environment happy-dom
import { act } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { AnswerColumn } from '../../src/features/inspector/AnswerColumn.tsx';
import { readingOfAnswer } from '../../src/features/inspector/reading.ts';
import { useAnswer, type ShownAnswer } from '../../src/features/inspector/use-answer.ts';
import type { InspectAddress } from '../../src/features/inspector/use-address.ts';
import { toErrorRecord, WorkbenchError } from '../../src/shared/errors.ts';
import type { EvaluationState } from '../../src/state/evaluation-state.ts';
import { EvaluationStore } from '../../src/state/evaluation.ts';
import type { ExplainState, InspectionState } from '../../src/state/inspection-state.ts';
import { InspectionStore } from '../../src/state/inspection.ts';
import { explanationKey } from '../../src/state/explanation-key.ts';
import { ModelsStore, type ModelEntry, type ModelsState } from '../../src/state/models.ts';
import { SelectionStore, createSelectionStore } from '../../src/state/selection.ts';
import { someAnswer, someEval, someSample } from '../support/records.ts';
import { render } from './render.tsx';

const ADDRESS: InspectAddress = {
  modelId: 'm',
  compareId: null,
  tab: 'reasoning',
  precision: 'f32',
  isGpu: false,
  from: null,
  runAtOnce: false,
  read: () => null,
  patch: () => undefined,
  query: '',
};
const SAMPLE = someSample({ datasetId: 'd', path: '1' });
const nothing = async () => undefined;

describe('a link that asks the model at once', () => {
  function Asking() {
    useAnswer({ ...ADDRESS, runAtOnce: true }, SAMPLE.id);
    return null;
  }

  it('waits until the models are listed: only then the kept answer is found, and a new one can be kept', async () => {
    const explain = vi.fn(nothing);
    const models = createStore(() => ({ phase: 'loading', models: [] as ModelEntry[] }) as ModelsState);
    const inspection: StoreApi<InspectionState> = createStore<InspectionState>()(
      (set) =>
        ({
          stored: { [SAMPLE.id]: [] },
          kept: {},
          explanations: {},
          explain,
          loadStored: nothing,
          loadKept: async (request) => set({ kept: { [explanationKey(request)]: null } }),
        }) as Partial<InspectionState> as InspectionState,
    );
    await render(
      <ModelsStore.Provider store={models}>
        <InspectionStore.Provider store={inspection}>
          <Asking />
        </InspectionStore.Provider>
      </ModelsStore.Provider>,
    );
    expect(explain).not.toHaveBeenCalled();
    const model: ModelEntry = { id: 'm', name: 'm', kind: 'built-in', step: 0, sizeBytes: 1, tiny: true, metrics: {}, sha256: 'weights' };
    await act(async () => models.setState({ phase: 'ready', models: [model] }));
    expect(explain).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ modelId: 'm' }), 'weights');
  });
});

describe('a run that failed', () => {
  const error = toErrorRecord(new WorkbenchError('E-MEMORY', 'The tensors do not fit.'));
  const reading = readingOfAnswer({ answer: someAnswer({ evalId: 'e', sampleId: SAMPLE.id }), evaluation: someEval({ id: 'e' }) });

  async function show(known: boolean, tab: string) {
    const run = vi.fn();
    const state = { phase: 'failed', error } as ExplainState;
    const shown = known ? reading : null;
    const answer: ShownAnswer = {
      stored: [],
      isBusy: false,
      reading: shown,
      main: { state, reading: shown, asked: null, isReady: true, run },
    };
    const { container } = await render(
      <ModelsStore.Provider store={createStore(() => ({ phase: 'ready', models: [] as ModelEntry[] }) as unknown as ModelsState)}>
        <SelectionStore.Provider store={createSelectionStore()}>
          <EvaluationStore.Provider
            store={createStore(() => ({ evals: [], scores: {}, refresh: nothing, loadScores: nothing }) as unknown as EvaluationState)}
          >
            <AnswerColumn
              answer={answer}
              isSynthetic={false}
              sampleId={SAMPLE.id}
              datasetId="d"
              loaded={{ sample: null, file: null, url: null, error: null }}
              address={{ ...ADDRESS, tab, modelId: null }}
              activeParagraph={null}
              onSelectParagraph={() => undefined}
              control={{} as never}
              onSecond={() => undefined}
            />
          </EvaluationStore.Provider>
        </SelectionStore.Provider>
      </ModelsStore.Provider>,
    );
    return { notices: [...container.querySelectorAll('[data-testid=error-notice]')], run };
  }

  it.each([
    ['beside the answer that was known before', true, 'reasoning'],
    ['where there is no answer', false, 'reasoning'],
    ['on a tab that needs an answer', false, 'tokens'],
  ])('is told once, %s, and can be tried again', async (_, known, tab) => {
    const { notices, run } = await show(known, tab);
    expect(notices.map((notice) => notice.getAttribute('data-code'))).toEqual(['E-MEMORY']);
    await act(async () => notices[0]?.querySelector('button')?.click());
    expect(run).toHaveBeenCalledOnce();
  });
});

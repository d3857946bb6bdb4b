// @vitest-environment happy-dom
import { act } from 'react';
import { useLocation } from 'react-router';
import { expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { Palette } from '../../src/app/Palette.tsx';
import { DatasetsStore, type DatasetsState } from '../../src/state/datasets.ts';
import type { EvaluationState } from '../../src/state/evaluation-state.ts';
import { EvaluationStore } from '../../src/state/evaluation.ts';
import { createKeyboardStore, KeyboardStore } from '../../src/state/keyboard.ts';
import { ModelsStore, type ModelsState } from '../../src/state/models.ts';
import { createNoticesStore, NoticesStore } from '../../src/state/notices.ts';
import type { RunState } from '../../src/state/run-state.ts';
import { RunStore } from '../../src/state/run.ts';
import { createSelectionStore, SelectionStore } from '../../src/state/selection.ts';
import { render } from './render.tsx';

const refresh = async () => undefined;
function Place() {
  return <output>{useLocation().pathname}</output>;
}

it('Enter that ends a word of an input method does not leave the palette, Enter alone goes to the place', async () => {
  const onClose = vi.fn();
  const { container } = await render(
    <NoticesStore.Provider store={createNoticesStore()}>
      <KeyboardStore.Provider store={createKeyboardStore(() => new Promise(() => undefined))}>
        <DatasetsStore.Provider store={createStore(() => ({ datasets: [] }) as unknown as DatasetsState)}>
          <ModelsStore.Provider store={createStore(() => ({ models: [] }) as unknown as ModelsState)}>
            <SelectionStore.Provider store={createSelectionStore()}>
              <EvaluationStore.Provider store={createStore(() => ({ evals: [], refresh }) as unknown as EvaluationState)}>
                <RunStore.Provider store={createStore(() => ({ runs: [], refresh }) as unknown as RunState)}>
                  <Place />
                  <Palette onClose={onClose} onHelp={() => undefined} />
                </RunStore.Provider>
              </EvaluationStore.Provider>
            </SelectionStore.Provider>
          </ModelsStore.Provider>
        </DatasetsStore.Provider>
      </KeyboardStore.Provider>
    </NoticesStore.Provider>,
    '/data',
  );
  const enter = (isComposing: boolean) =>
    act(async () => {
      const event = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true });
      Object.defineProperty(event, 'isComposing', { value: isComposing });
      document.querySelector('[role=combobox]')?.dispatchEvent(event);
    });
  await enter(true);
  expect(onClose).not.toHaveBeenCalled();
  await enter(false);
  expect(onClose).toHaveBeenCalledOnce();
  expect(container.querySelector('output')?.textContent).toBe('/');
});

// @vitest-environment happy-dom
import { act } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { QuizPage } from '../../src/features/learn/QuizPage.tsx';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { DatasetsStore, type DatasetsState } from '../../src/state/datasets.ts';
import type { InspectionState } from '../../src/state/inspection-state.ts';
import { InspectionStore } from '../../src/state/inspection.ts';
import { createKeyboardStore, KeyboardStore } from '../../src/state/keyboard.ts';
import { ModelsStore, type ModelsState } from '../../src/state/models.ts';
import { createNoticesStore, NoticesStore } from '../../src/state/notices.ts';
import { SamplesStore, type SamplesState } from '../../src/state/samples.ts';
import { createSelectionStore, SelectionStore } from '../../src/state/selection.ts';
import { someDataset } from '../support/records.ts';
import { render } from './render.tsx';

let settle: { resolve: (image: Blob) => void; reject: (error: unknown) => void };
const readImage = () => new Promise<Blob>((resolve, reject) => (settle = { resolve, reject }));
const nothing = async () => undefined;
const ROWS = Array.from({ length: 12 }, (_, i) => ({ id: `d/${i}`, label: i % 2 ? 'real' : 'fake', split: 'test' }));
const DATASET = someDataset({ id: 'd', counts: [{ domain: 'a', split: 'test', label: 'fake', count: 12 }], pictures: 'linked' });

async function mounted() {
  const explain = vi.fn(nothing);
  const samples = {
    datasetId: 'd',
    phase: 'ready',
    rows: ROWS,
    open: nothing,
    readImage,
    folderAccess: async () => ({ folder: 'faces', mayRead: false }),
  } as unknown as SamplesState;
  const { find } = await render(
    <NoticesStore.Provider store={createNoticesStore()}>
      <KeyboardStore.Provider store={createKeyboardStore(() => new Promise(() => undefined))}>
        <DatasetsStore.Provider store={createStore(() => ({ phase: 'ready', datasets: [DATASET] }) as unknown as DatasetsState)}>
          <SamplesStore.Provider store={createStore(() => samples)}>
            <ModelsStore.Provider store={createStore(() => ({ models: [{ id: 'm', name: 'm', tiny: true }] }) as unknown as ModelsState)}>
              <SelectionStore.Provider store={createSelectionStore()}>
                <InspectionStore.Provider store={createStore(() => ({ explain, explanations: {} }) as unknown as InspectionState)}>
                  <QuizPage />
                </InspectionStore.Provider>
              </SelectionStore.Provider>
            </ModelsStore.Provider>
          </SamplesStore.Provider>
        </DatasetsStore.Provider>
      </KeyboardStore.Provider>
    </NoticesStore.Provider>,
  );
  const number = () => find('quiz-question').dataset['number'];
  const click = (detail: number) => act(async () => find('quiz-fake').dispatchEvent(new MouseEvent('click', { bubbles: true, detail })));
  const press = () => act(async () => window.dispatchEvent(new KeyboardEvent('keydown', { key: 'r' })));
  return { explain, find, number, click, press };
}

beforeEach(() => {
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:1');
  vi.spyOn(URL, 'revokeObjectURL').mockReturnValue(undefined);
});

describe('a guess in the blind quiz', () => {
  it('counts only once the picture is there, and the end of a double click is no guess about the next one', async () => {
    const { explain, number, click, press } = await mounted();
    await click(1);
    await press();
    expect(number()).toBe('1');
    await act(async () => settle.resolve(new Blob()));
    await click(1);
    expect(number()).toBe('2');
    await act(async () => settle.resolve(new Blob()));
    await click(2);
    expect(number()).toBe('2');
    await press();
    expect(number()).toBe('3');
    expect(explain).toHaveBeenCalledTimes(2);
  });

  it('about a picture that cannot be read is not asked for: the page says why, and asks for the folder', async () => {
    const { find, number, click } = await mounted();
    await act(async () => settle.reject(new WorkbenchError('E-MISSING', 'The folder may not be read.')));
    expect(find('error-notice').textContent).toContain('The folder may not be read.');
    expect(find('folder-notice').dataset['folder']).toBe('faces');
    await click(1);
    expect(number()).toBe('1');
  });
});

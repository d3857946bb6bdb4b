// @vitest-environment happy-dom
import { act } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { StoredItems } from '../../src/features/device/StoredItems.tsx';
import { createNoticesStore, NoticesStore } from '../../src/state/notices.ts';
import { DatasetsStore, type DatasetsState } from '../../src/state/datasets.ts';
import type { InspectionState } from '../../src/state/inspection-state.ts';
import { InspectionStore } from '../../src/state/inspection.ts';
import { ModelsStore, type ModelsState } from '../../src/state/models.ts';
import { StorageStore, type StorageState } from '../../src/state/storage.ts';
import { someDataset } from '../support/records.ts';
import { render } from './render.tsx';

/** The list of what is stored, with one dataset, and what was deleted from it. */
async function mounted() {
  const remove = vi.fn(async () => undefined);
  const deleteEverything = vi.fn(async () => undefined);
  const refresh = async () => undefined;
  const { container } = await render(
    <NoticesStore.Provider store={createNoticesStore()}>
      <StorageStore.Provider store={createStore(() => ({ usedBytes: 5, refresh, deleteEverything }) as unknown as StorageState)}>
        <DatasetsStore.Provider store={createStore(() => ({ datasets: [someDataset({ id: 'd' })], remove }) as unknown as DatasetsState)}>
          <ModelsStore.Provider store={createStore(() => ({ models: [] }) as unknown as ModelsState)}>
            <InspectionStore.Provider
              store={createStore(() => ({ keptTotal: null, loadKeptTotal: refresh }) as unknown as InspectionState)}
            >
              <StoredItems />
            </InspectionStore.Provider>
          </ModelsStore.Provider>
        </DatasetsStore.Provider>
      </StorageStore.Provider>
    </NoticesStore.Provider>,
  );
  const button = (text: string) => [...container.querySelectorAll('button')].find(({ textContent }) => textContent === text);
  /** @param detail as browsers count: 2 for the second half of a double click, 0 for a key */
  const click = (text: string, detail: number) =>
    act(async () => button(text)?.dispatchEvent(new MouseEvent('click', { bubbles: true, detail })));
  return { remove, deleteEverything, button, click };
}

describe('deleting what is stored', () => {
  it.each([
    ['Delete', 'Delete 0 B for good'],
    ['Delete everything', 'Delete all 5 B for good'],
  ])('“%s” asks once: a double click and a key pressed twice delete nothing', async (first, confirm) => {
    const { remove, deleteEverything, button, click } = await mounted();
    await click(first, 1);
    expect(document.activeElement?.textContent).toBe('Keep');
    await click(confirm, 2);
    expect(remove.mock.calls.length + deleteEverything.mock.calls.length).toBe(0);
    await click(confirm, 1);
    expect(remove.mock.calls.length + deleteEverything.mock.calls.length).toBe(1);
    expect(button(confirm)).toBeDefined();
  });
});

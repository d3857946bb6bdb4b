// @vitest-environment happy-dom
import { act } from 'react';
import { expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { StoragePanel } from '../../src/features/device/StoragePanel.tsx';
import { createNoticesStore, NoticesStore } from '../../src/state/notices.ts';
import { StorageStore, type StorageState } from '../../src/state/storage.ts';
import { render } from './render.tsx';

it.each([
  [true, []],
  [false, [expect.stringContaining('did not grant protection')]],
])('protection that the browser grants (%s) is on the page, refused it is told', async (granted, told) => {
  const notices = createNoticesStore();
  const storage = createStore<StorageState>()(
    (set) =>
      ({
        usedBytes: 1,
        quotaBytes: 2,
        persisted: false,
        persist: async () => set({ persisted: granted }),
      }) as Partial<StorageState> as StorageState,
  );
  const { container } = await render(
    <NoticesStore.Provider store={notices}>
      <StorageStore.Provider store={storage}>
        <StoragePanel />
      </StorageStore.Provider>
    </NoticesStore.Provider>,
  );
  await act(async () => container.querySelector('button')?.click());
  expect(notices.getState().notices.map(({ text }) => text)).toEqual(told);
  expect(container.textContent?.includes('Protected:')).toBe(granted);
});

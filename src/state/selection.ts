// What the user has picked and every view follows: the model, and the list of samples that next/previous walks through.
import { createStore } from 'zustand/vanilla';
import { createStoreContext } from './store-context.tsx';

export interface SelectionState {
  /** Chosen model or checkpoint; null until the models are listed, then the built-in one. */
  modelId: string | null;
  /** The dataset the sample list belongs to. */
  datasetId: string | null;
  /** The filtered samples in gallery order: what next and previous step through. */
  sampleIds: string[];
  /** Addresses of images looked at in this tab, newest first. */
  lookedAt: readonly { to: string; label: string }[];
  lookAt: (to: string, label: string) => void;
  /** Takes out the addresses that begin so. */
  forgetLooks: (start: string) => void;
  chooseModel: (modelId: string) => void;
  /** Samples picked by hand in the gallery, for tags. */
  picked: ReadonlySet<string>;
  setPicked: (ids: Iterable<string>) => void;
  setSamples: (datasetId: string, sampleIds: string[]) => void;
}

export const SelectionStore = createStoreContext<SelectionState>('selection');

const MOST_LOOKED_AT = 8;

/** The selection store; ids only. */
export function createSelectionStore() {
  return createStore<SelectionState>((set) => ({
    modelId: null,
    datasetId: null,
    sampleIds: [],
    lookedAt: [],
    lookAt: (to, label) =>
      set(({ lookedAt }) => ({ lookedAt: [{ to, label }, ...lookedAt.filter((one) => one.to !== to)].slice(0, MOST_LOOKED_AT) })),
    forgetLooks: (start) => set(({ lookedAt }) => ({ lookedAt: lookedAt.filter(({ to }) => !to.startsWith(start)) })),
    chooseModel: (modelId) => set({ modelId }),
    picked: new Set(),
    setPicked: (ids) => set({ picked: new Set(ids) }),
    setSamples: (datasetId, sampleIds) =>
      set((state) => ({ datasetId, sampleIds, picked: state.datasetId === datasetId ? state.picked : new Set() })),
  }));
}

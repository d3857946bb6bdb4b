// One React context per store: views read state through it, so that a test can hand them a store over fakes.
import type { ReactNode } from 'react';
import { createContext, useContext } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import { useStore } from 'zustand';

/** A store's way into the component tree. */
export interface StoreContext<State> {
  Provider: (props: { store: StoreApi<State>; children: ReactNode }) => ReactNode;
  /** Subscribes to a slice. The selector must return a stable value for an unchanged state. */
  use: <Slice>(selector: (state: State) => Slice) => Slice;
  /** The store itself, for actions in event handlers. */
  useApi: () => StoreApi<State>;
}

/** Makes the context of one store; `name` appears in the error when the provider is missing. */
export function createStoreContext<State>(name: string): StoreContext<State> {
  const Context = createContext<StoreApi<State> | null>(null);
  const useApi = () => {
    const store = useContext(Context);
    if (!store) throw new Error(`No ${name} store above this component.`);
    return store;
  };
  return {
    Provider: ({ store, children }) => <Context value={store}>{children}</Context>,
    use: (selector) => useStore(useApi(), selector),
    useApi,
  };
}

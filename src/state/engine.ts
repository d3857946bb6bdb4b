// The engine worker as the page sees it: which backend, is it well, self-test. Jobs of the engine are in evaluation and run.
import { createStore } from 'zustand/vanilla';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';
import type { BackendName, EngineApi, EngineStatus, MemoryStatus } from '../shared/engine-api.ts';
import type { Calls } from '../shared/rpc.ts';
import { createStoreContext } from './store-context.tsx';

export type SelfTestCheck = EngineApi['selfTest']['result'][number];

/** The self-test of the Device page. */
export interface SelfTestState {
  running: boolean;
  done: number;
  total: number;
  checks: SelfTestCheck[] | null;
  error: ErrorRecord | null;
}

export interface EngineState {
  phase: 'off' | 'starting' | 'ready' | 'failed';
  /** What the worker says while it starts. */
  message: string;
  status: EngineStatus | null;
  error: ErrorRecord | null;
  memory: MemoryStatus | null;
  selfTest: SelfTestState;
  /** Starts the engine once; later calls return the first start. */
  start: () => Promise<void>;
  /** Loads a model before it is asked for, so that the first answer comes sooner. */
  warm: (modelId: string) => Promise<void>;
  refreshMemory: () => Promise<void>;
  runSelfTest: () => Promise<void>;
}

export const EngineStore = createStoreContext<EngineState>('engine');

/** Whether the engine computes on WebGPU; false before it has started. */
export function useIsGpu(): boolean {
  return EngineStore.use(({ status }) => status?.backend === 'webgpu');
}

const NO_TEST: SelfTestState = { running: false, done: 0, total: 0, checks: null, error: null };

/**
 * The engine store.
 * @param engine calls of the engine worker
 * @param backend forced by `?backend=`; undefined lets the engine choose
 * @param onLoss called with the new state each time the graphics device was lost
 */
export function createEngineStore(
  engine: Calls<EngineApi>,
  backend?: BackendName,
  onLoss: (status: EngineStatus) => void = () => undefined,
) {
  let started: Promise<void> | null = null;
  return createStore<EngineState>((set, get) => {
    const init = async () => {
      set({ phase: 'starting', error: null });
      try {
        const status = await engine.init({ backend }, { onProgress: ({ message }) => set({ message }) });
        set({ phase: 'ready', status });
        void watch();
      } catch (error) {
        started = null;
        set({ phase: 'failed', error: toErrorRecord(error) });
      }
    };
    /** Follows the worker's state for as long as it lives; a worker that died is started anew, with the same backend asked for. */
    const watch = async () => {
      const take = (status: EngineStatus) => {
        const isLoss = (status.deviceLosses ?? 0) > (get().status?.deviceLosses ?? 0);
        set({ status });
        if (isLoss) onLoss(status);
      };
      try {
        await engine.watch({}, { onProgress: take });
      } catch (error) {
        if (toErrorRecord(error).code !== 'E-WORKER') return;
        started = null;
        await get().start();
      }
    };
    const selfTest = (patch: Partial<SelfTestState>) => set({ selfTest: { ...get().selfTest, ...patch } });
    return {
      phase: 'off',
      message: '',
      status: null,
      error: null,
      memory: null,
      selfTest: NO_TEST,
      start: () => (started ??= init()),
      warm: async (modelId) => {
        await get().start();
        await engine.loadModel({ modelId }).catch(() => undefined); // the answer that needs the model reports why it is missing
      },
      refreshMemory: async () => {
        try {
          set({ memory: await engine.memory({}) });
        } catch (error) {
          set({ error: toErrorRecord(error) });
        }
      },
      runSelfTest: async () => {
        selfTest({ ...NO_TEST, running: true });
        try {
          const checks = await engine.selfTest({}, { onProgress: (progress) => selfTest(progress) });
          selfTest({ running: false, checks });
        } catch (error) {
          selfTest({ running: false, error: toErrorRecord(error) });
        }
      },
    };
  });
}

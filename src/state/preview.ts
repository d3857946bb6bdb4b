// What the form of a new run asks of the engine before the start: token masks, first rewards, a dry run. Nothing is stored.
import { createStore } from 'zustand/vanilla';
import type { TrainConfig } from '../shared/config/config.ts';
import type { AnswerSource, DryRunReport, MaskRow, RewardPreview } from '../shared/domain/preview.ts';
import type { StepPhase } from '../shared/domain/run.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';
import type { EngineApi } from '../shared/engine-api.ts';
import type { CallOptions, Calls } from '../shared/rpc.ts';
import { createStoreContext } from './store-context.tsx';

/** What a preview depends on. */
export interface PreviewRequest {
  config: TrainConfig;
  modelId: string;
  datasetId: string;
}

/** One kind of preview; `result` is of the newest finished call, which `key` names. */
export interface PreviewSlot<Result> {
  isRunning: boolean;
  result: Result | null;
  key: string;
  error: ErrorRecord | null;
}

interface Results {
  mask: MaskRow[];
  reward: RewardPreview;
  dryRun: DryRunReport;
}

type Kind = keyof Results;

export interface PreviewState {
  mask: PreviewSlot<MaskRow[]>;
  reward: PreviewSlot<RewardPreview>;
  dryRun: PreviewSlot<DryRunReport>;
  /** What the dry run does now. */
  phase: { phase: StepPhase; done: number; total: number } | null;
  loadMask: (request: PreviewRequest) => Promise<void>;
  loadReward: (request: PreviewRequest, source: AnswerSource) => Promise<void>;
  runDry: (request: PreviewRequest) => Promise<void>;
  cancel: (kind: Kind) => void;
}

export const PreviewStore = createStoreContext<PreviewState>('preview');

/** Names a request: another key means that a shown result is of other settings. The reward weights do not count, as they are sliders. */
export function previewKey({ config, modelId, datasetId }: PreviewRequest, kind: Kind, source?: AnswerSource): string {
  const { alpha: _alpha, beta: _beta, ...reward } = config.reward;
  return JSON.stringify([modelId, datasetId, kind === 'reward' ? { ...config, reward } : config, source]);
}

const IDLE = { isRunning: false, result: null, key: '', error: null };

/** The preview store. */
export function createPreviewStore(engine: Pick<Calls<EngineApi>, 'maskPreview' | 'rewardPreview' | 'dryRun'>) {
  const running = new Map<Kind, AbortController>();
  return createStore<PreviewState>((set, get) => {
    const load = async <K extends Kind>(kind: K, key: string, call: (options: CallOptions<never>) => Promise<Results[K]>) => {
      if (running.has(kind)) return;
      const controller = new AbortController();
      running.set(kind, controller);
      const put = (patch: Partial<PreviewSlot<Results[K]>>) => set({ [kind]: { ...get()[kind], ...patch } });
      put({ isRunning: true, error: null });
      try {
        put({ result: await call({ signal: controller.signal }), key });
      } catch (error) {
        const record = toErrorRecord(error);
        put({ error: record.code === 'E-CANCELLED' ? null : record });
      } finally {
        running.delete(kind);
        put({ isRunning: false });
      }
    };
    return {
      mask: IDLE,
      reward: IDLE,
      dryRun: IDLE,
      phase: null,
      loadMask: (request) => load('mask', previewKey(request, 'mask'), (options) => engine.maskPreview(request, options)),
      loadReward: (request, source) =>
        load('reward', previewKey(request, 'reward', source), (options) => engine.rewardPreview({ ...request, source }, options)),
      runDry: async (request) => {
        await load('dryRun', previewKey(request, 'dryRun'), ({ signal }) =>
          engine.dryRun(request, { signal, onProgress: (phase) => set({ phase }) }),
        );
        set({ phase: null });
      },
      cancel: (kind) => running.get(kind)?.abort(),
    };
  });
}

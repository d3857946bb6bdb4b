// Model, comparison and tab live in the address, so that a link restores them.
import { useParameters } from '../../components/use-parameters.ts';
import { readPrecision } from '../../components/PrecisionSelect.tsx';
import type { WeightPrecision } from '../../shared/config/config.ts';
import { EngineStore, type EngineState } from '../../state/engine.ts';
import { chosenModel, ModelsStore } from '../../state/models.ts';
import { SelectionStore } from '../../state/selection.ts';

type ParameterValues = Readonly<Record<string, string | null>>;

export interface InspectAddress {
  modelId: string | null;
  compareId: string | null;
  tab: string;
  /** Of the weights that write; always f32 on the CPU engine. */
  precision: WeightPrecision;
  /** The engine computes on WebGPU; null before it has started. */
  isGpu: boolean | null;
  /** The evaluation whose answer is shown, if not the newest. */
  from: string | null;
  /** `run=1`: ask the model once when the page opens. */
  runAtOnce: boolean;
  /** A parameter of the address that a tab keeps there. */
  read: (name: string) => string | null;
  /** Sets or, with null, takes out parameters, also such that depend on those of this moment; leaves no entry in the history. */
  patch: (values: ParameterValues | ((now: URLSearchParams) => ParameterValues)) => void;
  /** What a link to a neighbour carries on, with its question mark. */
  query: string;
}

const KEPT = [
  'model',
  'compare',
  'tab',
  'history',
  'source',
  'step',
  'view',
  'quality',
  'gain',
  'precision',
  'from',
  'shade',
  'layout',
  'snap',
];

/** What is known of the engine: null before it has started. */
const gpuOf = ({ status }: EngineState): boolean | null => status && status.backend === 'webgpu';

/** The address of the inspector; without a model in it, the chosen or the first one. */
export function useAddress(): InspectAddress {
  const [params, change] = useParameters();
  const chosen = SelectionStore.use((state) => state.modelId);
  const models = ModelsStore.use((state) => state.models);
  const isGpu = EngineStore.use(gpuOf);
  const modelId = params.get('model') ?? chosenModel(models, chosen)?.id ?? null;
  const patch: InspectAddress['patch'] = (values) =>
    change((now) => {
      for (const [name, value] of Object.entries(typeof values === 'function' ? values(now) : values)) {
        if (value === null) now.delete(name);
        else now.set(name, value);
      }
      return now;
    });
  const kept = KEPT.flatMap((name) => {
    const value = params.get(name);
    return value === null ? [] : [`${name}=${encodeURIComponent(value)}`];
  });
  return {
    modelId,
    compareId: params.get('compare') ?? models.find(({ id }) => id !== modelId)?.id ?? null,
    tab: params.get('tab') ?? 'reasoning',
    precision: isGpu ? readPrecision(params.get('precision')) : 'f32',
    from: params.get('from'),
    runAtOnce: params.get('run') === '1',
    read: (name) => params.get(name),
    patch,
    isGpu,
    query: kept.length > 0 ? `?${kept.join('&')}` : '',
  };
}

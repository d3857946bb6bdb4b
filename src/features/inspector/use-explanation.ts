// Which answer the inspector shows, and how a new one is asked for.
import { useEffect, useMemo } from 'react';
import type { WeightPrecision } from '../../shared/config/config.ts';
import { DEFAULT_EVAL } from '../../shared/config/presets.ts';
import type { ExplainRequest, ExplainState, StoredAnswer } from '../../state/inspection-state.ts';
import { changesPrefix, explanationKey } from '../../state/explanation-key.ts';
import { InspectionStore } from '../../state/inspection.ts';
import { ModelsStore, type ModelEntry } from '../../state/models.ts';
import type { ImageEdit } from '../../shared/image/edit.ts';
import type { Answered, AskedReading } from './reading.ts';
import { ASKED_HERE, groupOfKept, newestReading, readingOfAnswer, readingOfExplanation, readingOfKept } from './reading.ts';

/** Answers of the group view. */
export const GROUP_SIZE = 8;

/** Greedy single answer, or a sampled group, with the settings of an evaluation. */
export function explainRequest(
  modelId: string,
  sampleId: string,
  numGenerations: number,
  precision: WeightPrecision = 'f32',
): ExplainRequest {
  const { prompt, template, parser, reward } = DEFAULT_EVAL;
  const decoding = precision === 'f32' ? DEFAULT_EVAL.decoding : { ...DEFAULT_EVAL.decoding, precision };
  const sampling = numGenerations > 1 ? { ...decoding, temperature: 1, topP: 1 } : decoding;
  return { modelId, sampleId, prompt, template, decoding: sampling, parser, reward, numGenerations };
}

/** What tells a model's weights from others that had the same id. */
export function weightsOf({ sha256, sizeBytes, name }: ModelEntry): string {
  return sha256 ?? `${name}/${sizeBytes}`;
}

/** The same of a model by its id; null where it is not in this browser. */
function useWeights(modelId: string | null): string | null {
  const model = ModelsStore.use(({ models }) => models.find(({ id }) => id === modelId));
  return model ? weightsOf(model) : null;
}

export interface ModelReading {
  state: ExplainState | undefined;
  /** The wanted answer, else the newest of this model: asked for here, or of an evaluation. */
  reading: AskedReading | null;
  /** The answer that was asked for here, just now or on an earlier visit. */
  asked: AskedReading | null;
  /** What was kept is known. */
  isReady: boolean;
  run: () => void;
}

export interface ReadingChoice {
  precision?: WeightPrecision;
  /** The evaluation whose answer is wanted, or `ASKED_HERE`. */
  from?: string | null;
}

/** What is computed on this page, and what was kept of an earlier visit. */
function useKept(request: ExplainRequest, weights: string | null) {
  const key = explanationKey(request);
  const loadKept = InspectionStore.use((state) => state.loadKept);
  const state = InspectionStore.use(({ explanations }) => explanations[key]);
  const kept = InspectionStore.use((state) => state.kept[key]);
  useEffect(() => {
    if (weights !== null) void loadKept(request, weights);
  }, [request, weights, loadKept]);
  const isListed = ModelsStore.use(({ phase }) => phase === 'ready'); // before, the weights of none are known
  return { state, kept, isReady: weights === null ? isListed : kept !== undefined };
}

/** The answer that was asked for in the inspector: that of this page, else the one that was kept. */
function useAsked(request: ExplainRequest, weights: string | null) {
  const { state, kept, isReady } = useKept(request, weights);
  const asked = useMemo(() => {
    if (state?.result) return readingOfExplanation(state.result, request, { askedAt: state.finishedAt });
    return kept ? readingOfKept(kept, request) : null;
  }, [state, kept, request]);
  return { state, asked, isReady };
}

/** A model's answer to an image. */
export function useModelReading(
  modelId: string | null,
  sampleId: string,
  { precision = 'f32', from = null }: ReadingChoice = {},
): ModelReading {
  const explain = InspectionStore.use((state) => state.explain);
  const weights = useWeights(modelId);
  const request = useMemo(() => explainRequest(modelId ?? '', sampleId, 1, precision), [modelId, sampleId, precision]);
  const { state, asked, isReady } = useAsked(request, weights);
  const stored = InspectionStore.use((state) => state.stored[sampleId]);
  const reading = useMemo(() => {
    const wanted = stored?.find(({ evaluation }) => evaluation.id === from && evaluation.modelId === modelId);
    if (wanted) return readingOfAnswer(wanted);
    const newest = modelId ? newestReading(stored ?? [], modelId, precision) : null;
    if (!asked || !newest || from === ASKED_HERE) return asked ?? newest;
    return (asked.askedAt ?? 0) >= (newest.askedAt ?? 0) ? asked : newest;
  }, [asked, stored, modelId, from, precision]);
  const run = () => {
    if (modelId) void explain(request, weights ?? undefined);
  };
  return { state, reading, asked, isReady, run };
}

export interface ModelGroup {
  state: ExplainState | undefined;
  request: ExplainRequest;
  /** The newest group: asked for on this page, else kept. */
  group: Answered | null;
  /** When it was written, milliseconds; null: unknown. */
  askedAt: number | null;
  /** What was kept is known, and none is being written. */
  isReady: boolean;
  run: () => void;
}

/** A sampled group of a model's answers to an image. */
export function useGroup(modelId: string | null, sampleId: string, precision: WeightPrecision): ModelGroup {
  const explain = InspectionStore.use((state) => state.explain);
  const weights = useWeights(modelId);
  const request = useMemo(() => explainRequest(modelId ?? '', sampleId, GROUP_SIZE, precision), [modelId, sampleId, precision]);
  const { state, kept, isReady } = useKept(request, weights);
  const isBusy = state?.phase === 'loading' || state?.phase === 'generating';
  const group = useMemo(() => state?.result ?? (kept ? groupOfKept(kept) : null), [state, kept]);
  const askedAt = state?.result ? state.finishedAt : (kept?.answeredAt ?? null);
  return { state, request, group, askedAt, isReady: isReady && !isBusy, run: () => void explain(request, weights ?? undefined) };
}

/** One change of the picture that was asked about. */
export interface AskedChange {
  edit: ImageEdit;
  reading: AskedReading;
}

export interface Changes {
  /** About the unchanged picture. */
  request: ExplainRequest;
  /** In the order in which they were asked. */
  asked: AskedChange[];
  ask: (edit: ImageEdit, image: Blob) => void;
  forget: () => Promise<void>;
}

/** Changed copies of an image that a model was asked about, on this page or kept of earlier visits. */
export function useChanges(modelId: string, sampleId: string, precision: WeightPrecision): Changes {
  const { explain, loadKeptChanges, forgetChanges, explanations, kept } = InspectionStore.use((state) => state);
  const weights = useWeights(modelId);
  const request = useMemo(() => explainRequest(modelId, sampleId, 1, precision), [modelId, sampleId, precision]);
  useEffect(() => {
    if (weights !== null) void loadKeptChanges(request, weights);
  }, [request, weights, loadKeptChanges]);
  const asked = useMemo(() => {
    const prefix = changesPrefix(request);
    const found = new Map<string, AskedChange>();
    for (const [key, answer] of Object.entries(kept)) {
      if (key.startsWith(prefix) && answer?.edit) found.set(key, { edit: answer.edit, reading: readingOfKept(answer, request) });
    }
    for (const [key, { edit, result, finishedAt }] of Object.entries(explanations)) {
      const reading = key.startsWith(prefix) && result ? readingOfExplanation(result, request, { askedAt: finishedAt }) : null;
      if (edit && reading) found.set(key, { edit, reading });
    }
    return [...found.values()].sort((a, b) => (a.reading.askedAt ?? 0) - (b.reading.askedAt ?? 0));
  }, [request, kept, explanations]);
  return {
    request,
    asked,
    ask: (edit, image) => void explain({ ...request, variant: { edit, image } }, weights ?? undefined),
    forget: () => forgetChanges(request),
  };
}

/** Stored answers of a sample; undefined while they are read. */
export function useStoredAnswers(sampleId: string): readonly StoredAnswer[] | undefined {
  const load = InspectionStore.use((state) => state.loadStored);
  useEffect(() => {
    void load(sampleId);
  }, [load, sampleId]);
  return InspectionStore.use((state) => state.stored[sampleId]);
}

// Which answer the inspector shows, and how a new one is asked for.
import { useEffect, useMemo } from 'react';
import type { WeightPrecision } from '../../shared/config/config.ts';
import { DEFAULT_EVAL } from '../../shared/config/presets.ts';
import type { ExplainRequest, ExplainState, StoredAnswer } from '../../state/inspection.ts';
import { explanationKey, InspectionStore } from '../../state/inspection.ts';
import { ModelsStore, type ModelEntry } from '../../state/models.ts';
import type { AskedReading } from './reading.ts';
import { ASKED_HERE, newestReading, readingOfAnswer, readingOfExplanation, readingOfKept } from './reading.ts';

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

/** The answer that was asked for in the inspector: that of this page, else the one that was kept. */
function useAsked(request: ExplainRequest, weights: string | null) {
  const key = explanationKey(request);
  const loadKept = InspectionStore.use((state) => state.loadKept);
  const state = InspectionStore.use(({ explanations }) => explanations[key]);
  const kept = InspectionStore.use((state) => state.kept[key]);
  useEffect(() => {
    if (weights !== null) void loadKept(request, weights);
  }, [request, weights, loadKept]);
  const asked = useMemo(() => {
    if (state?.result) return readingOfExplanation(state.result, request, { askedAt: state.finishedAt });
    return kept ? readingOfKept(kept, request) : null;
  }, [state, kept, request]);
  return { state, asked, isReady: weights === null || kept !== undefined };
}

/** A model's answer to an image. */
export function useModelReading(
  modelId: string | null,
  sampleId: string,
  { precision = 'f32', from = null }: ReadingChoice = {},
): ModelReading {
  const explain = InspectionStore.use((state) => state.explain);
  const model = ModelsStore.use(({ models }) => models.find(({ id }) => id === modelId));
  const weights = model ? weightsOf(model) : null;
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

/** Stored answers of a sample; undefined while they are read. */
export function useStoredAnswers(sampleId: string): readonly StoredAnswer[] | undefined {
  const load = InspectionStore.use((state) => state.loadStored);
  useEffect(() => {
    void load(sampleId);
  }, [load, sampleId]);
  return InspectionStore.use((state) => state.stored[sampleId]);
}

// Which answer the inspector shows, and how a new one is asked for.
import { useEffect, useMemo } from 'react';
import type { WeightPrecision } from '../../shared/config/config.ts';
import { DEFAULT_EVAL } from '../../shared/config/presets.ts';
import type { ExplainRequest, ExplainState, StoredAnswer } from '../../state/inspection.ts';
import { explanationKey, InspectionStore } from '../../state/inspection.ts';
import type { AskedReading } from './reading.ts';
import { newestReading, readingOfAnswer, readingOfExplanation } from './reading.ts';

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

export interface ModelReading {
  state: ExplainState | undefined;
  /** The wanted stored answer, else the fresh one, else the newest stored one of this model. */
  reading: AskedReading | null;
  /** An answer was asked for just now. */
  hasFresh: boolean;
  run: () => void;
}

export interface ReadingChoice {
  precision?: WeightPrecision;
  /** The evaluation whose answer is wanted. */
  from?: string | null;
}

/** A model's answer to an image: fresh if there is one, else stored. */
export function useModelReading(
  modelId: string | null,
  sampleId: string,
  { precision = 'f32', from = null }: ReadingChoice = {},
): ModelReading {
  const explain = InspectionStore.use((state) => state.explain);
  const request = useMemo(() => explainRequest(modelId ?? '', sampleId, 1, precision), [modelId, sampleId, precision]);
  const state = InspectionStore.use(({ explanations }) => explanations[explanationKey(request)]);
  const stored = InspectionStore.use((state) => state.stored[sampleId]);
  const result = state?.result ?? null;
  const reading = useMemo(() => {
    const wanted = stored?.find(({ evaluation }) => evaluation.id === from && evaluation.modelId === modelId);
    if (wanted) return readingOfAnswer(wanted);
    if (result) return readingOfExplanation(result, request);
    return modelId ? newestReading(stored ?? [], modelId, precision) : null;
  }, [result, stored, modelId, from, request, precision]);
  return {
    state,
    reading,
    hasFresh: result !== null,
    run: () => {
      if (modelId) void explain(request);
    },
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

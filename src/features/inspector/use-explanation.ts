// Which answer the inspector shows, and how a new one is asked for.
import { useEffect, useMemo } from 'react';
import { DEFAULT_EVAL } from '../../shared/config/presets.ts';
import type { ExplainRequest, ExplainState, StoredAnswer } from '../../state/inspection.ts';
import { explanationKey, InspectionStore } from '../../state/inspection.ts';
import type { AskedReading } from './reading.ts';
import { newestReading, readingOfExplanation } from './reading.ts';

/** Answers of the group view. */
export const GROUP_SIZE = 8;

/** Greedy single answer, or a sampled group, with the settings of an evaluation. */
export function explainRequest(modelId: string, sampleId: string, numGenerations: number): ExplainRequest {
  const { prompt, template, decoding, parser, reward } = DEFAULT_EVAL;
  const sampling = numGenerations > 1 ? { ...decoding, temperature: 1, topP: 1 } : decoding;
  return { modelId, sampleId, prompt, template, decoding: sampling, parser, reward, numGenerations };
}

export interface ModelReading {
  state: ExplainState | undefined;
  /** The fresh answer, else the newest stored one of this model. */
  reading: AskedReading | null;
  run: () => void;
}

/** A model's answer to an image: fresh if there is one, else stored. */
export function useModelReading(modelId: string | null, sampleId: string): ModelReading {
  const explain = InspectionStore.use((state) => state.explain);
  const key = modelId ? explanationKey({ modelId, sampleId, numGenerations: 1 }) : '';
  const state = InspectionStore.use(({ explanations }) => explanations[key]);
  const stored = InspectionStore.use((state) => state.stored[sampleId]);
  const result = state?.result ?? null;
  const reading = useMemo(() => {
    if (result) return readingOfExplanation(result, DEFAULT_EVAL);
    return modelId ? newestReading(stored ?? [], modelId) : null;
  }, [result, stored, modelId]);
  return {
    state,
    reading,
    run: () => {
      if (modelId) void explain(explainRequest(modelId, sampleId, 1));
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

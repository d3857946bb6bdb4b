// The similarity map of one keyword over the image, asked for when it is first shown.
import { useEffect } from 'react';
import type { ErrorRecord } from '../../../shared/errors.ts';
import { similarityKey } from '../../../state/explanation-key.ts';
import { InspectionStore } from '../../../state/inspection.ts';
import type { PatchMap } from './ImageStage.tsx';

export interface PatchMapRequest {
  modelId: string;
  sampleId: string;
  /** The keyword; null while no paragraph is chosen. */
  text: string | null;
}

export interface PatchMapState {
  map: PatchMap | null;
  /** What to do or wait for; empty when there is a map. */
  message: string;
  error: ErrorRecord | null;
}

/** @param request null while the map is hidden */
export function usePatchMap(request: PatchMapRequest | null): PatchMapState {
  const load = InspectionStore.use((state) => state.loadSimilarity);
  const text = request?.text ?? null;
  const modelId = request?.modelId ?? '';
  const sampleId = request?.sampleId ?? '';
  useEffect(() => {
    if (text) void load(modelId, sampleId, text);
  }, [load, modelId, sampleId, text]);
  const value = InspectionStore.use((state) => (text ? state.similarity[similarityKey(modelId, sampleId, text)] : undefined));
  if (!request) return { map: null, message: '', error: null };
  if (!text) return { map: null, message: 'Choose a paragraph by its number, or press p.', error: null };
  if (value === undefined || value === 'loading') return { map: null, message: 'Computing the map…', error: null };
  if ('code' in value) return { map: null, message: '', error: value };
  return { map: { ...value, caption: `“${text}”` }, message: '', error: null };
}

// Under which names the inspector keeps what was asked.
import { describeEdit, type ImageEdit } from '../shared/image/edit.ts';
import type { ExplainRequest } from './inspection-state.ts';

/** What tells one explanation from another: model, precision of its weights, image, change of it and number of answers. */
export type ExplanationPlace = Pick<ExplainRequest, 'modelId' | 'sampleId' | 'numGenerations'> & {
  variant?: { edit: ImageEdit };
  decoding?: Pick<ExplainRequest['decoding'], 'precision'>;
};

export function explanationKey({ modelId, sampleId, numGenerations, variant, decoding }: ExplanationPlace): string {
  const weights = `${modelId}${decoding?.precision ? `@${decoding.precision}` : ''}`;
  return `${weights}|${numGenerations}|${sampleId}${variant ? `|${describeEdit(variant.edit)}` : ''}`;
}

/** How the keys of explanations about changed copies begin. @param place of the unchanged picture */
export function changesPrefix(place: ExplanationPlace): string {
  return `${explanationKey(place)}|`;
}

export function similarityKey(modelId: string, sampleId: string, text: string): string {
  return `${modelId}|${sampleId}|${text}`;
}

// Cosine of texts with every vision token of one picture, through CLIP's own heads: where a keyword "is" in the image.
import { dispose } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../src/shared/errors.ts';
import type { EngineApi } from '../../src/shared/engine-api.ts';
import type { EngineParts } from './engine-parts.ts';
import { batchOf, hostImage } from './images.ts';

/** @throws E-UNSUPPORTED for a model without CLIP; E-IMAGE, E-MISSING */
export async function patchSimilarity(
  { models, images }: EngineParts,
  { modelId, texts, ...picture }: EngineApi['patchSimilarity']['params'],
): Promise<EngineApi['patchSimilarity']['result']> {
  const model = await models.load(modelId);
  const { clip, keywords } = model.detector;
  if (!clip || !keywords) {
    throw new WorkbenchError('E-UNSUPPORTED', 'This model came without a CLIP text tower, so there is no similarity map.', {
      safe: 'Everything else works with it.',
      remedy: 'Choose a model with open_clip_config.json and clip-tokenizer.json.',
    });
  }
  await keywords.encode(texts);
  const batch = batchOf(model.detector, [await hostImage(images, model, picture)]);
  const features = clip.patchFeatures(batch.visionTokens);
  try {
    const values = await features.data<'float32'>();
    const width = clip.config.embedDim;
    const patches = Array.from({ length: model.gridSize ** 2 }, (_, s) => Float32Array.from(values.subarray(s * width, (s + 1) * width)));
    const cosines = texts.map((text) => patches.map((patch) => keywords.cosine(patch, text) ?? 0));
    return { gridSize: model.gridSize, cosines };
  } finally {
    dispose([batch.visionTokens, features]);
  }
}

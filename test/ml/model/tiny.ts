// A DX-LLaVA small enough for hand checks, and prompts for it.
import { registerReferenceOps } from '../../../workers/ml/kernels/register.ts';
import { parseDxLlavaConfig, type DxLlavaConfig } from '../../../workers/ml/model/config.ts';
import { DxLlava } from '../../../workers/ml/model/dx-llava.ts';
import { dxLlavaParameters } from '../../../workers/ml/model/parameters.ts';
import { IMAGE_TOKEN_ID } from '../../../workers/ml/model/sequence-layout.ts';
import { Weights } from '../../../workers/ml/model/weights.ts';
import { randomNormal, ready, setBackend, type Tensor } from '@tensorflow/tfjs-core';

/** The plain reference backend. */
export async function useReferenceBackend(): Promise<void> {
  registerReferenceOps();
  await setBackend('cpu');
  await ready();
}

export const TINY_CONFIG: Record<string, unknown> = {
  hidden_size: 12,
  intermediate_size: 10,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  vocab_size: 17,
  max_position_embeddings: 64,
  eos_token_id: 2,
  mm_projector_type: 'mlp2x_gelu',
  mm_hidden_size: 6,
  vision_config: { architecture: 'convnext', depths: [1, 1], dims: [4, 6], image_size: 16, layer_norm_eps: 1e-6 },
};

export interface TinyModel {
  config: DxLlavaConfig;
  weights: Weights;
  model: DxLlava;
  /** [2, 4, 6] */
  visionTokens: Tensor;
  dispose: () => void;
}

/** A model with seeded weights, large enough that its answers vary. */
export function createTinyModel(overrides: Record<string, unknown> = {}): TinyModel {
  const config = parseDxLlavaConfig({ ...TINY_CONFIG, ...overrides });
  const specs = dxLlavaParameters(config, 0.3).map((spec) =>
    spec.initializer.kind === 'normal' ? { ...spec, initializer: { kind: 'normal' as const, deviation: 0.4 } } : spec,
  );
  const weights = Weights.create(specs, { seed: 7 });
  const model = new DxLlava(config, weights);
  const visionTokens = randomNormal([2, model.numVisionTokens, 6], 0, 1, 'float32', 11);
  const dispose = (): void => {
    model.dispose();
    weights.dispose();
    visionTokens.dispose();
  };
  return { config, weights, model, visionTokens, dispose };
}

/** Prompts of different length: with image, with image elsewhere, text only. */
export const TINY_PROMPTS = [
  { ids: [1, IMAGE_TOKEN_ID, 5, 6, 7, 8], image: 0 },
  { ids: [1, 9, IMAGE_TOKEN_ID, 4], image: 1 },
  { ids: [1, 3, 5], image: 0 },
];

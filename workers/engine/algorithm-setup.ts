// What every algorithm is made from, and the adapter that a LoRA run trains.
import type { TrainConfig } from '../../src/shared/config/config.ts';
import { LoraAdapter } from '../ml/model/lora.ts';
import type { ImageSource } from './images.ts';
import type { LoadedModel } from './load-model.ts';
import type { TrainingData } from './training-data.ts';

export interface AlgorithmSetup {
  /** The run's start model, trained in place; borrowed. */
  model: LoadedModel;
  images: ImageSource;
  data: TrainingData;
  config: TrainConfig;
}

/** Puts a fresh adapter on the language model and freezes the base weights. @returns owned by the caller; null without LoRA */
export function attachAdapter({ model, config }: AlgorithmSetup): LoraAdapter | null {
  if (!config.lora) return null;
  const settings = { ...config.lora, useRslora: false, baseModel: model.id };
  const adapter = LoraAdapter.create(model.config.language, settings, config.seed);
  model.weights.trainable([]);
  model.detector.model.language.adapter = adapter;
  return adapter;
}

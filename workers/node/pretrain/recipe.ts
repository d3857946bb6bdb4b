// The recipe of the built-in models, in one place. Everything that changes the weights is here or in nano.ts.
import type { LanguageRecipe } from './train-model.ts';
import type { TowerRecipe } from './train-towers.ts';

const towers: TowerRecipe = {
  seed: 1,
  images: 12_000,
  warm: [
    { steps: 1000, batchSize: 64, learningRate: 2e-3, seed: 1, emphasis: false },
    { steps: 1000, batchSize: 64, learningRate: 1.5e-3, seed: 11, emphasis: true },
  ],
  contrastive: { steps: 540, batchSize: 64, learningRate: 2e-3 },
  heads: { steps: 500, batchSize: 192, learningRate: 2e-3 },
};

const language: LanguageRecipe = {
  align: { steps: 400, batchSize: 48, microBatchSize: 12, learningRate: 2e-3, seed: 1, images: 12_000 },
  tune: { steps: 200, batchSize: 48, microBatchSize: 12, learningRate: 1e-3, seed: 1, perClass: 600 },
};

/** Benchmark seeds: pictures to train on, and pictures that no training and no choice of a setting has seen. */
export const TRAIN_SEED = 1;
export const TEST_SEED = 2;

export const RECIPE = { towers, language };

// The recipe of the built-in models, in one place. Everything that changes the weights is here or in nano.ts.
import type { TowerRecipe } from './train-towers.ts';

const towers: TowerRecipe = {
  seed: 1,
  images: 12_000,
  warm: { steps: 1000, batchSize: 64, learningRate: 2e-3 },
  contrastive: { steps: 540, batchSize: 64, learningRate: 2e-3 },
  heads: { steps: 500, batchSize: 192, learningRate: 2e-3 },
};

export const RECIPE = { towers };

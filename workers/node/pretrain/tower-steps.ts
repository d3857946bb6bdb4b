// What a training step of the trunk and of the CLIP towers needs in each stage: settings, rate, a batch of pictures.
import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { RandomStream } from '../../../src/shared/random.ts';
import type { AdamwSettings } from '../../ml/train/optimizer.ts';
import { learningRateAt } from '../../ml/train/schedule.ts';
import { batchPixels, type ImageSet } from './images.ts';

/** Of all stages of the towers. */
export const TOWER_ADAMW: AdamwSettings = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.02, maxGradNorm: 1 };

export interface StageOptions {
  steps: number;
  batchSize: number;
  learningRate: number;
  seed: number;
  log: (line: string) => void;
}

/** The rate of a step: cosine after a short warm-up. */
export const rateAt = (step: number, { steps, learningRate }: StageOptions): number =>
  learningRateAt(step, steps, { learningRate, warmupSteps: 40, lrSchedulerType: 'cosine' });

/** A batch of the set with random mirror images. Owned by the caller. */
export function pixelTensor(set: ImageSet, indices: readonly number[], random: RandomStream): Tensor {
  const flips = indices.map(() => random.chance(0.5));
  return tensor(batchPixels(set, indices, flips), [indices.length, set.size, set.size, 3]);
}

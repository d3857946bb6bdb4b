// The ConvNeXt trunk by the project's own code.
import { mean, square, sub, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { computeGradients } from '../../../workers/ml/model/gradients.ts';
import { VisionEncoder } from '../../../workers/ml/model/vision-encoder.ts';
import { Weights } from '../../../workers/ml/model/weights.ts';
import { AdamwOptimizer } from '../../../workers/ml/train/optimizer.ts';
import { LEARNING_RATE, pixels, TRUNK, trunkSpecs, WEIGHT_SEED } from '../workload.ts';
import type { PreparedWork } from './peer.ts';
import { PLAIN_ADAM } from './workbench-decoder.ts';

interface Trunk {
  weights: Weights;
  encoder: VisionEncoder;
  /** [batch, size, size, 3] */
  images: Tensor;
}

function openTrunk(batch: number): Trunk {
  const weights = Weights.create(trunkSpecs(), { seed: WEIGHT_SEED });
  const images = tensor(pixels(batch), [batch, TRUNK.imageSize, TRUNK.imageSize, 3]);
  return { weights, encoder: new VisionEncoder(TRUNK, weights.get, ''), images };
}

/** Vision tokens of a batch, read back. */
export function prepareTrunk(batch: number): PreparedWork {
  const { weights, encoder, images } = openTrunk(batch);
  const encode = async (): Promise<Float32Array> => {
    const tokens = encoder.encode(images);
    const values = await tokens.data<'float32'>();
    tokens.dispose();
    return values;
  };
  const run = async () => {
    await encode();
    return {};
  };
  const verify = async (): Promise<number[]> => {
    const values = await encode();
    return [...values.subarray(0, values.length / batch)];
  };
  const release = (): void => {
    weights.dispose();
    images.dispose();
  };
  return { run, verify, dispose: release };
}

/** Forward, backward and AdamW of all weights; the loss is the mean square distance of the tokens from 1. */
export function prepareTrunkTraining(batch: number): PreparedWork {
  const { weights, encoder, images } = openTrunk(batch);
  const parameters = weights.trainable(['*']);
  const optimizer = new AdamwOptimizer(parameters, PLAIN_ADAM);
  const run = async () => {
    const { value, gradients } = computeGradients(() => tidy(() => mean(square(sub(encoder.encode(images), 1)))), parameters);
    const { scalars } = await optimizer.step(gradients, LEARNING_RATE, [value]);
    value.dispose();
    return { loss: scalars[0] };
  };
  const release = (): void => {
    optimizer.dispose();
    weights.dispose();
    images.dispose();
  };
  return { run, dispose: release };
}

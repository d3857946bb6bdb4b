// Training steps whose length changes from step to step, and a short rollout now and then.
import { reshape, tensor } from '@tensorflow/tfjs-core';
import { embedding } from '../../../workers/ml/kernels/embedding.ts';
import { DxLlava } from '../../../workers/ml/model/dx-llava.ts';
import { Generator } from '../../../workers/ml/model/generate.ts';
import { computeGradients } from '../../../workers/ml/model/gradients.ts';
import { languageLoss } from '../../../workers/ml/model/losses.ts';
import { languageParameters } from '../../../workers/ml/model/parameters.ts';
import { Weights } from '../../../workers/ml/model/weights.ts';
import { AdamwOptimizer } from '../../../workers/ml/train/optimizer.ts';
import { LEARNING_RATE, TEXT_MODEL, tokenBatch } from '../workload.ts';
import { PLAIN_ADAM } from './workbench-decoder.ts';

/** Narrow: the sizes vary, not the arithmetic, is what this is about. */
const LANGUAGE = { ...TEXT_MODEL.language, hiddenSize: 64, intermediateSize: 128, numLayers: 2, vocabSize: 1024 };
const ROWS = 2;
const STEPS_PER_ROLLOUT = 10;

/** Lengths 20 to 59 in an order without a pattern; all of them within 40 steps. */
const lengthOf = (step: number): number => 20 + ((17 * step) % 40);

export function prepareEndurance(): { step: (step: number) => Promise<void>; dispose: () => void } {
  const weights = Weights.create(languageParameters(LANGUAGE), { seed: 1 });
  const model = new DxLlava({ ...TEXT_MODEL, language: LANGUAGE }, weights);
  const parameters = weights.trainable(['*']);
  const optimizer = new AdamwOptimizer(parameters, PLAIN_ADAM);
  const train = async (length: number): Promise<void> => {
    const { ids, targets } = tokenBatch(ROWS, length);
    const batch = tensor(ids, [ROWS, length], 'int32');
    const { language } = model;
    const { value, gradients } = computeGradients(() => {
      const hidden = language.hidden(embedding(language.embeddingTable, batch));
      return languageLoss(language.logits(reshape(hidden, [ROWS * length, LANGUAGE.hiddenSize])), targets);
    }, parameters);
    await optimizer.step(gradients, LEARNING_RATE, [value]);
    value.dispose();
    batch.dispose();
  };
  const rollOut = async (seed: number): Promise<void> => {
    const generator = new Generator(model);
    const options = { temperature: 1, topP: 0.9, seed, maxNewTokens: 8 + (seed % 9), numGenerations: 3 };
    await generator.generate([{ ids: [1, 5, 9], image: 0 }, { ids: [1], image: 0 }], null, options); // prettier-ignore
    generator.dispose();
  };
  const step = async (index: number): Promise<void> => {
    await train(lengthOf(index));
    if (index % STEPS_PER_ROLLOUT === 0) await rollOut(index);
  };
  const release = (): void => {
    optimizer.dispose();
    model.dispose();
    weights.dispose();
  };
  return { step, dispose: release };
}

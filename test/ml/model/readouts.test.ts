import { dispose } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { answerProbabilities, headProbabilities } from '../../../workers/ml/model/readouts.ts';
import { TINY_PROMPTS, createTinyModel, useReferenceBackend } from './tiny.ts';

test('the answer readout is the share of the fake tokens in the softmax over both sets', async () => {
  await useReferenceBackend();
  const { model, visionTokens, config, dispose: end } = createTinyModel();
  const answers = { real: [3, 4], fake: [9] };
  const got = await answerProbabilities(model, TINY_PROMPTS, visionTokens, answers);
  for (const [i, prompt] of TINY_PROMPTS.entries()) {
    const logits = model.forwardLogits(model.layout([prompt]), visionTokens);
    const last = (await logits.data()).slice(-config.language.vocabSize);
    const mass = (ids: number[]): number => ids.reduce((sum, id) => sum + Math.exp(last[id] ?? NaN), 0);
    expect(got[i]).toBeCloseTo(mass(answers.fake) / (mass(answers.fake) + mass(answers.real)), 5);
    dispose(logits);
  }
  end();
});

test('the head readout is the sigmoid of the head’s logit', async () => {
  await useReferenceBackend();
  const { model, visionTokens, dispose: end } = createTinyModel();
  const logits = model.binaryLogits(visionTokens);
  const values = Array.from(await logits.data());
  const got = await headProbabilities(model, visionTokens);
  for (const [i, value] of values.entries()) expect(got[i]).toBeCloseTo(1 / (1 + Math.exp(-value)), 6);
  dispose(logits);
  end();
});

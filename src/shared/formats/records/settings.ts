// Settings of stored evaluations and runs, checked for the parts that the pages read without asking.
import * as v from 'valibot';
import type { EvalConfig, TrainConfig } from '../../config/config.ts';
import { Split } from './parts.ts';

const DecodingShape = v.looseObject({ temperature: v.number(), topP: v.number(), maxNewTokens: v.number(), seed: v.number() });

const FilterShape = v.looseObject({
  domains: v.array(v.string()),
  splits: v.array(Split),
  labels: v.array(v.string()),
  predicted: v.array(v.string()),
});

const EvalShape = v.looseObject({
  filter: FilterShape,
  decoding: DecodingShape,
  prompt: v.string(),
  reward: v.looseObject({ alpha: v.number(), beta: v.number() }),
});

const TrainShape = v.looseObject({
  algorithm: v.string(),
  preset: v.string(),
  filter: FilterShape,
  seed: v.number(),
  maxSteps: v.number(),
  optimizer: v.looseObject({ learningRate: v.number() }),
  policy: v.looseObject({
    numGenerations: v.number(),
    promptsPerStep: v.number(),
    epsilon: v.number(),
    beta: v.number(),
    objective: v.string(),
  }),
  reward: v.looseObject({ alpha: v.number(), beta: v.number() }),
  sft: v.looseObject({ perDeviceTrainBatchSize: v.number() }),
});

export const EvalSettings = v.custom<EvalConfig>((value) => v.is(EvalShape, value), 'settings of an evaluation');

export const TrainSettings = v.custom<TrainConfig>((value) => v.is(TrainShape, value), 'settings of a training run');

// How well the model predicts a supervised batch before its update: TRL's `mean_token_accuracy` and `entropy`, and the accuracy
// of the binary head, which the losses alone do not tell; and the losses of a batch that is not learnt from.
import { argMax, cast, concat, dispose, equal, greaterEqual, mul, reshape, stack, sum, tensor, tidy } from '@tensorflow/tfjs-core';
import { tokenLogProbs } from '../ml/kernels/token-log-probs.ts';
import type { DxLlava, LossOptions } from '../ml/model/dx-llava.ts';
import { headProbabilities } from '../ml/model/readouts.ts';
import { lengthBucket } from '../ml/model/length-bucket.ts';
import { labelledPredictions } from '../ml/model/sequence-layout.ts';
import type { EncodedBatch } from '../ml/train/sft.ts';

/** Sums over a batch. */
export interface BatchMeasures {
  correctTokens: number;
  entropy: number;
  learntTokens: number;
  correctLabels: number;
  labels: number;
  /** Of the rows as the model sees them, vision tokens included. */
  sequenceTokens: number;
}

export const NO_MEASURES: BatchMeasures = { correctTokens: 0, entropy: 0, learntTokens: 0, correctLabels: 0, labels: 0, sequenceTokens: 0 };

export function addMeasures(a: BatchMeasures, b: BatchMeasures): BatchMeasures {
  return {
    correctTokens: a.correctTokens + b.correctTokens,
    entropy: a.entropy + b.entropy,
    learntTokens: a.learntTokens + b.learntTokens,
    correctLabels: a.correctLabels + b.correctLabels,
    labels: a.labels + b.labels,
    sequenceTokens: a.sequenceTokens + b.sequenceTokens,
  };
}

/** Under TRL's names; NaN where there is nothing to divide by. */
export function ratesOf(measures: BatchMeasures): Record<string, number> {
  return {
    mean_token_accuracy: measures.correctTokens / measures.learntTokens,
    entropy: measures.entropy / measures.learntTokens,
    binary_accuracy: measures.correctLabels / measures.labels,
  };
}

/** One forward pass without a tape. @param batch borrowed */
export async function measureBatch(model: DxLlava, batch: EncodedBatch): Promise<BatchMeasures> {
  const { multipleOf = lengthBucket() } = batch;
  const layout = model.layout(batch.rows, multipleOf);
  const { positions, targets } = labelledPredictions(layout, multipleOf);
  const sums = tidy(() => {
    const logits = model.language.logits(model.language.hidden(model.embed(layout, batch.visionTokens), { positions }));
    const wanted = tensor(targets, [targets.length], 'int32');
    const correct = sum(cast(equal(argMax(logits, -1), wanted), 'float32'));
    const counted = cast(greaterEqual(wanted, 0), 'float32'); // not the padding
    return stack([correct, sum(mul(tokenLogProbs(logits, wanted, 1).entropy, counted))]);
  });
  const [correctTokens = NaN, entropy = NaN] = await sums.data<'float32'>();
  dispose(sums);
  const learntTokens = targets.filter((target) => target >= 0).length;
  const sequenceTokens = layout.lengths.reduce((total, length) => total + length, 0);
  return { correctTokens, entropy, learntTokens, sequenceTokens, ...(await measureHead(model, batch)) };
}

async function measureHead(
  model: DxLlava,
  { binaryVisionTokens, binaryLabels }: EncodedBatch,
): Promise<Pick<BatchMeasures, 'correctLabels' | 'labels'>> {
  if (!binaryVisionTokens || !binaryLabels) return { correctLabels: 0, labels: 0 };
  const [probabilities, labels] = [await headProbabilities(model, binaryVisionTokens), await binaryLabels.data<'float32'>()];
  const correctLabels = probabilities.filter((p, i) => p >= 0.5 === (labels[i] === 1)).length;
  return { correctLabels, labels: labels.length };
}

/** The losses of a batch as training would have them, without a tape. @param batch borrowed */
export async function lossesOfBatch(
  model: DxLlava,
  batch: EncodedBatch,
  options: LossOptions,
): Promise<Record<'loss' | 'lmLoss' | 'binaryLoss', number>> {
  const { multipleOf = lengthBucket() } = batch;
  const values = tidy(() => {
    const { loss, lmLoss, binaryLoss } = model.losses({ layout: model.layout(batch.rows, multipleOf), ...batch, multipleOf }, options);
    return concat([loss, lmLoss, binaryLoss].map((one) => reshape(one, [1])));
  });
  const [loss = NaN, lmLoss = NaN, binaryLoss = NaN] = await values.data<'float32'>();
  dispose(values);
  return { loss, lmLoss, binaryLoss };
}

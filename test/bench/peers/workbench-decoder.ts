// Decoding and training of the decoder by the project's own code.
import { dispose, reshape, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { embedding } from '../../../workers/ml/kernels/embedding.ts';
import { DecodeSession, PackedDecoder } from '../../../workers/ml/model/decoder.ts';
import { DxLlava } from '../../../workers/ml/model/dx-llava.ts';
import { Generator } from '../../../workers/ml/model/generate.ts';
import { computeGradients } from '../../../workers/ml/model/gradients.ts';
import { LanguageModel } from '../../../workers/ml/model/language-model.ts';
import { languageLoss } from '../../../workers/ml/model/losses.ts';
import { Weights } from '../../../workers/ml/model/weights.ts';
import { AdamwOptimizer, type AdamwSettings } from '../../../workers/ml/train/optimizer.ts';
import { ADAM, DECODER, decoderSpecs, forcedTokens, LEARNING_RATE, TEXT_MODEL, tokenBatch, WEIGHT_SEED } from '../workload.ts';
import type { PreparedWork } from './peer.ts';

export const PLAIN_ADAM: AdamwSettings = { ...ADAM, weightDecay: 0, maxGradNorm: 0 };

const int32 = (values: readonly number[], shape: number[]): Tensor => tensor(Int32Array.from(values), shape, 'int32');

/** A whole rollout as the product makes it: weights packed, prompt computed, tokens sampled and read back in chunks. */
export function prepareDecode(rows: number, tokens: number): PreparedWork {
  const weights = Weights.create(decoderSpecs(), { seed: WEIGHT_SEED });
  const model = new DxLlava(TEXT_MODEL, weights);
  const run = async () => {
    const generator = new Generator(model);
    const options = { temperature: 1, topP: 1, seed: 1, maxNewTokens: tokens, numGenerations: rows };
    const completions = await generator.generate([{ ids: [1], image: 0 }], null, options);
    generator.dispose();
    const written = completions.reduce((sum, { ids }) => sum + ids.length, 0);
    if (written !== rows * tokens) throw new Error(`wrote ${written} tokens instead of ${rows * tokens}`);
    return {};
  };
  const release = (): void => {
    model.dispose();
    weights.dispose();
  };
  return { run, verify: () => forcedLogits(model.language, rows), dispose: release };
}

/** Logits of the last row after the forced tokens, through the cache. */
async function forcedLogits(language: LanguageModel, rows: number): Promise<number[]> {
  const decoder = new PackedDecoder(language);
  const [first = [], ...rest] = forcedTokens(rows);
  const ids = int32(first, [rows, 1]);
  const embeddings = embedding(language.embeddingTable, ids);
  const promptOfRow = first.map((_, row) => row);
  const opened = DecodeSession.open(decoder, { embeddings, lengths: first.map(() => 1), promptOfRow, maxNewTokens: rest.length });
  let { logits } = opened;
  for (const step of rest) {
    const next = int32(step, [rows]);
    logits.dispose();
    logits = opened.session.step(next);
    next.dispose();
  }
  const values = await logits.data();
  opened.session.dispose();
  decoder.dispose();
  dispose([logits, embeddings, ids]);
  return [...values].slice(-DECODER.vocabSize);
}

/** Forward, backward and AdamW of every weight; the loss is read back. */
export function prepareTraining(rows: number, tokens: number): PreparedWork {
  const weights = Weights.create(decoderSpecs(), { seed: WEIGHT_SEED });
  const model = new LanguageModel(DECODER, weights);
  const parameters = weights.trainable(['*']);
  const optimizer = new AdamwOptimizer(parameters, PLAIN_ADAM);
  const { ids, targets } = tokenBatch(rows, tokens);
  const batch = tensor(ids, [rows, tokens], 'int32');
  const loss = (): Tensor => {
    const hidden = model.hidden(embedding(model.embeddingTable, batch));
    return languageLoss(model.logits(reshape(hidden, [rows * tokens, DECODER.hiddenSize])), targets);
  };
  const run = async () => {
    const { value, gradients } = computeGradients(loss, parameters);
    const { scalars, skipped } = await optimizer.step(gradients, LEARNING_RATE, [value]);
    value.dispose();
    if (skipped) throw new Error('the step was skipped: its loss or gradient is not finite');
    return { loss: scalars[0] };
  };
  const release = (): void => {
    optimizer.dispose();
    model.dispose();
    weights.dispose();
    batch.dispose();
  };
  return { run, dispose: release };
}

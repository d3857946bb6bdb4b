// The fused decoding step of `simd` against the step composed of reference ops on `cpu`.
import { engine, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { embedding } from '../../../workers/ml/kernels/embedding.ts';
import { DecodeSession, PackedDecoder } from '../../../workers/ml/model/decoder.ts';
import { DxLlava } from '../../../workers/ml/model/dx-llava.ts';
import { Generator, type Completion, type GenerateOptions } from '../../../workers/ml/model/generate.ts';
import { Weights } from '../../../workers/ml/model/weights.ts';
import { decoderSpecs, TEXT_MODEL, WEIGHT_SEED } from '../../bench/workload.ts';
import { onBackend, prepareBackends } from '../../support/backends.ts';
import '../../support/close.ts';
import { createTinyModel, TINY_PROMPTS } from './tiny.ts';

const SHAPES: [string, Record<string, unknown>][] = [
  ['odd widths, two query heads over one', {}],
  ['four heads of width 8, even widths', { hidden_size: 32, num_attention_heads: 4, num_key_value_heads: 4, intermediate_size: 24 }],
  ['four heads over two of width 10', { hidden_size: 40, num_attention_heads: 4, num_key_value_heads: 2, intermediate_size: 33 }],
];

beforeAll(() => prepareBackends());

/** Logits after each of some forced tokens, for sequences of different length; one is dropped on the way. */
async function forcedLogits(overrides: Record<string, unknown>, promptOfRow = [0, 1, 1]): Promise<Float32Array[]> {
  const { model, dispose } = createTinyModel(overrides);
  const decoder = new PackedDecoder(model.language);
  const prompts = tensor([1, 3, 5, 7, 4, 9, 0, 0], [2, 4], 'int32');
  const embeddings = embedding(model.language.embeddingTable, prompts);
  const { session, logits } = DecodeSession.open(decoder, { embeddings, lengths: [4, 2], promptOfRow, maxNewTokens: 8 });
  const seen = [Float32Array.from(await logits.data())];
  logits.dispose();
  for (let step = 0; step < 6; step++) {
    if (step === 3) session.compact([2, 0, ...promptOfRow.keys()].slice(0, promptOfRow.length - 1));
    const ids = tensor(
      Array.from({ length: session.rows }, (_, row) => (5 * step + 3 * row) % 17),
      [session.rows],
      'int32',
    );
    const next = session.step(ids);
    seen.push(Float32Array.from(await next.data()));
    for (const used of [ids, next]) used.dispose();
  }
  session.dispose();
  decoder.dispose();
  for (const used of [prompts, embeddings]) used.dispose();
  dispose();
  return seen;
}

async function rollout(options: Partial<GenerateOptions>): Promise<Completion[]> {
  const tiny = createTinyModel();
  const generator = new Generator(tiny.model);
  const all = { temperature: 1, topP: 1, seed: 5, maxNewTokens: 20, chunk: 4, numGenerations: 6, ...options };
  // The random tokens of the picture are those of the backend; these are the same on both.
  const vision = tensor(
    Float32Array.from({ length: tiny.visionTokens.size }, (_, i) => Math.sin(i * 1.7)),
    [2, 4, 6],
  );
  const completions = await generator.generate(TINY_PROMPTS, vision, all);
  generator.dispose();
  vision.dispose();
  tiny.dispose();
  return completions;
}

describe('the decoding step', () => {
  test.each(SHAPES)('gives the logits of the composed one, through caches and dropped rows: %s', async (_name, overrides) => {
    const wanted = await onBackend('cpu', () => forcedLogits(overrides));
    const got = await onBackend('simd', () => forcedLogits(overrides));
    expect(got.map(({ length }) => length)).toEqual(wanted.map(({ length }) => length));
    got.forEach((values, step) => expect(values).toBeAllClose(wanted[step] ?? [], 1e-5));
  });

  test('gives the same logits where each thread has sequences of its own', async () => {
    const rows = Array.from({ length: 11 }, (_, row) => row % 2);
    const wanted = await onBackend('cpu', () => forcedLogits({}, rows));
    const got = await onBackend('simd', () => forcedLogits({}, rows));
    expect(got.map(({ length }) => length)).toEqual(wanted.map(({ length }) => length));
    got.forEach((values, step) => expect(values).toBeAllClose(wanted[step] ?? [], 1e-5));
  });

  test.each([{ temperature: 0 }, { temperature: 1 }, { temperature: 0.8, topP: 0.9 }])(
    'writes the tokens of the composed one: %o',
    async (options) => {
      const wanted = await onBackend('cpu', () => rollout(options));
      const got = await onBackend('simd', () => rollout(options));
      expect(got.map(({ ids }) => ids)).toEqual(wanted.map(({ ids }) => ids));
      got.forEach(({ logProbs }, row) => expect(logProbs).toBeAllClose(wanted[row]?.logProbs ?? [], 1e-4));
    },
  );

  test('leaves no tensor and no memory behind', async () => {
    const loaded = await prepareBackends();
    await rollout({});
    const [tensors, bytes] = [engine().memory().numTensors, loaded.stats.liveBytes];
    await rollout({ maxNewTokens: 12 });
    expect(engine().memory().numTensors).toBe(tensors);
    expect(loaded.stats.liveBytes).toBe(bytes);
  });

  test('needs no more memory after many rollouts of different lengths', async () => {
    const loaded = await prepareBackends();
    const lengths = [20, 3, 11, 17, 5];
    for (const maxNewTokens of lengths) await rollout({ maxNewTokens });
    const { liveBytes, reservedBytes } = loaded.stats;
    for (let i = 0; i < 4; i++) for (const maxNewTokens of lengths) await rollout({ maxNewTokens, numGenerations: 4 + (i % 3) });
    expect(loaded.stats.liveBytes).toBe(liveBytes);
    expect(loaded.stats.reservedBytes).toBe(reservedBytes);
  });

  test('gives the same bits on one thread, on two, and on those chosen while running', async () => {
    const loaded = await prepareBackends();
    loaded.pinThreads(1);
    const alone = await rollout({ topP: 0.9 });
    loaded.pinThreads(2);
    const together = await rollout({ topP: 0.9 });
    loaded.unpinThreads();
    const chosen = await rollout({ topP: 0.9 });
    expect(together).toEqual(alone);
    expect(chosen).toEqual(alone);
  });

  test('hears a cancel while it writes a long text', async () => {
    await prepareBackends();
    const weights = Weights.create(decoderSpecs(), { seed: WEIGHT_SEED });
    const model = new DxLlava(TEXT_MODEL, weights);
    const generator = new Generator(model);
    const controller = new AbortController();
    let tokens = 0;
    const onTokens = (_row: number, ids: readonly number[]): void => {
      tokens += ids.length;
      setTimeout(() => controller.abort());
    };
    const options = { temperature: 1, topP: 1, seed: 1, maxNewTokens: 250, numGenerations: 16, signal: controller.signal, onTokens };
    await expect(generator.generate([{ ids: [1], image: 0 }], null, options)).rejects.toThrow(/abort/i);
    expect(tokens).toBeGreaterThan(0);
    expect(tokens).toBeLessThan(16 * 250);
    for (const owner of [generator, model, weights]) owner.dispose();
  });

  test.each([
    ['an id outside the table', [17, 1], 4],
    ['a negative id', [-1, 1], 4],
  ])('refuses %s', async (_name, ids, length) => {
    const { model, dispose } = createTinyModel();
    const decoder = new PackedDecoder(model.language);
    const prompts = tensor(
      Array.from({ length }, (_, i) => i),
      [1, length],
      'int32',
    );
    const embeddings = embedding(model.language.embeddingTable, prompts);
    const { session, logits } = DecodeSession.open(decoder, { embeddings, lengths: [length], promptOfRow: [0, 0], maxNewTokens: 2 });
    const wrong = tensor(ids, [2], 'int32');
    expect(() => session.step(wrong)).toThrow(expect.objectContaining({ code: 'E-INTERNAL' }));
    session.dispose();
    decoder.dispose();
    for (const used of [prompts, embeddings, logits, wrong]) used.dispose();
    dispose();
  });
});

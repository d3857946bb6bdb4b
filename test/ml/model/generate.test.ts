import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Generator, type Completion, type GenerateOptions } from '../../../workers/ml/model/generate.ts';
import { pcg } from '../../../workers/ml/kernels/sample-tokens.ts';
import { TINY_PROMPTS, createTinyModel, useReferenceBackend, type TinyModel } from './tiny.ts';

const SAMPLED: GenerateOptions = { temperature: 1, topP: 1, seed: 5, maxNewTokens: 20, chunk: 4 };
const GREEDY: GenerateOptions = { ...SAMPLED, temperature: 0 };

let tiny: TinyModel;
let generator: Generator;

beforeEach(async () => {
  await useReferenceBackend();
  tiny = createTinyModel();
  generator = new Generator(tiny.model);
});

afterEach(() => {
  generator.dispose();
  tiny.dispose();
});

/** Log-probabilities of the completions by one full forward pass each. */
async function fullForward(completions: Completion[], numGenerations: number): Promise<number[][]> {
  const rows = completions.map(({ ids }, i) => {
    const prompt = TINY_PROMPTS[Math.floor(i / numGenerations)] ?? { ids: [], image: 0 };
    return { promptIds: prompt.ids, completionIds: ids, image: prompt.image };
  });
  const { perTokenLogps, entropy } = tiny.model.perTokenLogps(rows, tiny.visionTokens, { temperature: 1 });
  const values: number[][] = JSON.parse(JSON.stringify(await perTokenLogps.array()));
  perTokenLogps.dispose();
  entropy.dispose();
  return values.map((row, i) => row.slice(0, completions[i]?.ids.length));
}

/** Greedy tokens by a full forward pass per token. */
async function greedyByForward(ids: number[], image: number, count: number): Promise<number[]> {
  const out: number[] = [];
  while (out.length < count && out.at(-1) !== tiny.config.eosTokenId) {
    const layout = tiny.model.layout([{ ids: [...ids, ...out], image }]);
    const logits = tiny.model.forwardLogits(layout, tiny.visionTokens);
    const last = (await logits.data()).slice(-tiny.config.language.vocabSize);
    logits.dispose();
    out.push(last.indexOf(Math.max(...last)));
  }
  return out;
}

describe('generation with a cache', () => {
  test('greedy tokens equal those of a full forward pass per token', async () => {
    const completions = await generator.generate(TINY_PROMPTS, tiny.visionTokens, GREEDY);
    for (const [i, { ids, image }] of TINY_PROMPTS.entries()) {
      expect(completions[i]?.ids).toEqual(await greedyByForward(ids, image, 20));
    }
  });

  test('sampled log-probabilities equal those of a full forward pass over prompt and completion', async () => {
    const completions = await generator.generate(TINY_PROMPTS, tiny.visionTokens, { ...SAMPLED, numGenerations: 4 });
    expect(completions).toHaveLength(12);
    for (const [i, row] of (await fullForward(completions, 4)).entries()) {
      for (const [t, value] of row.entries()) expect(completions[i]?.logProbs[t]).toBeCloseTo(value, 4);
    }
    expect(new Set(completions.map(({ ids }) => ids.join())).size).toBeGreaterThan(6);
  });

  test('rows end at end of text, at different lengths, and none goes on after it', async () => {
    const completions = await generator.generate(TINY_PROMPTS, tiny.visionTokens, { ...SAMPLED, numGenerations: 8 });
    const eos = tiny.config.eosTokenId;
    for (const { ids, terminated, logProbs, entropies } of completions) {
      expect(ids.indexOf(eos)).toBe(terminated ? ids.length - 1 : -1);
      expect(terminated || ids.length === 20).toBe(true);
      expect([logProbs.length, entropies.length]).toEqual([ids.length, ids.length]);
    }
    expect(new Set(completions.map(({ ids }) => ids.length)).size).toBeGreaterThan(3);
  });

  test('dropping finished rows does not change the tokens of the others', async () => {
    const often = await generator.generate(TINY_PROMPTS, tiny.visionTokens, { ...SAMPLED, numGenerations: 8, chunk: 1 });
    const never = await generator.generate(TINY_PROMPTS, tiny.visionTokens, { ...SAMPLED, numGenerations: 8, chunk: 20 });
    expect(often.map(({ ids }) => ids)).toEqual(never.map(({ ids }) => ids));
  });

  test('a row alone gets the tokens that it gets in a batch of longer prompts', async () => {
    const together = await generator.generate(TINY_PROMPTS, tiny.visionTokens, SAMPLED);
    for (const [i, prompt] of TINY_PROMPTS.entries()) {
      const [alone] = await generator.generate([prompt], tiny.visionTokens, { ...SAMPLED, firstRowId: i });
      expect(alone?.ids).toEqual(together[i]?.ids);
    }
  });

  test('the same seed repeats the tokens, another seed changes them', async () => {
    const run = async (seed: number): Promise<number[][]> =>
      (await generator.generate(TINY_PROMPTS, tiny.visionTokens, { ...SAMPLED, seed })).map(({ ids }) => ids);
    expect(await run(3)).toEqual(await run(3));
    expect(await run(3)).not.toEqual(await run(pcg(3)));
  });

  test('tokens are handed out while they are made, in order', async () => {
    const seen = new Map<number, number[]>();
    const onTokens = (row: number, ids: readonly number[]): void => void seen.set(row, [...(seen.get(row) ?? []), ...ids]);
    const completions = await generator.generate(TINY_PROMPTS, tiny.visionTokens, { ...SAMPLED, onTokens });
    expect(completions.map((_, row) => seen.get(row))).toEqual(completions.map(({ ids }) => ids));
  });

  test('an aborted generation throws and frees its caches', async () => {
    const before = memory().numTensors;
    const controller = new AbortController();
    const onTokens = (): void => controller.abort();
    await expect(generator.generate(TINY_PROMPTS, tiny.visionTokens, { ...SAMPLED, onTokens, signal: controller.signal })).rejects.toThrow(
      /abort/i,
    );
    expect(memory().numTensors).toBe(before);
  });

  test('tensors are as many after ten rollouts as after two', async () => {
    const counts: number[] = [];
    for (let i = 0; i < 10; i++) {
      await generator.generate(TINY_PROMPTS, tiny.visionTokens, { ...SAMPLED, numGenerations: 2, maxNewTokens: 5 + (i % 3) });
      counts.push(memory().numTensors);
    }
    expect(counts[9]).toBe(counts[1]);
  });

  test('a prompt that leaves no room is refused with the two lengths', async () => {
    await expect(generator.generate(TINY_PROMPTS, tiny.visionTokens, { ...SAMPLED, maxNewTokens: 60 })).rejects.toMatchObject({
      code: 'E-CONTEXT',
      message: expect.stringContaining('69'),
    });
  });
});

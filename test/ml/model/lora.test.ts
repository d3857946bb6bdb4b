import { dispose, memory, randomNormal, tidy } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SafetensorsFile } from '../../../src/shared/safetensors.ts';
import { Generator, type GenerateOptions } from '../../../workers/ml/model/generate.ts';
import { LoraAdapter, type LoraSettings } from '../../../workers/ml/model/lora.ts';
import { parseLoraConfig, writeLoraConfig } from '../../../workers/ml/model/lora-config.ts';
import { TINY_PROMPTS, createTinyModel, useReferenceBackend, type TinyModel } from './tiny.ts';

const SETTINGS: LoraSettings = {
  r: 2,
  loraAlpha: 8,
  loraDropout: 0,
  targetModules: ['q_proj', 'v_proj', 'gate_proj', 'down_proj'],
  useRslora: false,
  baseModel: 'tiny',
};
const OPTIONS: GenerateOptions = { temperature: 1, topP: 1, seed: 1, maxNewTokens: 12 };

let tiny: TinyModel;
let adapter: LoraAdapter;

beforeEach(async () => {
  await useReferenceBackend();
  tiny = createTinyModel();
  adapter = randomAdapter(SETTINGS);
});

afterEach(() => {
  adapter.dispose();
  tiny.dispose();
});

/** An adapter whose B is not zero. */
function randomAdapter(settings: LoraSettings): LoraAdapter {
  const created = LoraAdapter.create(tiny.config.language, settings);
  for (const [i, [name, { shape }]] of Object.entries(created.variables()).entries())
    tidy(() => created.weights.set(name, randomNormal(shape, 0, 0.5, 'float32', i)));
  return created;
}

async function logitsOf(): Promise<Float32Array> {
  const logits = tiny.model.forwardLogits(tiny.model.layout(TINY_PROMPTS), tiny.visionTokens);
  const values = Float32Array.from(await logits.data());
  logits.dispose();
  return values;
}

const largest = (a: Float32Array, b: Float32Array): number =>
  a.reduce((max, value, i) => Math.max(max, Math.abs(value - (b[i] ?? NaN))), 0);

describe('an adapter', () => {
  test('gives the same logits beside the base weights and merged into them, and unmerging restores the base', async () => {
    const base = await logitsOf();
    tiny.model.language.adapter = adapter;
    const beside = await logitsOf();
    tiny.model.language.adapter = null;
    adapter.mergeInto(tiny.weights);
    const merged = await logitsOf();
    adapter.unmergeFrom(tiny.weights);
    expect(largest(beside, base)).toBeGreaterThan(0.1);
    expect(largest(beside, merged)).toBeLessThan(1e-4);
    expect(largest(await logitsOf(), base)).toBeLessThan(1e-4);
  });

  test('is folded into the packed decoder: log-probabilities equal the full forward pass', async () => {
    tiny.model.language.adapter = adapter;
    const generator = new Generator(tiny.model);
    const completions = await generator.generate(TINY_PROMPTS, tiny.visionTokens, OPTIONS);
    const rows = completions.map(({ ids }, i) => ({
      promptIds: TINY_PROMPTS[i]?.ids ?? [],
      completionIds: ids,
      image: TINY_PROMPTS[i]?.image ?? 0,
    }));
    const { perTokenLogps, entropy } = tiny.model.perTokenLogps(rows, tiny.visionTokens, { temperature: 1 });
    const values = await perTokenLogps.data();
    const [, width = 0] = perTokenLogps.shape;
    for (const [i, { logProbs }] of completions.entries())
      for (const [t, value] of logProbs.entries()) expect(value).toBeCloseTo(values[i * width + t] ?? NaN, 4);
    dispose([perTokenLogps, entropy]);
    generator.dispose();
  });

  test('rank-stabilised scaling divides by the root of the rank', () => {
    expect(adapter.scaleOf('model.layers.0.self_attn.q_proj')).toBe(4);
    const stabilised = LoraAdapter.create(tiny.config.language, { ...SETTINGS, r: 4, useRslora: true });
    expect(stabilised.scaleOf('model.layers.0.self_attn.q_proj')).toBe(4);
    stabilised.dispose();
  });

  test('dropout acts only while a key is set, and the same key gives the same masks', async () => {
    const dropping = randomAdapter({ ...SETTINGS, loraDropout: 0.5 });
    tiny.model.language.adapter = dropping;
    const still = await logitsOf();
    dropping.dropoutKey = '0/step/1';
    const [first, again] = [await logitsOf(), await logitsOf()];
    dropping.dropoutKey = '0/step/2';
    const other = await logitsOf();
    expect(largest(first, again)).toBe(0);
    expect(largest(first, still)).toBeGreaterThan(0);
    expect(largest(first, other)).toBeGreaterThan(0);
    tiny.model.language.adapter = null;
    dropping.dispose();
  });

  test('is written with PEFT’s names and config and read back equal, leaving no tensor behind', async () => {
    const before = memory().numTensors;
    const file = await SafetensorsFile.open(new Blob(await adapter.weights.toSafetensors()));
    expect(file.names()[0]).toBe('base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight');
    const settings = parseLoraConfig(JSON.parse(JSON.stringify(writeLoraConfig(SETTINGS))));
    expect(settings).toEqual({ ...SETTINGS, targetModules: [...SETTINGS.targetModules].toSorted() });
    const { adapter: again } = await LoraAdapter.load(tiny.config.language, settings, file);
    for (const name of file.names()) expect(await again.get(name).data()).toEqual(await adapter.get(name).data());
    again.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('a misshapen tensor and an unknown variant are refused', async () => {
    const file = await SafetensorsFile.open(new Blob(await adapter.weights.toSafetensors()));
    await expect(LoraAdapter.load(tiny.config.language, { ...SETTINGS, r: 3 }, file)).rejects.toMatchObject({ code: 'E-SHAPE' });
    expect(() => parseLoraConfig({ ...writeLoraConfig(SETTINGS), use_dora: true })).toThrow(/use_dora/);
    expect(() => parseLoraConfig({ ...writeLoraConfig(SETTINGS), r: 0 })).toThrow(/r must be a positive number/);
    expect(() => LoraAdapter.create(tiny.config.language, { ...SETTINGS, targetModules: ['proj'] })).toThrow(
      /No layer of the decoder ends in proj/,
    );
  });
});

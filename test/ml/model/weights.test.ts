import { memory } from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { SafetensorsFile, encodeSafetensors, type HostTensor } from '../../../src/shared/safetensors.ts';
import { advanceDeviceEpoch } from '../../../workers/ml/backends/webgpu/device-epoch.ts';
import { gridSize, numVisionTokens, parseClipConfig, parseDxLlavaConfig, writeDxLlavaConfig } from '../../../workers/ml/model/config.ts';
import { dxLlavaParameters, initialValues } from '../../../workers/ml/model/parameters.ts';
import { Weights, assertComplete } from '../../../workers/ml/model/weights.ts';
import { TINY_CONFIG, useReferenceBackend } from './tiny.ts';

const config = parseDxLlavaConfig(TINY_CONFIG);
const specs = dxLlavaParameters(config);

beforeEach(useReferenceBackend);

/** The tiny model's file with some tensors changed; null leaves one out. */
async function fileWith(changes: Record<string, HostTensor | null>): Promise<SafetensorsFile> {
  const tensors = new Map<string, HostTensor>(specs.map((spec) => [spec.name, { shape: spec.shape, data: initialValues(spec, 1) }]));
  for (const [name, tensor] of Object.entries(changes)) {
    if (tensor === null) tensors.delete(name);
    else tensors.set(name, tensor);
  }
  return await SafetensorsFile.open(new Blob(encodeSafetensors(tensors)));
}

describe('weights', () => {
  test('loading reports what matched, lacked, surprised and clashed, and fills the gaps by seed', async () => {
    const source = await fileWith({
      'lm_head.weight': null,
      'model.norm.weight': { shape: [5], data: new Float32Array(5) },
      'model.vision_tower.vision_tower.logit_scale': { shape: [], data: Float32Array.of(1) },
    });
    const { weights, report } = await Weights.load(specs, source, { seed: 4 });
    expect(report).toEqual({
      matched: specs.length - 2,
      missing: ['lm_head.weight'],
      unexpected: ['model.vision_tower.vision_tower.logit_scale'],
      newlyInitialised: ['lm_head.weight', 'model.norm.weight'],
      shapeClashes: [{ name: 'model.norm.weight', expected: [12], got: [5] }],
    });
    const fresh = Weights.create(specs, { seed: 4 });
    expect(await weights.get('lm_head.weight').data()).toEqual(await fresh.get('lm_head.weight').data());
    expect(() => assertComplete(report)).toThrow(/model\.norm\.weight has shape \[5\] instead of \[12\]/);
    weights.dispose();
    fresh.dispose();
  });

  test('a missing binary head can be allowed, a missing layer not', async () => {
    const head = specs.filter(({ name }) => name.includes('binary_classifier')).map(({ name }) => [name, null] as const);
    const { weights, report } = await Weights.load(specs, await fileWith(Object.fromEntries(head)));
    expect(() => assertComplete(report, ['model.binary_classifier.*'])).not.toThrow();
    expect(() => assertComplete(report)).toThrow(/4 tensors are missing/);
    weights.dispose();
  });

  test('saving and loading gives the same values and leaves no tensor behind', async () => {
    const before = memory().numTensors;
    const weights = Weights.create(specs, { seed: 2 });
    const file = await SafetensorsFile.open(new Blob(await weights.toSafetensors()));
    const { weights: again } = await Weights.load(specs, file);
    expect(memory().numTensors).toBe(before + 2 * specs.length);
    for (const name of weights.names()) expect(await again.get(name).data()).toEqual(await weights.get(name).data());
    weights.dispose();
    again.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('a pattern chooses the trainable ones and freezes all others', () => {
    const weights = Weights.create(specs);
    const chosen = weights.trainable(['model.mm_projector.*', 'lm_head.weight']);
    expect(Object.keys(chosen).toSorted()).toEqual([
      'lm_head.weight',
      'model.mm_projector.0.bias',
      'model.mm_projector.0.weight',
      'model.mm_projector.2.bias',
      'model.mm_projector.2.weight',
    ]);
    expect(weights.names().filter((name) => weights.variable(name).trainable)).toHaveLength(5);
    weights.dispose();
  });

  test('fresh values have the stated spread and depend on seed and name only', () => {
    const spec = { name: 'x', shape: [200, 50], initializer: { kind: 'normal' as const, deviation: 0.02 } };
    const values = initialValues(spec, 1);
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    expect(deviation).toBeCloseTo(0.02, 3);
    expect(initialValues(spec, 1)).toEqual(values);
    expect(initialValues({ ...spec, name: 'y' }, 1)).not.toEqual(values);
    const uniform = initialValues({ ...spec, initializer: { kind: 'uniform', bound: 0.5 } }, 1);
    expect(Math.max(...uniform.map(Math.abs))).toBeLessThanOrEqual(0.5);
    expect(Math.max(...uniform)).toBeGreaterThan(0.49);
  });
});

describe('config.json', () => {
  test('is read, written and read again as the same model', () => {
    expect(parseDxLlavaConfig(writeDxLlavaConfig(config))).toMatchObject({
      language: config.language,
      vision: config.vision,
      eosTokenId: 2,
      tokenizerModelMaxLength: 64,
    });
  });

  test('sizes that do not divide are cut stage by stage, as PyTorch does', () => {
    const vision = { depths: [1, 1, 2, 1], dims: [6, 10, 18, 30], imageSize: 72, layerNormEpsilon: 1e-6 };
    expect([gridSize(vision), numVisionTokens(vision)]).toEqual([2, 4]);
  });

  test('the official tower has its known sizes without a vision_config', () => {
    const official = {
      ...TINY_CONFIG,
      vision_config: undefined,
      mm_hidden_size: 1536,
      mm_vision_tower: 'hf-hub:laion/CLIP-convnext_large_d_320.laion2B-s29B-b131K-ft-soup',
    };
    expect(numVisionTokens(parseDxLlavaConfig(official).vision)).toBe(100);
  });

  const broken: [string, Record<string, unknown>, string, RegExp][] = [
    ['a missing field', { hidden_size: undefined }, 'E-SCHEMA', /hidden_size must be a positive integer; it is missing/],
    ['a text for a number', { vocab_size: '17' }, 'E-SCHEMA', /vocab_size/],
    ['heads that do not divide', { num_attention_heads: 5 }, 'E-SCHEMA', /hidden_size must be an even multiple of num_attention_heads/],
    ['odd key/value heads', { num_attention_heads: 6, num_key_value_heads: 4 }, 'E-SCHEMA', /num_key_value_heads must be a divisor of 6/],
    ['another activation', { hidden_act: 'gelu' }, 'E-UNSUPPORTED', /hidden_act/],
    ['positions scaled by the length', { rope_scaling: { type: 'dynamic', factor: 2 } }, 'E-UNSUPPORTED', /rope_scaling/],
    ['another projector', { mm_projector_type: 'linear' }, 'E-UNSUPPORTED', /mm_projector_type/],
    ['a width that is not the tower’s', { mm_hidden_size: 7 }, 'E-SCHEMA', /mm_hidden_size must be 6/],
    ['stages without widths', { vision_config: { depths: [1, 1], dims: [4], image_size: 16 } }, 'E-SCHEMA', /dims/],
    ['an image smaller than a patch', { vision_config: { depths: [1, 1], dims: [4, 6], image_size: 4 } }, 'E-SCHEMA', /at least 8/],
  ];
  test.each(broken)('%s is refused with field, wish and value', (_, change, code, message) => {
    let caught: unknown;
    try {
      parseDxLlavaConfig({ ...TINY_CONFIG, ...change });
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('open_clip’s config is read bare and inside a hub file', () => {
    const bare = {
      embed_dim: 8,
      vision_cfg: { timm_pool: '', timm_proj: 'mlp', image_size: 16, timm_model_kwargs: { depths: [1], dims: [4] } },
      text_cfg: { width: 6, heads: 2, layers: 1, context_length: 5, vocab_size: 9 },
    };
    expect(parseClipConfig({ model_cfg: bare })).toEqual(parseClipConfig(bare));
    expect(parseClipConfig(bare).text).toEqual({ contextLength: 5, vocabSize: 9, width: 6, numHeads: 2, numLayers: 1 });
  });
});

describe('weights of a lost device', () => {
  test('are refused before any op touches them', () => {
    const weights = Weights.create(specs);
    advanceDeviceEpoch();
    expect(() => weights.get('lm_head.weight')).toThrow(/graphics device that was lost/);
    weights.dispose();
  });
});

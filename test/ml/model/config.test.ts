import { describe, expect, it } from 'vitest';
import { parseClipConfig, parseDxLlavaConfig } from '../../../workers/ml/model/config.ts';

const DX = {
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  vocab_size: 64,
  mm_projector_type: 'mlp2x_gelu',
  vision_config: { architecture: 'convnext', depths: [1, 1, 1, 1], dims: [4, 4, 4, 8], image_size: 32 },
};
const CLIP = {
  embed_dim: 16,
  vision_cfg: { timm_proj: 'mlp', timm_pool: '', image_size: 32, timm_model_kwargs: { depths: [1, 1, 1, 1], dims: [4, 4, 4, 8] } },
  text_cfg: { context_length: 8, vocab_size: 40, width: 16, heads: 2, layers: 1 },
};

describe('config.json of DX-LLaVA', () => {
  it('takes the base of the positions from the field of either transformers version', () => {
    const thetaOf = (fields: object): number => parseDxLlavaConfig({ ...DX, ...fields }).language.ropeTheta;
    expect(thetaOf({})).toBe(10000);
    expect(thetaOf({ rope_theta: 500 })).toBe(500);
    expect(thetaOf({ rope_parameters: { rope_type: 'default', rope_theta: 700 } })).toBe(700);
  });

  it('reads the two scalings of positions that are fixed, and refuses the others by name', () => {
    const scalingOf = (rope_scaling: object | null) => parseDxLlavaConfig({ ...DX, rope_scaling }).language.ropeScaling;
    expect(scalingOf(null)).toBeUndefined();
    expect(scalingOf({ type: 'linear', factor: 4 })).toEqual({ kind: 'linear', factor: 4 });
    expect(() => scalingOf({ type: 'dynamic', factor: 4 })).toThrow(
      'rope_scaling.type = "dynamic" is not supported, only default, linear, llama3',
    );
    expect(() => scalingOf({ rope_type: 'yarn', factor: 4 })).toThrow('rope_scaling.rope_type = "yarn"');
    expect(() => scalingOf({ factor: 4 })).toThrow('rope_scaling.type must be given');
    expect(() => scalingOf({ type: 'linear' })).toThrow('rope_scaling.factor');
    expect(() => scalingOf({ type: 'linear', factor: 0.5 })).toThrow('at least 1');
  });

  it('refuses heads of another width than hidden_size / num_attention_heads', () => {
    expect(parseDxLlavaConfig({ ...DX, head_dim: 8 }).language.numHeads).toBe(4);
    expect(() => parseDxLlavaConfig({ ...DX, head_dim: 16 })).toThrow('head_dim');
  });
});

describe('config of an open_clip model', () => {
  it.each([
    ['quick_gelu', { ...CLIP, quick_gelu: true }],
    ['pool_type', { ...CLIP, text_cfg: { ...CLIP.text_cfg, pool_type: 'last' } }],
    ['no_causal_mask', { ...CLIP, text_cfg: { ...CLIP.text_cfg, no_causal_mask: true } }],
    ['hf_model_name', { ...CLIP, text_cfg: { ...CLIP.text_cfg, hf_model_name: 'some/encoder' } }],
  ])('refuses %s instead of computing something else', (field, config) => {
    expect(parseClipConfig(CLIP).embedDim).toBe(16);
    expect(() => parseClipConfig(config)).toThrow(`${field} = `);
  });
});

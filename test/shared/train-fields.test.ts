import { describe, expect, it } from 'vitest';
import { changedFields, readTrainConfig, writeTrainConfig } from '../../src/shared/config/config-file.ts';
import { fieldAliases, fieldsFor, TRAIN_FIELDS } from '../../src/shared/config/fields.ts';
import type { NumberField } from '../../src/shared/config/fields.ts';
import { PRESET_NAMES, presetConfig } from '../../src/shared/config/presets.ts';
import { parseFieldNumber, validateConfig } from '../../src/shared/config/validate.ts';
import type { Algorithm } from '../../src/shared/domain/run.ts';

const ALGORITHMS: Algorithm[] = ['sft-stage1', 'sft-stage2', 'grpo', 'prpo'];

function numberField(name: string): NumberField {
  const field = TRAIN_FIELDS.find((candidate) => candidate.name === name);
  if (field?.kind !== 'number') throw new Error(`no number field ${name}`);
  return field;
}

describe('training fields', () => {
  it('have names of their own', () => {
    expect(new Set(TRAIN_FIELDS.map(({ name }) => name)).size).toBe(TRAIN_FIELDS.length);
  });

  it('set what they get, without touching the given config', () => {
    const config = presetConfig('tiny-demo', 'prpo');
    const before = structuredClone(config);
    for (const field of TRAIN_FIELDS) {
      if (field.kind === 'number') expect(field.get(field.set(config, 7))).toBe(7);
      if (field.kind === 'switch') expect(field.get(field.set(config, !field.get(config)))).toBe(!field.get(config));
      if (field.kind === 'choice') for (const { value } of field.choices) expect(field.get(field.set(config, value))).toBe(value);
    }
    expect(config).toEqual(before);
  });

  it('show the names of the other dialects', () => {
    expect(fieldAliases(numberField('num_generations'))).toContain('verl actor_rollout_ref.rollout.n');
  });
});

describe('validation', () => {
  it.each(PRESET_NAMES)('accepts preset %s for every algorithm it can run', (preset) => {
    for (const algorithm of ALGORITHMS) {
      const errors = validateConfig(presetConfig(preset, algorithm)).filter(({ severity }) => severity === 'error');
      // The released launch script samples one answer, with which GRPO cannot learn: that is refused with the reason.
      const expected = preset === 'released-code' && algorithm === 'grpo' ? ['num_generations'] : [];
      expect(errors.map(({ field }) => field)).toEqual(expected);
    }
  });

  it('refuses a value outside its range with range and reason', () => {
    expect(parseFieldNumber(numberField('temperature'), '0')).toEqual({
      problem: 'Allowed: 0.1 to 2. Below 0.1 all answers of an image are the same and nothing can be compared.',
    });
    expect(parseFieldNumber(numberField('max_steps'), '2.5')).toHaveProperty('problem');
    expect(parseFieldNumber(numberField('learning_rate'), '')).toHaveProperty('problem');
  });

  it('reads powers of ten and a decimal comma', () => {
    expect(parseFieldNumber(numberField('learning_rate'), '3e-7')).toEqual({ value: 3e-7 });
    expect(parseFieldNumber(numberField('top_p'), '0,7')).toEqual({ value: 0.7 });
  });

  it('warns of one answer per image and refuses it for GRPO', () => {
    const prpo = presetConfig('released-code', 'prpo');
    expect(validateConfig(prpo).find(({ field }) => field === 'num_generations')?.severity).toBe('warning');
  });

  it('refuses rewards that are always 0 and an objective of the other algorithm', () => {
    const config = presetConfig('tiny-demo', 'prpo');
    config.reward = { ...config.reward, alpha: 0, beta: 0 };
    config.policy.objective = 'grpo-trl';
    expect(validateConfig(config).map(({ field }) => field)).toEqual(['objective', 'alpha_clip']);
  });
});

describe('settings files', () => {
  it('come back as they were written', () => {
    const config = presetConfig('paper', 'prpo');
    config.policy.numGenerations = 6;
    config.filter.domains = ['aster'];
    expect(readTrainConfig(writeTrainConfig(config))).toEqual({ config, notes: [] });
  });

  it('are read in the names of LLaVA and verl', () => {
    const { config } = readTrainConfig('{"algorithm":"prpo","actor_rollout_ref.rollout.n":16,"ALPHA_CLIP":0.4}');
    expect(config.policy.numGenerations).toBe(16);
    expect(config.reward.alpha).toBe(0.4);
  });

  it('keep the preset value of what is refused and say so', () => {
    const { config, notes } = readTrainConfig('{"temperature":0,"learning_rate":"fast","lora_r":8}');
    expect(config.policy.temperature).toBe(1);
    expect(notes).toHaveLength(3);
  });

  it('are refused whole when they are not a JSON object', () => {
    expect(() => readTrainConfig('[1]')).toThrow('one JSON object');
    expect(() => readTrainConfig('{')).toThrow('not JSON');
  });

  it('mark exactly what differs from the preset', () => {
    const config = presetConfig('tiny-demo', 'prpo');
    config.policy.beta = 0.05;
    expect([...changedFields(config, 'tiny-demo')]).toEqual([['beta', { preset: 0.01, now: 0.05 }]]);
    expect(fieldsFor('sft-stage1').some(({ name }) => name === 'beta')).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { changedFields, readTrainConfig, settingsObject, writeTrainConfig } from '../../src/shared/config/config-file.ts';
import { parseSettings, writeTrainConfigYaml } from '../../src/shared/config/settings-text.ts';
import { fieldAliases, fieldsFor, TRAIN_FIELDS } from '../../src/shared/config/fields.ts';
import type { NumberField } from '../../src/shared/config/fields/field.ts';
import { PRESET_NAMES, presetConfig } from '../../src/shared/config/presets.ts';
import { parseFieldNumber, validateConfig } from '../../src/shared/config/validate.ts';
import type { Algorithm } from '../../src/shared/config/config.ts';

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

  it('have a switch for every choice of the supervised losses, each where it counts', () => {
    const switches = (algorithm: Algorithm) =>
      fieldsFor(presetConfig('paper', algorithm)).flatMap(({ name, kind }) =>
        kind === 'switch' && /loss|augment|binary/.test(name) ? [name] : [],
      );
    expect(switches('sft-stage2')).toEqual(['use_binary_labels', 'released_loss', 'augment_binary_branch', 'augment_lm_branch']);
    expect(switches('sft-stage1')).toEqual(['augment_lm_branch']);
    expect(switches('prpo')).toEqual([]);
    const headless = presetConfig('paper', 'sft-stage2');
    headless.sft.useBinaryLabels = false;
    const ofTheHead = /released_loss|binary/;
    expect(fieldsFor(headless).flatMap(({ name }) => (ofTheHead.test(name) ? [name] : []))).toEqual(['use_binary_labels']);
    const released = PRESET_NAMES.map((preset) => presetConfig(preset, 'sft-stage2').sft.releasedLoss);
    expect(released).toEqual([false, false, true]);
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

  it.each(['10,000', '10.000', '1 000', '5,0'])('refuses %s for a whole number: nobody knows what its mark separates', (text) => {
    expect(parseFieldNumber(numberField('max_steps'), text)).toHaveProperty('problem');
    expect(parseFieldNumber(numberField('max_steps'), '1e4')).toEqual({ value: 10_000 });
  });

  it('warns of one answer per image and refuses it for GRPO', () => {
    const prpo = presetConfig('released-code', 'prpo');
    expect(validateConfig(prpo).find(({ field }) => field === 'num_generations')?.severity).toBe('warning');
  });

  it('refuses keep-best and early stop without a probe, beside their fields', () => {
    const config = presetConfig('tiny-demo', 'prpo');
    config.selection = { loadBestModelAtEnd: true, metricForBestModel: 'eval/acc', earlyStoppingPatience: 2, earlyStoppingThreshold: 0 };
    expect(validateConfig(config).map(({ field }) => field)).toEqual(['load_best_model_at_end', 'early_stopping_patience']);
    expect(validateConfig({ ...config, evalSteps: 100 })[0]?.message).toContain('after the end');
    expect(validateConfig({ ...config, evalSteps: 5 })).toEqual([]);
  });

  it('refuses rewards that are always 0 and an objective of the other algorithm', () => {
    const config = presetConfig('tiny-demo', 'prpo');
    config.reward = { ...config.reward, alpha: 0, beta: 0 };
    config.policy.objective = 'grpo-trl';
    expect(validateConfig(config).map(({ field }) => field)).toEqual(['objective', 'alpha_clip']);
  });
});

/** As the form reads a file. */
const readText = (text: string) => readTrainConfig(parseSettings(text));

describe('settings files', () => {
  it.each(ALGORITHMS)('of %s come back as they were written, as JSON and as YAML', (algorithm) => {
    const config = presetConfig('paper', algorithm);
    config.policy.numGenerations = 6;
    config.filter.domains = ['aster'];
    if (algorithm !== 'sft-stage1') config.lora = { r: 4, loraAlpha: 8, loraDropout: 0, targetModules: ['q_proj', 'v_proj'] };
    config.selection = { loadBestModelAtEnd: true, metricForBestModel: 'eval/f1', earlyStoppingPatience: 3, earlyStoppingThreshold: 0.01 };
    const written = algorithm.startsWith('sft') ? { ...config, policy: presetConfig('paper', algorithm).policy } : config;
    expect(readText(writeTrainConfig(config))).toEqual({ config: written, notes: [] });
    expect(readText(writeTrainConfigYaml(config))).toEqual({ config: written, notes: [] });
  });

  it("are written as YAML that Python's older rules read alike: a power of ten has a point, a text has quotes", () => {
    const config = presetConfig('paper', 'prpo');
    config.filter.domains = ['no', '1e3'];
    config.optimizer = { ...config.optimizer, learningRate: 3e-7, weightDecay: 1.5e-9 };
    const text = writeTrainConfigYaml(config);
    expect(text).toContain('\nlearning_rate: 3.0e-7\n');
    expect(text).toContain('\nweight_decay: 1.5e-9\n');
    expect(text).toContain('\ndomains:\n  - "no"\n  - "1e3"\n');
    expect(readText(text)).toEqual({ config, notes: [] });
  });

  it('are read in the names of LLaVA and verl, flat and nested', () => {
    const flat = readText('{"algorithm":"prpo","actor_rollout_ref.rollout.n":16,"ALPHA_CLIP":0.4}');
    expect(flat.config.policy.numGenerations).toBe(16);
    expect(flat.config.reward.alpha).toBe(0.4);
    const nested = readText(
      'actor_rollout_ref:\n  rollout:\n    n: 4\n    temperature: 0.8\n  actor:\n    optim: {lr: 1e-5}\nprpo:\n  clip_eps: 0.3\n',
    );
    expect(nested.notes).toEqual([]);
    expect(nested.config.policy).toMatchObject({ numGenerations: 4, temperature: 0.8, epsilon: 0.3 });
    expect(nested.config.optimizer.learningRate).toBe(1e-5);
    expect(readText('algorithm: sft-stage2\n--lora_r: 4\n').config.lora?.r).toBe(4);
  });

  it('keep the preset value of what is refused and name line, reason and field', () => {
    const { config, notes } = readText('# mine\ntemperature: 0\nlearning_rate: fast\n\nlora_rr: 8\nbinary_loss_weight: 3\n');
    expect(config.policy.temperature).toBe(1);
    expect(config.optimizer.learningRate).toBe(1e-4);
    expect(notes.map(({ line, field, kind }) => [line, field, kind])).toEqual([
      [2, 'temperature', 'refused'],
      [3, 'learning_rate', 'refused'],
      [5, null, 'unknown'],
      [6, 'binary_loss_weight', 'unused'],
    ]);
    expect(notes[0]?.message).toContain('Allowed: 0.1 to 2.');
    expect(notes[1]?.message).toBe('"fast" is not a number.');
  });

  it('take a warm-up share as steps of the run, wherever the number of steps stands', () => {
    const { config, notes } = readText('warmup_ratio: 0.05\nmax_steps: 200\n');
    expect(config.optimizer.warmupSteps).toBe(10);
    expect(notes).toMatchObject([{ key: 'warmup_ratio', kind: 'converted', message: '0.05 of 200 steps is taken as 10 steps.' }]);
  });

  it.each([
    ['warmup_ratio: 0.03', 4],
    ['lr_warmup_steps_ratio: 0.03', 3],
    ['warmup_steps: 0.03', 4],
    ['warmup_steps: 3', 3],
  ])('round a warm-up share as the trainer that it is for: %s of 110 steps', (line, steps) => {
    expect(readText(`${line}\nmax_steps: 110\n`).config.optimizer.warmupSteps).toBe(steps);
  });

  it("mean transformers' schedules: constant has no warm-up, verl's constant has", () => {
    const constant = readText('warmup_steps: 5\nlr_scheduler_type: constant\n');
    expect(constant.config.optimizer).toMatchObject({ lrSchedulerType: 'constant', warmupSteps: 0 });
    expect(constant.notes).toMatchObject([{ key: 'warmup_steps', kind: 'unused' }]);
    const verl = readText('actor_rollout_ref.actor.optim.warmup_style: constant\nwarmup_steps: 5\n');
    expect(verl.config.optimizer).toMatchObject({ lrSchedulerType: 'constant_with_warmup', warmupSteps: 5 });
    expect(verl.notes).toMatchObject([{ kind: 'converted' }]);
  });

  it('name the schedule of an older run by what it does', () => {
    const config = presetConfig('tiny-demo', 'prpo');
    const older = { ...config, optimizer: { ...config.optimizer, lrSchedulerType: 'constant' as const, warmupSteps: 4 } };
    expect(settingsObject(older)).toMatchObject({ lr_scheduler_type: 'constant_with_warmup', warmup_steps: 4 });
  });

  it('say which of two names of one setting counts', () => {
    const { config, notes } = readText('num_generations: 4\nrollout.n: 6\n');
    expect(config.policy.numGenerations).toBe(4);
    expect(notes).toMatchObject([{ key: 'rollout.n', line: 2, kind: 'refused' }]);
  });

  it("leave out what a verl file says of its validation, critic, reward model and reference: it is not the policy's training", () => {
    const { config, notes } = readText(
      [
        'actor_rollout_ref:',
        '  rollout: {val_kwargs: {temperature: 0.6, top_p: 0.95}}',
        '  ref: {gradient_checkpointing: true}',
        'critic:',
        '  optim: {weight_decay: 0.5, lr_warmup_steps_ratio: 0.5, warmup_style: cosine}',
        '  ppo_micro_batch_size_per_gpu: 2',
        'reward_model: {micro_batch_size: 9}',
      ].join('\n'),
    );
    expect(config).toEqual(presetConfig('tiny-demo', 'prpo'));
    expect(notes.map(({ kind }) => kind)).toEqual(Array.from({ length: 8 }, () => 'unknown'));
  });

  it('choose the data by one name or a list, and a folder may be called by a number', () => {
    const { config, notes } = readText('domains: [2024, aster]\nsplits: train\n');
    expect(notes).toEqual([]);
    expect(config.filter).toMatchObject({ domains: ['2024', 'aster'], splits: ['train'] });
    expect(readText('domains: aster\n').config.filter.domains).toEqual(['aster']);
  });

  it.each(['splits: [training]', 'splits: 1', 'splits: [val, validation]', 'domains: [[aster]]', 'domains: true'])(
    'refuse a choice of data that nobody can know, and keep the preset: %s',
    (line) => {
      const { config, notes } = readText(line);
      expect(config).toEqual(presetConfig('tiny-demo', 'prpo'));
      expect(notes).toMatchObject([{ line: 1, kind: 'refused' }]);
    },
  );

  it('switch the adapter on by its rank, unless the file switches it off', () => {
    expect(readText('lora_r: 4').config.lora).toMatchObject({ r: 4, loraAlpha: 16 });
    expect(readText('lora_r: 4\nuse_peft: false').config.lora).toBeNull();
    expect(readText('lora_target_modules: [q_proj, v_proj]').config.lora?.targetModules).toEqual(['q_proj', 'v_proj']);
  });

  it('are refused whole, with line and column, when they are neither JSON nor YAML of the right form', () => {
    expect(() => readText('[1]')).toThrow('one list of "name: value"');
    expect(() => readText('{"seed": }x')).toThrow(/not JSON: line 1, column \d+/);
    expect(() => readText('seed: 1\nbeta: [')).toThrow(/not YAML: line 2, column \d+/);
    expect(() => readText('seed: 1\nseed: 2\n')).toThrow(/line 2/);
    expect(() => readText(`seed: ${'1'.repeat(300_000)}`)).toThrow('at most');
  });

  it('are never evaluated: tags, functions and aliases are refused', () => {
    expect(() => readText('seed: !!js/function "function () { return 1 }"')).toThrow('line 1');
    expect(() => readText('a: &x [1]\nseed: *x\n')).toThrow('Line 2');
  });

  it('mark exactly what differs from the preset', () => {
    const config = presetConfig('tiny-demo', 'prpo');
    config.policy.beta = 0.05;
    expect([...changedFields(config, 'tiny-demo')]).toEqual([['beta', { preset: 0.01, now: 0.05 }]]);
    expect(fieldsFor(presetConfig('tiny-demo', 'sft-stage1')).some(({ name }) => name === 'beta')).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { changeableFields, changeSetting } from '../../src/shared/config/run-change.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import { someRun } from '../support/records.ts';

const paused = (fields = {}) =>
  someRun({ id: 'r', state: 'paused', step: 4, maxSteps: 9, config: presetConfig('tiny-demo', 'prpo'), ...fields });

describe('settings of a paused run', () => {
  it('that may change are the learning rate and, where there is one, the KL coefficient', () => {
    expect(changeableFields(paused()).map(({ name }) => name)).toEqual(['learning_rate', 'beta']);
    expect(changeableFields(paused({ config: presetConfig('tiny-demo', 'sft-stage2') })).map(({ name }) => name)).toEqual([
      'learning_rate',
    ]);
  });

  it('change from the next step on and leave a mark with both values', () => {
    const { config, changes } = changeSetting(paused(), 'learning_rate', 5e-5);
    expect(config.optimizer.learningRate).toBe(5e-5);
    expect(changes).toEqual([{ step: 4, name: 'learning_rate', before: 1e-4, now: 5e-5 }]);
  });

  it('keep one mark per step and setting, and none when the old value comes back', () => {
    const run = paused();
    const once = { ...run, ...changeSetting(run, 'beta', 0.1) };
    const twice = { ...once, ...changeSetting(once, 'beta', 0.2) };
    expect(twice.changes).toEqual([{ step: 4, name: 'beta', before: 0.01, now: 0.2 }]);
    expect(changeSetting(twice, 'beta', 0.01).changes).toEqual([]);
  });

  it('are refused out of range, for other settings and after the end', () => {
    expect(() => changeSetting(paused(), 'learning_rate', 5)).toThrow('Allowed:');
    expect(() => changeSetting(paused(), 'num_generations', 4)).toThrow('holds for the whole run');
    expect(() => changeSetting(paused({ state: 'done' }), 'beta', 0.1)).toThrow('has ended');
  });
});

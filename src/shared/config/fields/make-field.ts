// Makers of fields: each names the key of the configuration that it reads and sets.
import type {
  Algorithm,
  LoraConfig,
  OptimizerConfig,
  PolicyConfig,
  RewardConfig,
  SelectionConfig,
  SftConfig,
  TrainConfig,
} from '../config.ts';
import { selectionOf } from '../presets.ts';
import type { ChoiceField, NumberField, SwitchField } from './field.ts';

export const POLICY: readonly Algorithm[] = ['grpo', 'prpo'];
export const SFT: readonly Algorithm[] = ['sft-stage1', 'sft-stage2'];
export const STAGE2: readonly Algorithm[] = ['sft-stage2'];
export const EVERY: readonly Algorithm[] = [...SFT, ...POLICY];
/** Algorithms that train the language model, which alone can have an adapter. */
export const LANGUAGE: readonly Algorithm[] = [...STAGE2, ...POLICY];

type KeysOf<T, V> = { [K in keyof T]-?: T[K] extends V ? K : never }[keyof T];
type NumberSpec = Omit<NumberField, 'kind' | 'get' | 'set' | 'integer'> & { integer?: boolean };
type SwitchSpec = Omit<SwitchField, 'kind' | 'get' | 'set'>;

export function topNumber(key: KeysOf<TrainConfig, number>, spec: NumberSpec): NumberField {
  return { integer: true, ...spec, kind: 'number', get: (config) => config[key], set: (config, value) => ({ ...config, [key]: value }) };
}

export function optimizerNumber(key: KeysOf<OptimizerConfig, number>, spec: NumberSpec): NumberField {
  const set = (config: TrainConfig, value: number): TrainConfig => ({ ...config, optimizer: { ...config.optimizer, [key]: value } });
  return { integer: false, ...spec, kind: 'number', get: (config) => config.optimizer[key], set };
}

export function policyNumber(key: KeysOf<PolicyConfig, number>, spec: NumberSpec): NumberField {
  const set = (config: TrainConfig, value: number): TrainConfig => ({ ...config, policy: { ...config.policy, [key]: value } });
  return { integer: false, ...spec, kind: 'number', get: (config) => config.policy[key], set };
}

export function policySwitch(key: KeysOf<PolicyConfig, boolean>, spec: SwitchSpec): SwitchField {
  const set = (config: TrainConfig, value: boolean): TrainConfig => ({ ...config, policy: { ...config.policy, [key]: value } });
  return { ...spec, kind: 'switch', get: (config) => config.policy[key], set };
}

export function rewardNumber(key: KeysOf<RewardConfig, number>, spec: NumberSpec): NumberField {
  const set = (config: TrainConfig, value: number): TrainConfig => ({ ...config, reward: { ...config.reward, [key]: value } });
  return { integer: false, ...spec, kind: 'number', get: (config) => config.reward[key], set };
}

export function sftNumber(key: KeysOf<SftConfig, number>, spec: NumberSpec): NumberField {
  const set = (config: TrainConfig, value: number): TrainConfig => ({ ...config, sft: { ...config.sft, [key]: value } });
  return { integer: false, ...spec, kind: 'number', get: (config) => config.sft[key], set };
}

export function sftSwitch(key: KeysOf<SftConfig, boolean>, spec: SwitchSpec): SwitchField {
  const set = (config: TrainConfig, value: boolean): TrainConfig => ({ ...config, sft: { ...config.sft, [key]: value } });
  return { ...spec, kind: 'switch', get: (config) => config.sft[key], set };
}

export function selectionNumber(key: KeysOf<SelectionConfig, number>, spec: NumberSpec): NumberField {
  const set = (config: TrainConfig, value: number): TrainConfig => ({ ...config, selection: { ...selectionOf(config), [key]: value } });
  return { integer: false, ...spec, kind: 'number', get: (config) => selectionOf(config)[key], set };
}

export function selectionSwitch(key: KeysOf<SelectionConfig, boolean>, spec: SwitchSpec): SwitchField {
  const set = (config: TrainConfig, value: boolean): TrainConfig => ({ ...config, selection: { ...selectionOf(config), [key]: value } });
  return { ...spec, kind: 'switch', get: (config) => selectionOf(config)[key], set };
}

/** An adapter as it is switched on. */
export const DEFAULT_LORA: LoraConfig = { r: 8, loraAlpha: 16, loraDropout: 0, targetModules: ['q_proj', 'k_proj', 'v_proj', 'o_proj'] };

/** Setting one switches the adapter on. */
export function loraNumber(key: KeysOf<LoraConfig, number>, spec: NumberSpec): NumberField {
  const set = (config: TrainConfig, value: number): TrainConfig => ({
    ...config,
    lora: { ...(config.lora ?? DEFAULT_LORA), [key]: value },
  });
  const isUsed = (config: TrainConfig): boolean => config.lora !== null;
  return { integer: false, ...spec, isUsed, kind: 'number', get: (config) => (config.lora ?? DEFAULT_LORA)[key], set };
}

/** A choice whose setter refuses values outside its list by leaving the config as it is. */
export function choice<T extends string>(
  spec: Omit<ChoiceField, 'kind' | 'get' | 'set' | 'choices'> & { choices: readonly { value: T; label: string }[] },
  get: (config: TrainConfig) => T,
  set: (config: TrainConfig, value: T) => TrainConfig,
): ChoiceField {
  return {
    ...spec,
    kind: 'choice',
    get,
    set: (config, value) => {
      const known = spec.choices.find((option) => option.value === value);
      return known ? set(config, known.value) : config;
    },
  };
}

// What a field of the training form is: names in three dialects, range, unit, help, and how to read and set it.
import type { Algorithm, TrainConfig } from '../config.ts';

export type FieldGroup = 'data' | 'model' | 'algorithm' | 'rewards';
export type FieldValue = number | boolean | string;

interface FieldBase {
  /** TRL's name where it has one, else ours in the same grammar; the key in config files. */
  name: string;
  label: string;
  group: FieldGroup;
  /** Name as LLaVA / DX-LLaVA flag and as verl / PRPO key. */
  llava?: string;
  verl?: string;
  unit?: string;
  help: string;
  /** Algorithms that use it. */
  algorithms: readonly Algorithm[];
  /** Left out of form and files where this is false, such as the rank of an adapter that is off. */
  isUsed?(config: TrainConfig): boolean;
}

export interface NumberField extends FieldBase {
  kind: 'number';
  min: number;
  max: number;
  integer: boolean;
  /** Why the range is what it is; shown beside a refused value. */
  reason: string;
  get(config: TrainConfig): number;
  set(config: TrainConfig, value: number): TrainConfig;
}

export interface SwitchField extends FieldBase {
  kind: 'switch';
  get(config: TrainConfig): boolean;
  set(config: TrainConfig, value: boolean): TrainConfig;
}

export interface ChoiceField extends FieldBase {
  kind: 'choice';
  choices: readonly { value: string; label: string }[];
  get(config: TrainConfig): string;
  set(config: TrainConfig, value: string): TrainConfig;
}

export type TrainField = NumberField | SwitchField | ChoiceField;

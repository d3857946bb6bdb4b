// Every field of the training form. Form, validation, "changed from preset" marks and settings files all come from this one list
// (spec/formats.md 6). The fields themselves are in fields/, by group.
import type { TrainConfig } from './config.ts';
import { ALGORITHM_FIELDS } from './fields/algorithm-fields.ts';
import { DATA_FIELDS } from './fields/data-fields.ts';
import type { FieldGroup, TrainField } from './fields/field.ts';
import { LOGGING_FIELDS } from './fields/logging-fields.ts';
import { MODEL_FIELDS } from './fields/model-fields.ts';
import { REWARD_FIELDS } from './fields/reward-fields.ts';

export const TRAIN_FIELDS: readonly TrainField[] = [
  ...DATA_FIELDS,
  ...MODEL_FIELDS,
  ...ALGORITHM_FIELDS,
  ...REWARD_FIELDS,
  ...LOGGING_FIELDS,
];

export const FIELD_GROUPS: readonly { group: FieldGroup; title: string }[] = [
  { group: 'data', title: 'Data' },
  { group: 'model', title: 'Model and optimizer' },
  { group: 'algorithm', title: 'Algorithm' },
  { group: 'rewards', title: 'Rewards, losses and logging' },
];

/** Fields that a configuration uses, in form order. */
export function fieldsFor(config: TrainConfig): TrainField[] {
  return TRAIN_FIELDS.filter((field) => field.algorithms.includes(config.algorithm) && (field.isUsed?.(config) ?? true));
}

/** The names of a field in the other dialects, for its tooltip. */
export function fieldAliases(field: TrainField): string {
  const parts = [field.name, field.llava && `LLaVA ${field.llava}`, field.verl && `verl ${field.verl}`];
  return parts.filter((part) => part !== undefined).join(' · ');
}

// Checks of a training configuration: each refusal names its field, the allowed range and the reason. Pure.
import { formatFieldNumber } from './field-text.ts';
import type { NumberField } from './fields/field.ts';
import { fieldsFor } from './fields.ts';
import { selectionOf } from './presets.ts';
import type { TrainConfig } from './config.ts';

/** A refused setting; `field` is the field's name. */
export interface FieldProblem {
  field: string;
  message: string;
  /** A warning does not stop the start. */
  severity: 'error' | 'warning';
}

/** Why a number is refused; null where it is fine. */
export function numberProblem(field: NumberField, value: number): string | null {
  const range = `Allowed: ${formatFieldNumber(field.min)} to ${formatFieldNumber(field.max)}${field.integer ? ', whole numbers' : ''}.`;
  if (!Number.isFinite(value)) return `Not a number. ${range}`;
  if (field.integer && !Number.isInteger(value)) return `${range} ${field.reason}`;
  return value < field.min || value > field.max ? `${range} ${field.reason}` : null;
}

/** The number a text says, or why it is refused. A decimal comma is read as a point; a whole number has neither, for `10,000` is not 10. */
export function parseFieldNumber(field: NumberField, text: string): { value: number } | { problem: string } {
  const trimmed = text.trim().replace(',', '.');
  const isUnclear = trimmed === '' || (field.integer && trimmed.includes('.'));
  const value = isUnclear ? Number.NaN : Number(trimmed);
  const problem = numberProblem(field, value);
  return problem === null ? { value } : { problem };
}

function rangeProblems(config: TrainConfig): FieldProblem[] {
  return fieldsFor(config).flatMap((field): FieldProblem[] => {
    if (field.kind === 'number') {
      const message = numberProblem(field, field.get(config));
      return message === null ? [] : [{ field: field.name, message, severity: 'error' }];
    }
    if (field.kind === 'choice' && !field.choices.some(({ value }) => value === field.get(config))) {
      return [{ field: field.name, message: `Unknown value "${field.get(config)}".`, severity: 'error' }];
    }
    return [];
  });
}

function policyProblems({ algorithm, policy, reward, maxSteps, optimizer }: TrainConfig): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const error = (field: string, message: string) => problems.push({ field, message, severity: 'error' });
  const warn = (field: string, message: string) => problems.push({ field, message, severity: 'warning' });
  const isGrpo = policy.objective.startsWith('grpo');
  if (isGrpo !== (algorithm === 'grpo'))
    error('objective', `${algorithm.toUpperCase()} cannot use this objective: it belongs to the other algorithm.`);
  if (policy.numGenerations === 1 && algorithm === 'grpo')
    error('num_generations', 'With one answer per image GRPO has no advantage at all: use 2 or more.');
  if (policy.numGenerations === 1 && algorithm === 'prpo')
    warn('num_generations', 'No other answer to compare with: only the paragraphs of one answer compete.');
  if (policy.numGenerations * policy.promptsPerStep > 256)
    error('num_generations', 'More than 256 answers per step do not fit: lower answers or images per step.');
  if (reward.alpha === 0 && reward.beta === 0) error('alpha_clip', 'Both reward weights are 0, so every reward is 0.');
  if (optimizer.warmupSteps >= maxSteps && maxSteps > 1) warn('warmup_steps', 'The run ends before the warm-up does.');
  return problems;
}

/** Nothing can be decided from a probe that is never made. */
function selectionProblems(config: TrainConfig): FieldProblem[] {
  const { loadBestModelAtEnd, earlyStoppingPatience } = selectionOf(config);
  if (config.evalSteps > 0 && config.evalSteps <= config.maxSteps) return [];
  const message =
    config.evalSteps === 0
      ? 'Needs the probe: set "Probe every" to 1 or more.'
      : `The first probe would be at step ${config.evalSteps}, after the end: set "Probe every" to at most ${config.maxSteps}.`;
  const wanting = [
    ...(loadBestModelAtEnd ? ['load_best_model_at_end'] : []),
    ...(earlyStoppingPatience > 0 ? ['early_stopping_patience'] : []),
  ];
  return wanting.map((field) => ({ field, message, severity: 'error' }));
}

/** Everything that is wrong or doubtful with a configuration. */
export function validateConfig(config: TrainConfig): FieldProblem[] {
  const isPolicy = config.algorithm === 'grpo' || config.algorithm === 'prpo';
  return [...rangeProblems(config), ...(isPolicy ? policyProblems(config) : []), ...selectionProblems(config)];
}

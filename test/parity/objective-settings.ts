// Reading an objective's name and settings from a fixture.
import type { ObjectiveSettings } from '../../workers/ml/rl/objectives/objective.ts';
import type { ObjectiveName } from '../../workers/ml/rl/objectives/table.ts';
import { recordOf } from './model-files.ts';

const NAMES: readonly ObjectiveName[] = ['paper', 'released', 'grpo-verl', 'grpo-trl'];

/** @throws for a name that no objective has */
export function objectiveName(name: string): ObjectiveName {
  const found = NAMES.find((one) => one === name);
  if (found === undefined) throw new Error(`unknown objective ${name}; known are ${NAMES.join(', ')}`);
  return found;
}

/** Both spellings of the dual clip occur; null and absent mean off. */
export function objectiveSettings(value: unknown): ObjectiveSettings {
  const settings = recordOf(value);
  return { epsilon: Number(settings.epsilon), beta: Number(settings.beta), dualClip: Number(settings.dualClip ?? settings.dual_clip ?? 0) };
}

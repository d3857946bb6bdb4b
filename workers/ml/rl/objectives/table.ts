// The objectives by their names in a run's configuration.
import type { PolicyConfig } from '../../../../src/shared/config/config.ts';
import type { Objective } from './objective.ts';
import { paperObjective } from './paper.ts';
import { tokenClipObjective } from './token-clip.ts';
import { trlObjective } from './trl.ts';

export type ObjectiveName = PolicyConfig['objective'];

const OBJECTIVES: Record<ObjectiveName, Objective> = {
  paper: paperObjective,
  released: tokenClipObjective,
  'grpo-verl': tokenClipObjective,
  'grpo-trl': trlObjective,
};

/** Never throws: the names are a closed set. */
export function objectiveOf(name: ObjectiveName): Objective {
  return OBJECTIVES[name];
}

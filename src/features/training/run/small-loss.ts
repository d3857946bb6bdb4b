// Why the loss of a policy run is near 0: the most asked question about GRPO, answered from the run's own figures. Pure.
import { formatPercent, formatSignificant } from '../../../components/format.ts';
import type { TrainConfig } from '../../../shared/config/config.ts';
import type { StepRecord } from '../../../shared/domain/run.ts';
import { comparesAnswers } from './compares-answers.ts';
import type { HealthInput } from './health.ts';
import { mean, newestValues, WINDOW } from './step-values.ts';

/** A cause of a small loss, in the order in which they are looked for; null where it is not this run's. */
type Cause = (steps: readonly StepRecord[], config: TrainConfig) => string | null;

/** A cause that holds where a share is above 0.8 in the mean of the last steps. */
function mostly(name: string, text: (share: number) => string): Cause {
  return (steps) => {
    const shares = newestValues(steps, name, WINDOW);
    return shares.length > 0 && mean(shares) > 0.8 ? text(mean(shares)) : null;
  };
}

const CAUSES: readonly Cause[] = [
  mostly(
    'prpo/unparsed_ratio',
    (share) =>
      `${formatPercent(share, 0)} of answers end without a clear verdict, so all their rewards are 0 and no answer is better than another. Read them in the table below: a longer answer limit or a gentler learning rate usually helps.`,
  ),
  mostly(
    'prpo/excluded_ratio',
    (share) =>
      `"Leave out zero rewards" takes ${formatPercent(share, 0)} of the paragraphs out of the update, so hardly anything is left to learn from. Switch it off, or look at why the rewards are 0.`,
  ),
  (steps, config) =>
    mostly(
      comparesAnswers(config) ? 'frac_reward_zero_std' : 'prpo/frac_group_zero_std',
      (share) =>
        `In ${formatPercent(share, 0)} of groups all rewards are the same, so every advantage is 0 and there is nothing to learn. Raise temperature or generations.`,
    )(steps, config),
  (_steps, { algorithm, policy }) =>
    policy.numGenerations === 1 && algorithm === 'grpo'
      ? 'With one answer per image there is no other to compare with, so every advantage is 0. Set generations to 4 or more.'
      : null,
  mostly(
    'clip_ratio/region_mean',
    (share) =>
      `${formatPercent(share, 0)} of the ratios lie outside the clip range, where the objective is flat. Lower the learning rate or the updates per rollout.`,
  ),
];

/** Advantages sum to 0 and the ratio is 1: the usual reason. */
function smallByDesign(steps: readonly StepRecord[]): string {
  const deviation = newestValues(steps, 'prpo/group_reward_std', 1)[0] ?? newestValues(steps, 'reward_std', 1)[0];
  const norm = newestValues(steps, 'grad_norm', 1)[0];
  const figures = [
    deviation === undefined ? null : `reward deviation ${formatSignificant(deviation)}`,
    norm === undefined ? null : `gradient norm ${formatSignificant(norm)}`,
  ].filter((text) => text !== null);
  const reason =
    'Advantages sum to 0 in a group and the ratio is 1 on the first update of fresh answers, so the loss is near 0 by design. Its gradient is not.';
  return figures.length > 0
    ? `${reason} This run: ${figures.join(', ')}. Watch the reward instead.`
    : `${reason} Watch the reward instead.`;
}

/** Why the loss of this run is near 0, or null where it is not. The cause comes from its own figures. */
export function explainSmallLoss({ steps, config }: Pick<HealthInput, 'steps' | 'config'>): string | null {
  const losses = newestValues(steps, 'loss', WINDOW);
  const loss = losses.length > 0 ? mean(losses.map(Math.abs)) : Number.NaN;
  if (!(loss < 0.02) || config.algorithm.startsWith('sft')) return null;
  for (const cause of CAUSES) {
    const found = cause(steps, config);
    if (found !== null) return found;
  }
  return smallByDesign(steps);
}

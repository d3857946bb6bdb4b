// Which advantage estimator a configuration means, applied to scored completions. The estimators are in
// advantages.ts. Used by training and by the preview of the form, which therefore show the same numbers.
import type { PolicyConfig } from '../config/config.ts';
import type { ScoredCompletion } from '../domain/answer.ts';
import { grpoTrlAdvantages, grpoVerlAdvantages, prpoPaperAdvantages, prpoReleasedAdvantages } from './advantages.ts';

/** Rewards that differ by less count as equal, as in the log. */
const EQUAL_REWARDS = 1e-8;

/** Advantages of one completion: per paragraph (null = excluded), and for GRPO one for the whole completion. */
export interface CompletionAdvantages {
  paragraphs: (number | null)[];
  completion?: number;
}

/** @param groups group key of each completion under the configured scope */
export function groupAdvantages(
  scored: readonly ScoredCompletion[],
  groups: readonly number[],
  policy: PolicyConfig,
): CompletionAdvantages[] {
  const normalize = policy.normalizeAdvantage;
  if (policy.objective === 'grpo-verl' || policy.objective === 'grpo-trl') {
    const estimate = policy.objective === 'grpo-verl' ? grpoVerlAdvantages : grpoTrlAdvantages;
    const rewards = scored.map(({ reward }) => reward);
    const equal = equalGroups(rewards.map((reward) => [reward]), groups, 2); // prettier-ignore
    const advantages = estimate(rewards, groups, normalize).map((value, i) => (equal.has(groups[i] ?? NaN) ? 0 : value));
    return scored.map(({ paragraphs }, i) => ({ paragraphs: paragraphs.map(() => advantages[i] ?? 0), completion: advantages[i] ?? 0 }));
  }
  const rewards = scored.map(({ paragraphs }) => paragraphs.map(({ reward }) => reward));
  const estimate = policy.excludeZeroRewards ? prpoReleasedAdvantages : prpoPaperAdvantages;
  const positions = policy.groupScope === 'position' ? { positions: scored.map(positionsOf) } : {};
  const advantages = estimate({ rewards, groups, normalize, ...positions });
  const counted = rewards.map((row, i) => row.filter((_, p) => isCounted(advantages[i]?.[p])));
  const equal = equalGroups(counted, groups, 1);
  return advantages.map((row, i) => ({
    paragraphs: equal.has(groups[i] ?? NaN) ? row.map((value) => (isCounted(value) ? 0 : null)) : row,
  }));
}

const isCounted = (advantage: number | null | undefined): advantage is number => typeof advantage === 'number';

/**
 * Groups whose rewards are all equal: nothing in them was better than anything else. The estimators leave a trace there, by rounding
 * or because the released code divides its means by count + 1e-8 (up to 1e-4 of the reward), and AdamW, which is blind to the size of
 * a gradient, can make a whole step of it.
 * @param fewest so many rewards make a group; verl gives a single completion its score
 */
function equalGroups(rewards: readonly (readonly number[])[], groups: readonly number[], fewest: number): Set<number> {
  const members = new Map<number, number[]>();
  rewards.forEach((row, i) => members.set(groups[i] ?? NaN, [...(members.get(groups[i] ?? NaN) ?? []), ...row]));
  const isEqual = (values: readonly number[]): boolean => Math.max(...values) - Math.min(...values) < EQUAL_REWARDS;
  return new Set([...members].filter(([, values]) => values.length >= fewest && isEqual(values)).map(([group]) => group));
}

/** Position of each paragraph: its number, but the conclusion stands beside the other conclusions, wherever it is. */
function positionsOf({ paragraphs }: ScoredCompletion): string[] {
  return paragraphs.map(({ isFinal }, p) => (isFinal ? 'final' : String(p)));
}

/** Group key of each completion: its image, or the completion itself (released code with one sample per prompt). */
export function groupKeys(images: readonly number[], scope: PolicyConfig['groupScope']): number[] {
  return scope === 'completion' ? images.map((_, i) => i) : [...images];
}

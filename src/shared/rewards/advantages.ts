// Advantages of paragraphs and completions within their group (prpo.md 7 and 9). One function per estimator. Numbers only.

/** PRPO adds it to the count of every mean, inside the root of the deviation and to the deviation itself. */
const PRPO_EPSILON = 1e-8;
const VERL_EPSILON = 1e-6;
const TRL_EPSILON = 1e-4;

/** What both PRPO estimators take: paragraph rewards of each completion, and the group (image or prompt) of each completion. */
export interface ParagraphRewards {
  /** [completions][paragraphs], kept paragraphs only. */
  rewards: readonly (readonly number[])[];
  /** Group key per completion. */
  groups: readonly (string | number)[];
  /** Divide by the deviation. */
  normalize: boolean;
  /** Position of each paragraph in its completion: rewards are then counted from the mean of their position in the group. Not in the paper. */
  positions?: readonly (readonly string[])[];
}

/** @param epsilon added to the count, as masked means do */
function meanOf(values: readonly number[], epsilon = 0): number {
  return values.reduce((total, value) => total + value, 0) / (values.length + epsilon);
}

function populationVariance(values: readonly number[], mean: number, epsilon = 0): number {
  return meanOf(
    values.map((value) => (value - mean) ** 2),
    epsilon,
  );
}

function indicesByGroup(groups: readonly (string | number)[]): Map<string | number, number[]> {
  const byGroup = new Map<string | number, number[]>();
  groups.forEach((group, i) => {
    const members = byGroup.get(group);
    if (members === undefined) byGroup.set(group, [i]);
    else members.push(i);
  });
  return byGroup;
}

/**
 * Rewards less the mean of the counted rewards at the same position of the same group. A position that at most half of the group's
 * completions have has no fair comparison: among unfinished answers (reward 0), a finished one that repeats a paragraph would be
 * paid for the repetition, and going on without end would cost nothing there. It takes the comparison of the whole completions.
 */
function rewardsFromPositionMean(
  input: ParagraphRewards,
  positions: readonly (readonly string[])[],
  counts: (reward: number) => boolean,
): number[][] {
  const result = input.rewards.map((row) => [...row]);
  const rewardsOf = (i: number, position?: string): number[] =>
    (input.rewards[i] ?? []).filter((reward, p) => counts(reward) && (position === undefined || positions[i]?.[p] === position));
  for (const members of indicesByGroup(input.groups).values()) {
    const counted = members.filter((i) => rewardsOf(i).length > 0);
    const groupMean = meanOf(counted.map((i) => meanOf(rewardsOf(i))));
    for (const i of counted) {
      result[i] = (input.rewards[i] ?? []).map((reward, p) => {
        const same = counted.map((other) => rewardsOf(other, positions[i]?.[p] ?? '')).filter((row) => row.length > 0);
        return 2 * same.length > counted.length ? reward - meanOf(same.flat()) : meanOf(rewardsOf(i)) - groupMean;
      });
    }
  }
  return result;
}

/**
 * (R - mean) / (std + 1e-8) with std = sqrt(population variance + 1e-8) over all paragraphs of a group. Both means divide by
 * count + 1e-8, as the reference does: a group of one paragraph gets R / 10000 instead of 0.
 * @param counts false = left out of mean, std and update
 * @returns [completions][paragraphs]; null for a paragraph that was left out
 */
function paragraphAdvantages(input: ParagraphRewards, counts: (reward: number) => boolean): (number | null)[][] {
  const result: (number | null)[][] = input.rewards.map((row) => row.map(() => null));
  const values = input.positions ? rewardsFromPositionMean(input, input.positions, counts) : input.rewards;
  const counted = (i: number, p: number): boolean => counts(input.rewards[i]?.[p] ?? 0);
  for (const members of indicesByGroup(input.groups).values()) {
    const pool = members.flatMap((i) => (values[i] ?? []).filter((_, p) => counted(i, p)));
    if (pool.length === 0) continue;
    const mean = meanOf(pool, PRPO_EPSILON);
    const scale = input.normalize ? Math.sqrt(populationVariance(pool, mean, PRPO_EPSILON) + PRPO_EPSILON) + PRPO_EPSILON : 1;
    for (const i of members) {
      result[i] = (values[i] ?? []).map((value, p) => (counted(i, p) ? (value - mean) / scale : null));
    }
  }
  return result;
}

/** Preset `paper`: every kept paragraph counts. */
export function prpoPaperAdvantages(input: ParagraphRewards): (number | null)[][] {
  return paragraphAdvantages(input, () => true);
}

/**
 * Preset `released code`: paragraphs with R <= 0 are left out. When that leaves nothing in the whole batch, the released code
 * falls back to GRPO on zero rewards: all advantages are 0.
 */
export function prpoReleasedAdvantages(input: ParagraphRewards): (number | null)[][] {
  const isPositive = (reward: number): boolean => reward > 0;
  if (!input.rewards.some((row) => row.some(isPositive))) return input.rewards.map((row) => row.map(() => 0));
  return paragraphAdvantages(input, isPositive);
}

/** Unbiased deviation; 0 for a single value. */
function sampleDeviation(values: readonly number[], mean: number): number {
  return values.length < 2 ? 0 : Math.sqrt((populationVariance(values, mean) * values.length) / (values.length - 1));
}

/** One score per completion -> one advantage per completion, group by group. */
function completionAdvantages(
  scores: readonly number[],
  groups: readonly (string | number)[],
  groupAdvantages: (scores: number[]) => number[],
): number[] {
  const result = scores.map(() => 0);
  for (const members of indicesByGroup(groups).values()) {
    const advantages = groupAdvantages(members.map((i) => scores[i] ?? 0));
    members.forEach((i, k) => (result[i] = advantages[k] ?? 0));
  }
  return result;
}

/** GRPO as in verl: (score - mean) / (unbiased std + 1e-6); a single completion has mean 0 and std 1. */
export function grpoVerlAdvantages(scores: readonly number[], groups: readonly (string | number)[], normalize: boolean): number[] {
  return completionAdvantages(scores, groups, (group) => {
    const mean = group.length === 1 ? 0 : meanOf(group);
    const deviation = group.length === 1 ? 1 : sampleDeviation(group, mean);
    return group.map((score) => (score - mean) / (normalize ? deviation + VERL_EPSILON : 1));
  });
}

/** GRPO as in TRL (`scale_rewards: group`): (score - mean) / (unbiased std + 1e-4); a single completion gets 0. */
export function grpoTrlAdvantages(scores: readonly number[], groups: readonly (string | number)[], normalize: boolean): number[] {
  return completionAdvantages(scores, groups, (group) => {
    const mean = meanOf(group);
    const deviation = sampleDeviation(group, mean);
    return group.map((score) => (score - mean) / (normalize ? deviation + TRL_EPSILON : 1));
  });
}

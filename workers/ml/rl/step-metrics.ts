// The scalars of one GRPO or PRPO step under the names of spec/metrics.md 3 and 4. Numbers only.
import type { ParagraphRecord, ScoredCompletion } from '../../../src/shared/domain/answer.ts';
import type { Label } from '../../../src/shared/domain/sample.ts';
import { majorityVote } from '../../../src/shared/rewards/pcr.ts';
import { voteMetrics } from './vote-metrics.ts';

/** What a step knows of each completion. */
export interface MetricCompletion {
  scored: ScoredCompletion;
  /** Group of the advantages. */
  group: number;
  /** Tokens, end of text included. */
  length: number;
  terminated: boolean;
  /** Per kept paragraph; null = excluded. */
  advantages: readonly (number | null)[];
  /** In the data; null where there is none. Never used in training. */
  label: Label | null;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
/** NaN for an empty list, so that nothing is logged for it. */
export const mean = (values: readonly number[]): number => sum(values) / values.length;
const share = (flags: readonly boolean[]): number => mean(flags.map(Number));

/** Unbiased, as torch.std; NaN for fewer than two values. */
function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1));
}

const least = (values: readonly number[]): number => (values.length === 0 ? NaN : Math.min(...values));
const largest = (values: readonly number[]): number => (values.length === 0 ? NaN : Math.max(...values));

/** Mean and deviation under TRL's `rewards/<fn>/mean|std`. */
function rewardPair(name: string, values: readonly number[]): Record<string, number> {
  return { [`rewards/${name}/mean`]: mean(values), [`rewards/${name}/std`]: deviation(values) };
}

function byGroup(completions: readonly MetricCompletion[]): MetricCompletion[][] {
  const groups = new Map<number, MetricCompletion[]>();
  for (const completion of completions) groups.set(completion.group, [...(groups.get(completion.group) ?? []), completion]);
  return [...groups.values()];
}

/** Lengths in tokens, as TRL logs them. */
function lengthMetrics(completions: readonly MetricCompletion[]): Record<string, number> {
  const lengths = completions.map(({ length }) => length);
  const ended = completions.filter(({ terminated }) => terminated).map(({ length }) => length);
  return {
    'completions/mean_length': mean(lengths),
    'completions/min_length': least(lengths),
    'completions/max_length': largest(lengths),
    'completions/mean_terminated_length': mean(ended),
    'completions/min_terminated_length': least(ended),
    'completions/max_terminated_length': largest(ended),
    'completions/clipped_ratio': share(completions.map(({ terminated }) => !terminated)),
  };
}

/** Rewards of completions and of paragraphs. */
function rewardMetrics(completions: readonly MetricCompletion[], paragraphs: readonly ParagraphRecord[]): Record<string, number> {
  const groups = byGroup(completions).map((group) => group.map(({ scored }) => scored.reward));
  const deviations = groups.map(deviation).filter(Number.isFinite);
  const labelled = completions.filter(({ label }) => label !== null);
  return {
    reward: mean(completions.map(({ scored }) => scored.reward)),
    reward_std: deviations.length === 0 ? 0 : mean(deviations),
    frac_reward_zero_std: share(groups.map((rewards) => largest(rewards) - least(rewards) < 1e-8)),
    ...rewardPair('vcr_reward', paragraphs.map(({ vcr }) => vcr)),
    ...rewardPair('pcr_reward', paragraphs.map(({ pcr }) => pcr)),
    ...rewardPair('paragraph_reward', paragraphs.map(({ reward }) => reward)),
    ...rewardPair('format_reward', completions.map(({ scored }) => scored.formatScore)),
    ...rewardPair('accuracy_reward', labelled.map(({ scored, label }) => Number(scored.predict === label))),
  }; // prettier-ignore
}

/** The completion's answer against the vote of the paragraphs before it; where none is found, it neither agrees nor contradicts. */
function consistencyMetrics(completions: readonly MetricCompletion[]): Record<string, number> {
  const voted = completions.map(({ scored }) => scored).filter(({ votes }) => votes !== null);
  const isTie = ({ votes }: ScoredCompletion): boolean => votes?.real === votes?.fake;
  const follows = ({ votes, predict }: ScoredCompletion): boolean | null =>
    votes === null || predict === null ? null : majorityVote(votes, predict) === predict;
  return {
    'prpo/consistency_rate': share(voted.map((scored) => follows(scored) === true)),
    'prpo/contradiction_rate': share(voted.map((scored) => follows(scored) === false)),
    'prpo/tie_rate': share(voted.map(isTie)),
    'prpo/fake_ratio': share(completions.filter(({ scored }) => scored.predict !== null).map(({ scored }) => scored.predict === 'fake')),
    'prpo/unparsed_ratio': share(completions.map(({ scored }) => scored.formatScore === 0)),
  };
}

function advantageMetrics(completions: readonly MetricCompletion[]): Record<string, number> {
  const all = completions.flatMap(({ advantages }) => advantages);
  const kept = all.filter((value) => value !== null);
  const deviations = byGroup(completions).map((group) =>
    deviation(group.flatMap(({ scored }) => scored.paragraphs.map(({ reward }) => reward))),
  );
  return {
    'prpo/advantage/mean': mean(kept),
    'prpo/advantage/std': deviation(kept),
    'prpo/advantage/min': least(kept),
    'prpo/advantage/max': largest(kept),
    'prpo/excluded_ratio': share(all.map((value) => value === null)),
    'prpo/group_reward_std': mean(deviations.filter(Number.isFinite)),
    'prpo/frac_group_zero_std': share(deviations.map((value) => !(value > 1e-8))),
  };
}

function paragraphMetrics(completions: readonly MetricCompletion[], paragraphs: readonly ParagraphRecord[]): Record<string, number> {
  const counts = completions.map(({ scored }) => scored.paragraphs.length);
  const hits = paragraphs.flatMap(({ hits: found }) => found);
  const positions = Array.from(
    { length: 8 },
    (_, i) => [`prpo/reward_by_position/${i + 1}`, mean(completions.flatMap(({ scored }) => scored.paragraphs[i]?.reward ?? []))] as const,
  );
  return {
    'prpo/num_paragraphs/mean': mean(counts),
    'prpo/num_paragraphs/min': least(counts),
    'prpo/num_paragraphs/max': largest(counts),
    'prpo/paragraph_length/mean': mean(paragraphs.map(({ text }) => text.length)),
    'prpo/keyword_unique_ratio':
      new Set(paragraphs.filter(({ isFinal }) => !isFinal).map(({ keyword }) => keyword)).size /
      Math.max(1, paragraphs.filter(({ isFinal }) => !isFinal).length),
    'prpo/negation_flip_ratio': share(hits.map(({ negator }) => negator !== null)),
    ...Object.fromEntries(positions),
  };
}

function groupVotes(completions: readonly MetricCompletion[]): Record<string, number> {
  return voteMetrics(byGroup(completions).map((group) => group.map(({ scored: { predict }, label }) => ({ predict, label }))));
}

/** Everything that follows from the completions alone. Entries without a value are left out, as TRL drops NaN. */
export function completionMetrics(completions: readonly MetricCompletion[]): Record<string, number> {
  const paragraphs = completions.flatMap(({ scored }) => scored.paragraphs);
  const all = {
    ...lengthMetrics(completions),
    ...rewardMetrics(completions, paragraphs),
    ...consistencyMetrics(completions),
    ...advantageMetrics(completions),
    ...paragraphMetrics(completions, paragraphs),
    ...groupVotes(completions),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => Number.isFinite(value)));
}

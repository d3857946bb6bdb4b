// The scalars that TTRL's authors log of a group and its majority vote, under their names (spec/metrics.md 4). In their code
// `ground_truth_reward` is set to `majority_voting_reward`, so that `reward_accuracy` is always 1; here both are measured.
import type { Label } from '../../../src/shared/domain/sample.ts';

/** One answer as the vote sees it. */
export interface VotedAnswer {
  predict: Label | null;
  /** In the data; null where there is none. Never used in training. */
  label: Label | null;
}

const share = <Item>(items: readonly Item[], holds: (item: Item) => boolean): number => items.filter(holds).length / items.length;
const meanOver = <Item>(items: readonly Item[], value: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + value(item), 0) / items.length;

/** The commonest verdict; of two equally common ones the first that was given, as Python's Counter has it. Null where none was parsed. */
function majorityOf(group: readonly VotedAnswer[]): Label | null {
  const count = (label: Label): number => group.filter(({ predict }) => predict === label).length;
  const [real, fake] = [count('real'), count('fake')];
  if (real !== fake) return real > fake ? 'real' : 'fake';
  return group.find(({ predict }) => predict !== null)?.predict ?? null;
}

/** Under the reward that the vote would give, and under that of the label, an answer gets 1 or 0. */
const agrees = (predict: Label | null, wanted: Label | null): boolean => predict !== null && predict === wanted;

/** @param groups answers to one image each; those without a label count for the vote alone @returns NaN where nothing tells */
export function voteMetrics(groups: readonly (readonly VotedAnswer[])[]): Record<string, number> {
  const voted = groups.map((group) => ({ group, majority: majorityOf(group), label: group[0]?.label ?? null }));
  const ratio = meanOver(voted, ({ group, majority }) => share(group, ({ predict }) => agrees(predict, majority)));
  const labelled = voted.filter(({ label }) => label !== null);
  const isRight = ({ predict, label }: VotedAnswer): boolean => agrees(predict, label);
  const size = Math.max(0, ...groups.map((group) => group.length));
  return {
    'train/majority_ratio': ratio,
    'train/majority_voting_reward': ratio,
    'train/label_accuracy': share(labelled, ({ majority, label }) => agrees(majority, label)),
    'train/ground_truth_reward': meanOver(labelled, ({ group }) => share(group, isRight)),
    'train/reward_accuracy': meanOver(labelled, ({ group, majority }) =>
      share(group, (answer) => agrees(answer.predict, majority) === isRight(answer)),
    ),
    [`train/pass@${size}`]: share(labelled, ({ group }) => group.some(isRight)),
  };
}

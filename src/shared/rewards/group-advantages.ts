// Which advantage estimator a configuration means, applied to scored completions. The estimators are in
// advantages.ts. Used by training and by the preview of the form, which therefore show the same numbers.
import type { PolicyConfig } from '../config/config.ts';
import type { ScoredCompletion } from '../domain/answer.ts';
import { grpoTrlAdvantages, grpoVerlAdvantages, prpoPaperAdvantages, prpoReleasedAdvantages } from './advantages.ts';

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
    const advantages = estimate(scored.map(({ reward }) => reward), groups, normalize); // prettier-ignore
    return scored.map(({ paragraphs }, i) => ({ paragraphs: paragraphs.map(() => advantages[i] ?? 0), completion: advantages[i] ?? 0 }));
  }
  const rewards = scored.map(({ paragraphs }) => paragraphs.map(({ reward }) => reward));
  const estimate = policy.excludeZeroRewards ? prpoReleasedAdvantages : prpoPaperAdvantages;
  const positions = policy.groupScope === 'position' ? { positions: scored.map(positionsOf) } : {};
  return estimate({ rewards, groups, normalize, ...positions }).map((paragraphs) => ({ paragraphs }));
}

/** Position of each paragraph: its number, but the conclusion stands beside the other conclusions, wherever it is. */
function positionsOf({ paragraphs }: ScoredCompletion): string[] {
  return paragraphs.map(({ isFinal }, p) => (isFinal ? 'final' : String(p)));
}

/** Group key of each completion: its image, or the completion itself (released code with one sample per prompt). */
export function groupKeys(images: readonly number[], scope: PolicyConfig['groupScope']): number[] {
  return scope === 'completion' ? images.map((_, i) => i) : [...images];
}

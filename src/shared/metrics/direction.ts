// Which way a metric is better.

/** Parts of the names of metrics of which less is better; of all others more is. */
const LOWER_IS_BETTER = [
  'loss',
  'kl',
  'grad_norm',
  'step_time',
  'unparsed',
  'clipped_ratio',
  'frac_reward_zero_std',
  'ece',
  'eer',
  'brier',
];

export function lowerIsBetter(metric: string): boolean {
  return LOWER_IS_BETTER.some((part) => metric.includes(part));
}

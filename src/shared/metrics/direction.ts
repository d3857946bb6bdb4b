// Which way a metric is better.

/** Parts of the names of metrics of which less is better; of all others more is. Whole words: a domain may be called kling or greece. */
const LOWER_IS_BETTER = [
  'loss',
  'perplexity',
  'kl',
  'grad_norm',
  'step_time',
  'runtime',
  'unparsed',
  'failed',
  'contradiction_rate',
  'clipped_ratio',
  'zero_std',
  'ece',
  'eer',
  'brier',
  'nll',
  'sacc',
];
const LOWER_PART = new RegExp(`(?:^|[/_])(?:${LOWER_IS_BETTER.join('|')})(?:[/_]|$)`);

export function lowerIsBetter(metric: string): boolean {
  return LOWER_PART.test(metric);
}

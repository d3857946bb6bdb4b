// Metric names as people read them, for heads of tables: `rewards/vcr_reward/mean` is "VCR reward, mean". Names of logs made elsewhere
// are read by the same rules. The name itself stays in the element's title and in every file.

/** Where the rules below would not say it well. */
const WORDS: Readonly<Record<string, string>> = {
  reward_std: 'reward, spread in a group',
  frac_reward_zero_std: 'groups without spread',
  grad_norm: 'gradient norm',
  num_tokens: 'tokens so far',
  step_time: 'seconds per step',
  'completions/clipped_ratio': 'answers cut off',
  'completions/mean_length': 'answer length, mean',
  'clip_ratio/region_mean': 'tokens clipped',
  'prpo/num_paragraphs/mean': 'paragraphs per answer',
  'eval/acc': 'probe: accuracy',
  'eval/f1': 'probe: F1',
  'eval/auc': 'probe: AUC',
  'eval/coverage': 'probe: coverage',
  'eval/failed': 'probe: images without an answer',
};

/** What transformers puts before a metric of its evaluation, which is this project's probe. */
const PROBED = 'eval_';

/** Parts that only say where a name belongs. */
const PREFIXES = new Set(['rewards', 'prpo', 'train']);
const CAPITALS = /\b(?:vcr|pcr|kl|lm|f1|auc|ap|eer|fpr|tpr|ece|nll|bce)\b/g;
const FULL: readonly (readonly [RegExp, string])[] = [
  [/\bstd\b/g, 'spread'],
  [/\bfrac\b/g, 'share of'],
  [/\bacc\b/g, 'accuracy'],
  [/\bavg\b/g, 'mean'],
  [/\beval\b/g, 'evaluation'],
];

function wordsOf(part: string): string {
  const spaced = part.replaceAll('_', ' ');
  const full = FULL.reduce((text, [short, long]) => text.replaceAll(short, long), spaced);
  return full.replaceAll(CAPITALS, (word) => word.toUpperCase());
}

/** A name of a log in words. */
export function metricWords(name: string): string {
  const known = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  if (known !== undefined) return known;
  if (name.startsWith(PROBED)) return `probe: ${metricWords(name.slice(PROBED.length))}`;
  const parts = name.split('/').filter((part) => part !== '');
  const own = parts.length > 1 && PREFIXES.has(parts[0] ?? '') ? parts.slice(1) : parts;
  return own.map(wordsOf).join(', ') || name;
}

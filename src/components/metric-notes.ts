// What each logged number means, in plain words (spec/metrics.md). The words that head tables and charts are in metric-words.ts, the
// names of other trainers in shared/formats/metric-names.ts.
import { toVerlName } from '../shared/formats/metric-names.ts';

export interface MetricNote {
  /** As logged; `*` stands for a part that varies. */
  name: string;
  meaning: string;
}

const POLICY_UPDATE: readonly MetricNote[] = [
  { name: 'loss', meaning: 'What the optimizer lowers. Of GRPO and PRPO near 0 on fresh answers by design: watch the reward' },
  { name: 'prpo/policy_loss', meaning: 'The loss without its KL term' },
  { name: 'kl', meaning: 'Distance from the start model per token, estimator k3; only with a KL coefficient above 0' },
  { name: 'prpo/ppo_kl', meaning: 'Drift from the policy that wrote these answers; 0 on the first update' },
  { name: 'entropy', meaning: 'How undecided the model is per token; near 0 it says the same thing every time' },
  { name: 'grad_norm', meaning: 'Length of the gradient before clipping' },
  { name: 'learning_rate', meaning: 'Of this step, after warm-up and schedule' },
  { name: 'clip_ratio/region_mean', meaning: 'Share of tokens (paper: of paragraphs) whose update was cut by the clip range' },
  { name: 'clip_ratio/low_mean', meaning: 'Share cut at the lower end: worse than the group and already less likely' },
  { name: 'clip_ratio/low_min', meaning: 'Share cut at the lower end, the least over the updates of a step' },
  { name: 'clip_ratio/high_mean', meaning: 'Share cut at the upper end: better than the group and already more likely' },
  { name: 'clip_ratio/high_max', meaning: 'Share cut at the upper end, the most over the updates of a step' },
  { name: 'prpo/clipfrac', meaning: "Share of clipped tokens under the released code's name" },
  { name: 'prpo/clipfrac_lower', meaning: 'Share of tokens where the dual clip acts; released code only' },
  { name: 'prpo/ratio/mean', meaning: 'Mean probability ratio to the sampling policy; exactly 1 on the first update' },
  { name: 'prpo/ratio/max', meaning: 'The largest ratio of a step' },
];

const REWARDS: readonly MetricNote[] = [
  { name: 'reward', meaning: 'Mean over the answers just made, each the mean of its paragraph rewards' },
  { name: 'reward_std', meaning: 'Spread of the rewards inside a group, mean over groups' },
  { name: 'frac_reward_zero_std', meaning: 'Share of groups whose rewards are all equal: nothing to learn from' },
  { name: 'rewards/vcr_reward/*', meaning: 'Visual consistency of the paragraphs: does the keyword match the picture' },
  { name: 'rewards/pcr_reward/*', meaning: 'Prediction consistency: 0 where a conclusion contradicts its paragraphs, else 1' },
  { name: 'rewards/paragraph_reward/*', meaning: 'alpha x VCR + beta x PCR over all paragraphs' },
  { name: 'rewards/format_reward/*', meaning: '1 where an answer can be parsed, else 0; not part of the reward' },
  { name: 'rewards/accuracy_reward/*', meaning: 'Share of right answers where labels are known; measured only, never trained on' },
  { name: 'prpo/reward_by_position/*', meaning: 'Mean reward of the 1st, 2nd ... paragraph' },
  { name: 'prpo/group_reward_std', meaning: 'Spread of the paragraph rewards inside a group' },
  { name: 'prpo/frac_group_zero_std', meaning: 'Share of groups whose paragraph rewards are all equal' },
  { name: 'prpo/advantage/*', meaning: 'Paragraph advantages: how far above or below the group, in deviations' },
  {
    name: 'prpo/excluded_ratio',
    meaning: 'Share of paragraphs left out of mean, deviation and update (zero rewards in the released code)',
  },
];

const ANSWERS: readonly MetricNote[] = [
  { name: 'completions/mean_length', meaning: 'Tokens per answer' },
  { name: 'completions/min_length', meaning: 'Tokens of the shortest answer' },
  { name: 'completions/max_length', meaning: 'Tokens of the longest answer' },
  { name: 'completions/*_terminated_length', meaning: 'Tokens of the answers that ended by themselves, those cut off left out' },
  { name: 'completions/clipped_ratio', meaning: 'Share of answers cut off at the length limit' },
  { name: 'prpo/num_paragraphs/*', meaning: 'Paragraphs per answer; at 1 the answer has no reasoning' },
  { name: 'prpo/paragraph_length/mean', meaning: 'Characters per paragraph' },
  { name: 'prpo/consistency_rate', meaning: 'Share of answers that agree with the majority of their paragraphs' },
  { name: 'prpo/contradiction_rate', meaning: 'Share that contradicts the majority of its paragraphs: what PCR punishes' },
  { name: 'prpo/tie_rate', meaning: 'Share whose paragraphs are evenly split; in the paper a tie counts as agreement' },
  { name: 'prpo/fake_ratio', meaning: 'Share of parsed answers that say fake' },
  { name: 'prpo/unparsed_ratio', meaning: 'Share of answers without a clear answer; all their rewards are 0' },
  { name: 'prpo/keyword_unique_ratio', meaning: 'Different keywords over all keywords; falling means the same phrases everywhere' },
  { name: 'prpo/negation_flip_ratio', meaning: 'Share of lexicon hits that a negator turned round' },
  { name: 'train/majority_ratio', meaning: 'Agreement inside a group: share that gives its most frequent answer (TTRL)' },
  { name: 'train/majority_voting_reward', meaning: 'The majority ratio under the name of its authors (TTRL)' },
  { name: 'train/label_accuracy', meaning: 'Share of images whose majority answer is right; needs labels, never trained on (TTRL)' },
  {
    name: 'train/ground_truth_reward',
    meaning: 'Share of right answers; needs labels. The official code sets it equal to the vote (TTRL)',
  },
  {
    name: 'train/reward_accuracy',
    meaning: 'Share of answers whose vote reward equals the true one; always 1 in the official code (TTRL)',
  },
  { name: 'train/pass@*', meaning: 'Share of images with at least one right answer among so many' },
];

const SUPERVISED: readonly MetricNote[] = [
  {
    name: 'total_loss',
    meaning: "The weighted sum under the name of DX-LLaVA; with the released loss also the binary loss of the text's picture",
  },
  { name: 'lm_loss', meaning: 'Next-token loss of the reference answer' },
  { name: 'lm_loss_weight', meaning: 'Weight of the text loss in the sum' },
  { name: 'binary_loss', meaning: 'Cross-entropy of the real-or-fake head on its own, usually augmented picture' },
  { name: 'clean_binary_loss', meaning: "Of the text's picture; only with the released loss, whose code logs it within its own lm_loss" },
  { name: 'binary_loss_weight', meaning: 'Weight of the binary loss in the sum' },
  { name: 'binary_accuracy', meaning: 'Of the real-or-fake head on the batch, before the update' },
  { name: 'perplexity', meaning: 'e to the text loss: among how many tokens the model seems to choose' },
  { name: 'mean_token_accuracy', meaning: 'Share of reference tokens that were the most likely ones' },
  { name: 'data/truncated_rows', meaning: 'Rows of the batch cut at the length of the context' },
  { name: 'data/unlearnable_rows', meaning: 'Rows of the batch in which no token is left to learn' },
];

const COURSE: readonly MetricNote[] = [
  { name: 'epoch', meaning: 'Passes over the data' },
  { name: 'num_tokens', meaning: 'Tokens seen since the start' },
  { name: 'step_time', meaning: 'Seconds of the step, generation included' },
  { name: 'data/left_out_images', meaning: 'Images of the step that could not be read' },
  { name: 'data/left_out_samples', meaning: 'Images of the data that are left out since the start' },
  { name: 'train_runtime', meaning: 'Seconds of work of the whole run' },
  { name: 'train_samples_per_second', meaning: 'Images a second over the whole run' },
  { name: 'train_steps_per_second', meaning: 'Steps a second over the whole run' },
  { name: 'train_loss', meaning: 'Mean loss over the run' },
  { name: 'total_flos', meaning: 'Floating-point operations, estimated as transformers does' },
];

const PROBE: readonly MetricNote[] = [
  { name: 'eval/acc', meaning: 'Accuracy on the probe images; an unparsed answer counts as wrong' },
  { name: 'eval/f1', meaning: 'F1 of fake on the probe images; an unparsed answer counts as wrong' },
  { name: 'eval/auc', meaning: 'Area under the ROC curve of the binary head on the probe images' },
  { name: 'eval/coverage', meaning: 'Parsed answers over probe images' },
  { name: 'eval/failed', meaning: 'Probe images without an answer' },
  { name: 'eval_loss', meaning: 'The loss that a training step on the probe images would have; nothing is learnt from them' },
  { name: 'eval_runtime', meaning: 'Seconds of one probe' },
  { name: 'eval_samples_per_second', meaning: 'Probe images a second' },
];

/** By what they are about, in the order of the Learn page. */
export const METRIC_GROUPS: readonly { title: string; notes: readonly MetricNote[] }[] = [
  { title: 'Rewards and advantages', notes: REWARDS },
  { title: 'Answers', notes: ANSWERS },
  { title: 'Update', notes: POLICY_UPDATE },
  { title: 'Supervised training', notes: SUPERVISED },
  { title: 'Probe', notes: PROBE },
  { title: 'Course of the run', notes: COURSE },
];

const EXACT = new Map(METRIC_GROUPS.flatMap(({ notes }) => notes.map((note) => [note.name, note] as const)));
const VARYING = [...EXACT.values()]
  .filter(({ name }) => name.includes('*'))
  .map((note) => ({ note, start: note.name.split('*')[0] ?? '', end: note.name.split('*')[1] ?? '' }));

function noteOf(name: string): MetricNote | undefined {
  return EXACT.get(name) ?? VARYING.find(({ start, end }) => name.startsWith(start) && name.endsWith(end))?.note;
}

/** What a metric means; of the probe where it is another's with `eval_` before it; null for one that is not this project's. */
export function metricMeaning(name: string): string | null {
  const own = noteOf(name);
  if (own) return own.meaning;
  const probed = name.startsWith('eval_') ? noteOf(name.slice('eval_'.length)) : undefined;
  return probed ? `On the probe images: ${probed.meaning.charAt(0).toLowerCase()}${probed.meaning.slice(1)}` : null;
}

/** The name that verl gives it; null where it has none of its own. */
export function verlNameOf(name: string): string | null {
  const verl = toVerlName(name);
  return verl === name ? null : verl;
}

/** For the tooltip of a chart: the meaning, and verl's name. */
export function metricHelp(name: string): string {
  const verl = verlNameOf(name);
  return `${metricMeaning(name) ?? 'Logged under this name'}${verl ? `; verl: ${verl}` : ''}`;
}

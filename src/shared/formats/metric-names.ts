// Metric names of the three dialects: TRL (ours), verl, TensorBoard tags (spec/metrics.md). Unknown names stay as they are.
import type { StepPhase } from '../domain/run.ts';

/** TRL's name and verl's. */
const VERL_NAMES: readonly (readonly [trl: string, verl: string])[] = [
  ['loss', 'actor/pg_loss'],
  ['kl', 'actor/kl_loss'],
  ['entropy', 'actor/entropy'],
  ['grad_norm', 'actor/grad_norm'],
  ['learning_rate', 'actor/lr'],
  ['clip_ratio/region_mean', 'actor/pg_clipfrac'],
  ['prpo/clipfrac_lower', 'actor/pg_clipfrac_lower'],
  ['prpo/ppo_kl', 'actor/ppo_kl'],
  ['reward', 'critic/rewards/mean'],
  ['prpo/advantage/mean', 'critic/advantages/mean'],
  ['prpo/advantage/max', 'critic/advantages/max'],
  ['prpo/advantage/min', 'critic/advantages/min'],
  ['completions/mean_length', 'response_length/mean'],
  ['completions/max_length', 'response_length/max'],
  ['completions/min_length', 'response_length/min'],
  ['completions/clipped_ratio', 'response_length/clip_ratio'],
  ['step_time', 'timing_s/step'],
  ['num_tokens', 'perf/total_num_tokens'],
  ['epoch', 'training/epoch'],
];
const TO_VERL = new Map(VERL_NAMES);
const FROM_VERL = new Map([...VERL_NAMES.map(([trl, verl]) => [verl, trl] as const), ['actor/entropy_loss', 'entropy'] as const]);

/** Logged under `train/` by their authors, prefix and all. */
const VERBATIM = /^train\/(?:label_accuracy|reward_accuracy|majority_voting_reward|ground_truth_reward|pass@\d+|majority_ratio)$/;

/** The verl name of a metric, or the name itself. */
export function toVerlName(name: string): string {
  return TO_VERL.get(name) ?? name;
}

/** Parts of a step as verl times them. The log-probabilities before the update are the sampler's and the reference's together. */
const VERL_PHASES: readonly (readonly [StepPhase, string])[] = [
  ['generate', 'gen'],
  ['reward', 'reward'],
  ['logprobs', 'old_log_prob'],
  ['update', 'update_actor'],
];

/** verl's `timing_s/…`, seconds. */
export function verlTimings(phaseMs: Partial<Record<StepPhase, number>> = {}): Record<string, number> {
  return Object.fromEntries(
    VERL_PHASES.flatMap(([phase, name]) => {
      const ms = phaseMs[phase];
      return ms === undefined ? [] : [[`timing_s/${name}`, ms / 1000]];
    }),
  );
}

/** TRL's present name for a name found in any log: verl's aliases and the names TRL used before 2025 are translated. */
export function toTrlName(name: string): string {
  if (name === 'completion_length') return 'completions/mean_length';
  if (/^rewards\/[^/]+$/.test(name)) return `${name}/mean`;
  return FROM_VERL.get(name) ?? name;
}

/** As Hugging Face's callback tags scalars: `eval_x` becomes `eval/x`, others get `train/`; our own `eval/…` stay. */
export function toTensorBoardTag(name: string): string {
  if (name.startsWith('eval_')) return `eval/${name.slice(5)}`;
  return name.startsWith('eval/') || VERBATIM.test(name) ? name : `train/${name}`;
}

/** The name behind a tag. */
export function fromTensorBoardTag(tag: string): string {
  return toTrlName(tag.startsWith('train/') && !VERBATIM.test(tag) ? tag.slice(6) : tag);
}

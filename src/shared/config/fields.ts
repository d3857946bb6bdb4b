// Every field of the training form: its names in three dialects, range, unit, help, and how to read and set it.
// Form, validation, "changed from preset" marks and config files all come from this one list (spec/formats.md 6).
import type { Algorithm } from '../domain/run.ts';
import type { PolicyConfig, OptimizerConfig, RewardConfig, SftConfig, TrainConfig } from './config.ts';

export type FieldGroup = 'data' | 'model' | 'algorithm' | 'rewards';
export type FieldValue = number | boolean | string;

interface FieldBase {
  /** TRL's name where it has one, else ours in the same grammar; the key in config files. */
  name: string;
  label: string;
  group: FieldGroup;
  /** Name as LLaVA / DX-LLaVA flag and as verl / PRPO key. */
  llava?: string;
  verl?: string;
  unit?: string;
  help: string;
  /** Algorithms that use it. */
  algorithms: readonly Algorithm[];
}

export interface NumberField extends FieldBase {
  kind: 'number';
  min: number;
  max: number;
  integer: boolean;
  /** Why the range is what it is; shown beside a refused value. */
  reason: string;
  get(config: TrainConfig): number;
  set(config: TrainConfig, value: number): TrainConfig;
}

export interface SwitchField extends FieldBase {
  kind: 'switch';
  get(config: TrainConfig): boolean;
  set(config: TrainConfig, value: boolean): TrainConfig;
}

export interface ChoiceField extends FieldBase {
  kind: 'choice';
  choices: readonly { value: string; label: string }[];
  get(config: TrainConfig): string;
  set(config: TrainConfig, value: string): TrainConfig;
}

export type TrainField = NumberField | SwitchField | ChoiceField;

const POLICY: readonly Algorithm[] = ['grpo', 'prpo'];
const SFT: readonly Algorithm[] = ['sft-stage1', 'sft-stage2'];
const STAGE2: readonly Algorithm[] = ['sft-stage2'];
const EVERY: readonly Algorithm[] = [...SFT, ...POLICY];

type KeysOf<T, V> = { [K in keyof T]: T[K] extends V ? K : never }[keyof T];
type NumberSpec = Omit<NumberField, 'kind' | 'get' | 'set' | 'integer'> & { integer?: boolean };
type SwitchSpec = Omit<SwitchField, 'kind' | 'get' | 'set'>;

function topNumber(key: KeysOf<TrainConfig, number>, spec: NumberSpec): NumberField {
  return { integer: true, ...spec, kind: 'number', get: (config) => config[key], set: (config, value) => ({ ...config, [key]: value }) };
}

function optimizerNumber(key: KeysOf<OptimizerConfig, number>, spec: NumberSpec): NumberField {
  const set = (config: TrainConfig, value: number): TrainConfig => ({ ...config, optimizer: { ...config.optimizer, [key]: value } });
  return { integer: false, ...spec, kind: 'number', get: (config) => config.optimizer[key], set };
}

function policyNumber(key: KeysOf<PolicyConfig, number>, spec: NumberSpec): NumberField {
  const set = (config: TrainConfig, value: number): TrainConfig => ({ ...config, policy: { ...config.policy, [key]: value } });
  return { integer: false, ...spec, kind: 'number', get: (config) => config.policy[key], set };
}

function policySwitch(key: KeysOf<PolicyConfig, boolean>, spec: SwitchSpec): SwitchField {
  const set = (config: TrainConfig, value: boolean): TrainConfig => ({ ...config, policy: { ...config.policy, [key]: value } });
  return { ...spec, kind: 'switch', get: (config) => config.policy[key], set };
}

function rewardNumber(key: KeysOf<RewardConfig, number>, spec: NumberSpec): NumberField {
  const set = (config: TrainConfig, value: number): TrainConfig => ({ ...config, reward: { ...config.reward, [key]: value } });
  return { integer: false, ...spec, kind: 'number', get: (config) => config.reward[key], set };
}

function sftNumber(key: KeysOf<SftConfig, number>, spec: NumberSpec): NumberField {
  const set = (config: TrainConfig, value: number): TrainConfig => ({ ...config, sft: { ...config.sft, [key]: value } });
  return { integer: false, ...spec, kind: 'number', get: (config) => config.sft[key], set };
}

function sftSwitch(key: KeysOf<SftConfig, boolean>, spec: SwitchSpec): SwitchField {
  const set = (config: TrainConfig, value: boolean): TrainConfig => ({ ...config, sft: { ...config.sft, [key]: value } });
  return { ...spec, kind: 'switch', get: (config) => config.sft[key], set };
}

/** A choice whose setter refuses values outside its list by leaving the config as it is. */
function choice<T extends string>(
  spec: Omit<ChoiceField, 'kind' | 'get' | 'set' | 'choices'> & { choices: readonly { value: T; label: string }[] },
  get: (config: TrainConfig) => T,
  set: (config: TrainConfig, value: T) => TrainConfig,
): ChoiceField {
  return {
    ...spec,
    kind: 'choice',
    get,
    set: (config, value) => {
      const known = spec.choices.find((option) => option.value === value);
      return known ? set(config, known.value) : config;
    },
  };
}

const DATA_FIELDS: readonly TrainField[] = [
  topNumber('sampleSize', {
    name: 'max_samples',
    label: 'Images to use',
    group: 'data',
    verl: 'data.max_samples_per_epoch',
    unit: '0 = all',
    help: 'A seeded choice from the chosen splits.',
    algorithms: EVERY,
    min: 0,
    max: 1_000_000,
    reason: '0 takes all images of the filter.',
  }),
  topNumber('seed', {
    name: 'seed',
    label: 'Seed',
    group: 'data',
    llava: '--random-seed',
    help: 'Order of the data, sampling of answers and dropout. The same seed gives the same curve.',
    algorithms: EVERY,
    min: 0,
    max: 4_294_967_295,
    reason: 'The generator takes 32 bits.',
  }),
];

const MODEL_FIELDS: readonly TrainField[] = [
  optimizerNumber('learningRate', {
    name: 'learning_rate',
    label: 'Learning rate',
    group: 'model',
    llava: '--learning_rate',
    verl: 'actor_rollout_ref.actor.optim.lr',
    help: 'Paper: 3e-7 for the 7B model. A tiny model needs a far larger one.',
    algorithms: EVERY,
    min: 1e-9,
    max: 0.1,
    reason: 'Above 0.1 AdamW diverges at once; 0 would not train.',
  }),
  optimizerNumber('warmupSteps', {
    name: 'warmup_steps',
    label: 'Warm-up',
    group: 'model',
    llava: '--warmup_ratio',
    verl: 'lr_warmup_steps_ratio',
    unit: 'steps',
    help: 'Steps over which the learning rate rises from 0.',
    algorithms: EVERY,
    min: 0,
    max: 10_000,
    integer: true,
    reason: 'It has to end before the run does.',
  }),
  choice(
    {
      name: 'lr_scheduler_type',
      label: 'Schedule',
      group: 'model',
      llava: '--lr_scheduler_type',
      verl: 'warmup_style',
      help: 'How the learning rate falls after the warm-up.',
      algorithms: EVERY,
      choices: [
        { value: 'constant', label: 'Constant' },
        { value: 'linear', label: 'Linear to 0' },
        { value: 'cosine', label: 'Cosine to 0' },
      ],
    },
    (config) => config.optimizer.lrSchedulerType,
    (config, lrSchedulerType) => ({ ...config, optimizer: { ...config.optimizer, lrSchedulerType } }),
  ),
  optimizerNumber('weightDecay', {
    name: 'weight_decay',
    label: 'Weight decay',
    group: 'model',
    llava: '--weight_decay',
    help: 'AdamW, decoupled.',
    algorithms: EVERY,
    min: 0,
    max: 1,
    reason: 'A share of the weight per unit of learning rate.',
  }),
  optimizerNumber('maxGradNorm', {
    name: 'max_grad_norm',
    label: 'Gradient norm limit',
    group: 'model',
    llava: '--max_grad_norm',
    verl: 'actor.grad_clip',
    help: 'Larger gradients are scaled down to this length.',
    algorithms: EVERY,
    min: 0.001,
    max: 1000,
    reason: '0 would stop all learning.',
  }),
  topNumber('microBatchSize', {
    name: 'micro_batch_size',
    label: 'Micro-batch',
    group: 'model',
    verl: 'ppo_micro_batch_size_per_gpu',
    unit: 'answers',
    help: 'Answers per pass of the update. Smaller needs less memory and gives the same gradient.',
    algorithms: POLICY,
    min: 1,
    max: 256,
    reason: 'At least one answer per pass.',
  }),
  {
    kind: 'switch',
    name: 'gradient_checkpointing',
    label: 'Gradient checkpointing',
    group: 'model',
    llava: '--gradient_checkpointing',
    help: 'Computes each block twice to save memory; same result, slower.',
    algorithms: EVERY,
    get: (config) => config.gradientCheckpointing,
    set: (config, gradientCheckpointing) => ({ ...config, gradientCheckpointing }),
  },
];

const ALGORITHM_FIELDS: readonly TrainField[] = [
  topNumber('maxSteps', {
    name: 'max_steps',
    label: 'Steps',
    group: 'algorithm',
    llava: '--max_steps',
    verl: 'trainer.total_training_steps',
    help: 'Optimizer updates.',
    algorithms: EVERY,
    min: 1,
    max: 100_000,
    reason: 'At least one step.',
  }),
  policyNumber('numGenerations', {
    name: 'num_generations',
    label: 'Answers per image (G)',
    group: 'algorithm',
    verl: 'actor_rollout_ref.rollout.n',
    help: 'Answers that are compared with each other. The paper calls it L; the released launch script uses 1.',
    algorithms: POLICY,
    min: 1,
    max: 64,
    integer: true,
    reason: 'All answers of a step are kept in memory together.',
  }),
  policyNumber('promptsPerStep', {
    name: 'prompts_per_step',
    label: 'Images per step',
    group: 'algorithm',
    verl: 'data.train_batch_size',
    help: 'Groups per optimizer step.',
    algorithms: POLICY,
    min: 1,
    max: 64,
    integer: true,
    reason: 'All answers of a step are kept in memory together.',
  }),
  policyNumber('maxCompletionLength', {
    name: 'max_completion_length',
    label: 'Answer length limit',
    group: 'algorithm',
    llava: '--max_new_tokens',
    verl: 'data.max_response_length',
    unit: 'tokens',
    help: 'Longer answers are cut and counted.',
    algorithms: POLICY,
    min: 8,
    max: 1024,
    integer: true,
    reason: 'Prompt, image and answer share the context of the model.',
  }),
  policyNumber('temperature', {
    name: 'temperature',
    label: 'Temperature',
    group: 'algorithm',
    verl: 'rollout.temperature',
    help: 'Of the sampled answers; 1 samples from the model as it is.',
    algorithms: POLICY,
    min: 0.1,
    max: 2,
    reason: 'Below 0.1 all answers of an image are the same and nothing can be compared.',
  }),
  policyNumber('topP', {
    name: 'top_p',
    label: 'Top-p',
    group: 'algorithm',
    verl: 'rollout.top_p',
    help: 'Samples only from the most likely tokens that together have this probability.',
    algorithms: POLICY,
    min: 0.05,
    max: 1,
    reason: 'It is a probability.',
  }),
  policyNumber('epsilon', {
    name: 'epsilon',
    label: 'Clip range (epsilon)',
    group: 'algorithm',
    verl: 'prpo.clip_eps',
    help: 'How far the ratio may move before its gradient is cut.',
    algorithms: POLICY,
    min: 0.001,
    max: 1,
    reason: 'The ratio is kept in 1 - epsilon .. 1 + epsilon.',
  }),
  policyNumber('beta', {
    name: 'beta',
    label: 'KL coefficient (beta)',
    group: 'algorithm',
    verl: 'actor.kl_loss_coef',
    help: 'Pull towards the start model. Paper 0.01; the released code effectively uses 0.001.',
    algorithms: POLICY,
    min: 0,
    max: 10,
    reason: '0 switches the pull off; negative would push away.',
  }),
  policyNumber('dualClip', {
    name: 'dual_clip',
    label: 'Dual clip',
    group: 'algorithm',
    verl: 'actor.clip_ratio_c',
    unit: '0 = off',
    help: 'Limit of the loss for negative advantages; released code only, 3.',
    algorithms: POLICY,
    min: 0,
    max: 100,
    reason: '0 switches it off; useful values are above 1.',
  }),
  policyNumber('numIterations', {
    name: 'num_iterations',
    label: 'Updates per rollout',
    group: 'algorithm',
    verl: 'actor.ppo_epochs',
    help: 'Optimizer updates on the same answers.',
    algorithms: POLICY,
    min: 1,
    max: 16,
    integer: true,
    reason: 'After a few updates the answers are too old to learn from.',
  }),
  choice(
    {
      name: 'objective',
      label: 'Objective',
      group: 'algorithm',
      verl: 'algorithm.adv_estimator',
      help: 'What the ratio is taken over. Paper: paragraphs. Released code: tokens.',
      algorithms: POLICY,
      choices: [
        { value: 'paper', label: 'PRPO, paragraph ratio (paper)' },
        { value: 'released', label: 'PRPO, token ratio (released code)' },
        { value: 'grpo-trl', label: 'GRPO as in TRL' },
        { value: 'grpo-verl', label: 'GRPO as in verl' },
      ],
    },
    (config) => config.policy.objective,
    (config, objective) => ({ ...config, policy: { ...config.policy, objective } }),
  ),
  choice(
    {
      name: 'group_scope',
      label: 'Group of a paragraph',
      group: 'algorithm',
      verl: 'prpo.group_by',
      help: 'Whose rewards a paragraph is compared with.',
      algorithms: ['prpo'],
      choices: [
        { value: 'image', label: 'All answers of the image (paper)' },
        { value: 'completion', label: 'Its own answer (released code)' },
      ],
    },
    (config) => config.policy.groupScope,
    (config, groupScope) => ({ ...config, policy: { ...config.policy, groupScope } }),
  ),
  policySwitch('normalizeAdvantage', {
    name: 'scale_rewards',
    label: 'Divide by the deviation',
    group: 'algorithm',
    verl: 'prpo.normalize_adv',
    help: 'Advantages in units of the deviation of the group.',
    algorithms: POLICY,
  }),
  policySwitch('excludeZeroRewards', {
    name: 'exclude_zero_rewards',
    label: 'Leave out zero rewards',
    group: 'algorithm',
    help: 'Released code: unparsed answers are ignored instead of punished.',
    algorithms: ['prpo'],
  }),
  sftNumber('perDeviceTrainBatchSize', {
    name: 'per_device_train_batch_size',
    label: 'Batch size',
    group: 'algorithm',
    llava: '--per_device_train_batch_size',
    unit: 'images',
    help: 'Images per pass.',
    algorithms: SFT,
    min: 1,
    max: 256,
    integer: true,
    reason: 'At least one image per pass.',
  }),
  sftNumber('gradientAccumulationSteps', {
    name: 'gradient_accumulation_steps',
    label: 'Accumulation',
    group: 'algorithm',
    llava: '--gradient_accumulation_steps',
    unit: 'passes',
    help: 'Passes per optimizer step.',
    algorithms: SFT,
    min: 1,
    max: 256,
    integer: true,
    reason: 'At least one pass per step.',
  }),
];

const REWARD_FIELDS: readonly TrainField[] = [
  rewardNumber('alpha', {
    name: 'alpha_clip',
    label: 'Weight of VCR (alpha)',
    group: 'rewards',
    verl: 'ALPHA_CLIP',
    help: 'Visual consistency: does the phrase match the picture.',
    algorithms: POLICY,
    min: 0,
    max: 10,
    reason: 'A negative weight would reward what does not match.',
  }),
  rewardNumber('beta', {
    name: 'beta_consistency',
    label: 'Weight of PCR (beta)',
    group: 'rewards',
    verl: 'BETA_CONSISTENCY',
    help: 'Prediction consistency: does the conclusion agree with the majority of paragraphs. 1 for all but the final one.',
    algorithms: POLICY,
    min: 0,
    max: 10,
    reason: 'A negative weight would reward contradictions.',
  }),
  rewardNumber('keywordLength', {
    name: 'keyword_ngram',
    label: 'Keyword length (YAKE n)',
    group: 'rewards',
    unit: 'words',
    help: 'Longest phrase that can be the keyword of a paragraph.',
    algorithms: POLICY,
    min: 1,
    max: 10,
    integer: true,
    reason: 'The reference uses 10; the older reward file 3.',
  }),
  rewardNumber('maxParagraphs', {
    name: 'prpo_max_paragraphs',
    label: 'Paragraphs at most',
    group: 'rewards',
    verl: 'prpo.max_paragraphs',
    help: 'Later paragraphs get no reward; how many were cut is shown.',
    algorithms: POLICY,
    min: 1,
    max: 8,
    integer: true,
    reason: 'Reward lists have 8 places.',
  }),
  choice(
    {
      name: 'final_paragraph_vcr',
      label: 'VCR of the final paragraph',
      group: 'rewards',
      help: 'Not in the paper: the bare words "real" and "fake" score below any phrase, so the answer line gets a steady negative advantage.',
      algorithms: POLICY,
      choices: [
        { value: 'own', label: 'Its own (paper)' },
        { value: 'mean-of-others', label: 'Mean of the paragraphs before it' },
      ],
    },
    (config) => config.reward.finalParagraphVcr,
    (config, finalParagraphVcr) => ({ ...config, reward: { ...config.reward, finalParagraphVcr } }),
  ),
  choice(
    {
      name: 'answer_rule',
      label: 'Answer used by PCR',
      group: 'rewards',
      help: 'Released code reads it from the last matching line, which can differ from the tag.',
      algorithms: POLICY,
      choices: [
        { value: 'prpo', label: 'After ### Answer: (paper)' },
        { value: 'prpo+final-line', label: 'Last matching line (released code)' },
      ],
    },
    (config) => config.reward.answerRule,
    (config, answerRule) => ({ ...config, reward: { ...config.reward, answerRule } }),
  ),
  sftNumber('lmLossWeight', {
    name: 'lm_loss_weight',
    label: 'Weight of the text loss',
    group: 'rewards',
    llava: '--lm_loss_weight',
    help: 'Next-token loss of the reference answer.',
    algorithms: SFT,
    min: 0,
    max: 1000,
    reason: 'A negative weight would unlearn.',
  }),
  sftNumber('binaryLossWeight', {
    name: 'binary_loss_weight',
    label: 'Weight of the binary loss',
    group: 'rewards',
    llava: '--binary_loss_weight',
    help: 'Real or fake from the image alone; 10 in the paper.',
    algorithms: STAGE2,
    min: 0,
    max: 1000,
    reason: 'A negative weight would unlearn.',
  }),
  sftSwitch('useBinaryLabels', {
    name: 'use_binary_labels',
    label: 'Train the binary head',
    group: 'rewards',
    llava: '--use_binary_labels',
    help: 'Needs a label for every image.',
    algorithms: STAGE2,
  }),
  topNumber('saveSteps', {
    name: 'save_steps',
    label: 'Checkpoint every',
    group: 'rewards',
    llava: '--save_steps',
    verl: 'trainer.save_freq',
    unit: 'steps',
    help: 'A model to evaluate or compare later. Resuming needs none: the state of every step is stored.',
    algorithms: EVERY,
    min: 1,
    max: 10_000,
    reason: 'At least one step apart.',
  }),
  topNumber('saveTotalLimit', {
    name: 'save_total_limit',
    label: 'Keep newest',
    group: 'rewards',
    llava: '--save_total_limit',
    unit: 'checkpoints, 0 = all',
    help: 'Older checkpoints of the run are deleted.',
    algorithms: EVERY,
    min: 0,
    max: 1000,
    reason: '0 keeps all.',
  }),
  topNumber('evalSteps', {
    name: 'eval_steps',
    label: 'Probe every',
    group: 'rewards',
    llava: '--eval_steps',
    verl: 'trainer.test_freq',
    unit: 'steps, 0 = off',
    help: 'Accuracy on a fixed sample while training.',
    algorithms: EVERY,
    min: 0,
    max: 10_000,
    reason: '0 switches the probe off.',
  }),
  topNumber('probeSize', {
    name: 'probe_size',
    label: 'Probe images',
    group: 'rewards',
    unit: 'images',
    help: 'Fixed for the whole run.',
    algorithms: EVERY,
    min: 1,
    max: 1000,
    reason: 'At least one image.',
  }),
];

export const TRAIN_FIELDS: readonly TrainField[] = [...DATA_FIELDS, ...MODEL_FIELDS, ...ALGORITHM_FIELDS, ...REWARD_FIELDS];

export const FIELD_GROUPS: readonly { group: FieldGroup; title: string }[] = [
  { group: 'data', title: 'Data' },
  { group: 'model', title: 'Model and optimizer' },
  { group: 'algorithm', title: 'Algorithm' },
  { group: 'rewards', title: 'Rewards, losses and logging' },
];

/** Fields of an algorithm, in form order. */
export function fieldsFor(algorithm: Algorithm): TrainField[] {
  return TRAIN_FIELDS.filter((field) => field.algorithms.includes(algorithm));
}

/** The names of a field in the other dialects, for its tooltip. */
export function fieldAliases(field: TrainField): string {
  const parts = [field.name, field.llava && `LLaVA ${field.llava}`, field.verl && `verl ${field.verl}`];
  return parts.filter((part) => part !== undefined).join(' · ');
}

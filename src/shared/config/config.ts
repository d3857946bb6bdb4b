// Settings of evaluations and training runs, with TRL's names (spec/formats.md 6). Ranges and presets: presets.ts, fields.ts.
import type { Label, Split } from '../domain/sample.ts';
import type { Perturbation } from '../image/perturb.ts';

/** Which samples of a dataset. Empty arrays mean "all". */
export interface SampleFilter {
  domains: string[];
  splits: Split[];
  labels: (Label | 'none')[];
  predicted: (Label | 'unparsed' | 'none')[];
  search?: string;
  /** Only samples with one of these tags; none = all. Counts of a dataset do not know tags. */
  tags?: string[];
}

export interface DecodingConfig {
  /** 0 = greedy. */
  temperature: number;
  topP: number;
  maxNewTokens: number;
  seed: number;
  /** How the weights that each new token reads are stored; absent = f32. Only webgpu stores less, see `EngineStamp.precision`. */
  precision?: WeightPrecision;
}

/** f16: half the bytes. q8: 8-bit steps, one scale for 32 weights. */
export type WeightPrecision = 'f32' | 'f16' | 'q8';

export type TemplateName = 'v1' | 'llava_v1' | 'plain';

/** Settings of the reward (spec/prpo.md 3 to 6, 12). */
export interface RewardConfig {
  alpha: number;
  beta: number;
  /** YAKE n. */
  keywordLength: number;
  maxParagraphs: number;
  /** A piece must be longer than this to be kept. */
  minCharacters: number;
  /** `blank-line` is the rule; `headings` also splits on `**Head**:` and `1. `. */
  splitter: 'blank-line' | 'headings';
  /** Paper preset: (b) everywhere; released: (b) decides unparsed, (b2) supplies the answer. */
  answerRule: 'prpo' | 'prpo+final-line';
  /** Off (`own`) by default; not in the paper (spec/prpo.md 5.1). */
  finalParagraphVcr: 'own' | 'mean-of-others';
  /**
   * Who decides a tie of the paragraphs' votes: the stated answer; the side whose paragraphs fit the picture better by their sum; or the
   * majority without the paragraph that fits worst. Absent = `answer`; the others are not in the paper.
   */
  tieVote?: 'answer' | 'vcr' | 'vcr-worst';
}

/** Who reads the verdict out of an answer's text, see text/answer-parsers.ts. */
export type AnswerParser = 'eval' | 'prpo' | 'strict' | 'plain';

export interface EvalConfig {
  filter: SampleFilter;
  /** 0 = all. */
  sampleSize: number;
  seed: number;
  decoding: DecodingConfig;
  template: TemplateName;
  /** Text of the user turn, with `<image>`. */
  prompt: string;
  parser: AnswerParser;
  reward: RewardConfig;
  /** Made to every picture before the model's own transform; absent = none. */
  perturbation?: Perturbation;
  /** Answers per image, of which the majority counts; absent = 1. */
  votes?: number;
}

export interface LoraConfig {
  r: number;
  loraAlpha: number;
  loraDropout: number;
  /** Module name endings, PEFT's way. */
  targetModules: string[];
}

/** Settings of GRPO and PRPO. */
export interface PolicyConfig {
  numGenerations: number;
  /** Prompts (images) per step. */
  promptsPerStep: number;
  maxCompletionLength: number;
  temperature: number;
  topP: number;
  epsilon: number;
  /** KL coefficient. */
  beta: number;
  /** Released code only; 0 = off. */
  dualClip: number;
  /** paper: paragraph ratio; released: token ratio; grpo-*: baselines (spec/prpo.md 9). */
  objective: 'paper' | 'released' | 'grpo-verl' | 'grpo-trl';
  normalizeAdvantage: boolean;
  /**
   * image: all completions of an image; completion: each on its own (released code with n = 1); position: those of an image, counted
   * from the mean of the paragraphs at the same position, or, where at most half of them have it, as the whole answer (not in the paper).
   */
  groupScope: 'image' | 'completion' | 'position';
  /** Leave paragraphs with reward <= 0 out of the group (released code). */
  excludeZeroRewards: boolean;
  /** Optimizer updates on the same rollouts. */
  numIterations: number;
}

export interface OptimizerConfig {
  learningRate: number;
  adamBeta1: number;
  adamBeta2: number;
  adamEpsilon: number;
  weightDecay: number;
  maxGradNorm: number;
  warmupSteps: number;
  /** Names of transformers; see `schedulerOf`. */
  lrSchedulerType: 'constant' | 'constant_with_warmup' | 'linear' | 'cosine';
}

/**
 * The schedule by transformers' name. There `constant` has no warm-up. Runs of earlier versions stored it for both constant
 * schedules, so with warm-up steps it means the other.
 */
export function schedulerOf({ lrSchedulerType, warmupSteps }: OptimizerConfig): OptimizerConfig['lrSchedulerType'] {
  return lrSchedulerType === 'constant' && warmupSteps > 0 ? 'constant_with_warmup' : lrSchedulerType;
}

export interface SftConfig {
  lmLossWeight: number;
  binaryLossWeight: number;
  useBinaryLabels: boolean;
  /** Augmented copy for the binary branch (official) / for the LM branch. */
  augmentBinaryBranch: boolean;
  augmentLmBranch: boolean;
  /** The released trainer's sum (spec/model.md 4). */
  releasedLoss: boolean;
  perDeviceTrainBatchSize: number;
  gradientAccumulationSteps: number;
}

/** What a run decides from its probe; metric names as logged (spec/metrics.md 6). */
export interface SelectionConfig {
  /** The checkpoint of the best probe is kept beside the newest ones and named at the end. */
  loadBestModelAtEnd: boolean;
  /** Larger is better for all of them. */
  metricForBestModel: 'eval/acc' | 'eval/f1' | 'eval/auc' | 'eval_reward';
  /** Probes without improvement after which the run ends; 0 = never. */
  earlyStoppingPatience: number;
  /** What counts as an improvement must be larger than this. */
  earlyStoppingThreshold: number;
}

export type Algorithm = 'sft-stage1' | 'sft-stage2' | 'grpo' | 'prpo';

/** A whole training run. */
export interface TrainConfig {
  algorithm: Algorithm;
  /** Name of the preset it started from. */
  preset: string;
  filter: SampleFilter;
  /** Images taken from the filter; 0 = all. */
  sampleSize: number;
  maxSteps: number;
  seed: number;
  template: TemplateName;
  prompt: string;
  optimizer: OptimizerConfig;
  policy: PolicyConfig;
  reward: RewardConfig;
  sft: SftConfig;
  /** null = full fine-tuning of the trainable part. */
  lora: LoraConfig | null;
  /** Gradient checkpointing per block. */
  gradientCheckpointing: boolean;
  /** Completions per micro-batch of the update. */
  microBatchSize: number;
  saveSteps: number;
  /** Keep the newest N resumable checkpoints; 0 = all. */
  saveTotalLimit: number;
  /** Probe evaluation every N steps on a fixed sample; 0 = off. */
  evalSteps: number;
  probeSize: number;
  /** Not in runs of earlier versions; read it through `selectionOf`. */
  selection?: SelectionConfig;
}

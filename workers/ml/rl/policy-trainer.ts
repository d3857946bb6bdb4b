// One step of GRPO or PRPO from pictures to updated weights (spec/prpo.md 2): generate, reward, advantages, log-probabilities,
// update. Knows nothing about storage; a step depends only on the weights, the moments, the configuration and its number.
import type { TrainConfig } from '../../../src/shared/config/config.ts';
import type { ScoredCompletion } from '../../../src/shared/domain/answer.ts';
import type { Label } from '../../../src/shared/domain/sample.ts';
import { groupAdvantages, groupKeys, type CompletionAdvantages } from '../../../src/shared/rewards/group-advantages.ts';
import { mapTokensToParagraphs } from '../../../src/shared/rewards/token-map.ts';
import type { Variable } from '@tensorflow/tfjs-core';
import type { Detector, EncodedImages } from '../model/detector.ts';
import type { DxLlava } from '../model/dx-llava.ts';
import { Generator, type Completion } from '../model/generate.ts';
import { AdamwOptimizer } from '../train/optimizer.ts';
import { learningRateAt } from '../train/schedule.ts';
import { adamwSettings } from '../train/sft.ts';
import { PhaseClock, type OnPhase, type PhaseTimes } from './phase-clock.ts';
import { tokenAdvantage } from './policy-batch.ts';
import { PolicyUpdate, type KnownLogProbs, type PendingLogProbs, type UpdateResult, type UpdateRow } from './policy-update.ts';
import { completionMetrics, mean, type MetricCompletion } from './step-metrics.ts';

/** One completion of a step, ready to be stored. */
export interface TrainedCompletion {
  /** Which picture of the step. */
  group: number;
  text: string;
  /** Paragraphs carry their advantages. */
  scored: ScoredCompletion;
  /** Mean over the completion's tokens. */
  advantage: number;
  tokenCount: number;
  terminated: boolean;
  /** Tokens that belong to no kept paragraph. */
  unassignedTokens: number;
}

export interface PolicyStep {
  metrics: Record<string, number>;
  completions: TrainedCompletion[];
  phaseMs: PhaseTimes;
  /** Loss or gradient was not finite; the weights are unchanged. */
  skipped: boolean;
}

export interface PolicyStepOptions {
  /** Counted from 0. */
  step: number;
  /** Of each picture, for `accuracy_reward` in the log only; no label enters reward or update. */
  labels?: readonly (Label | null)[];
  onPhase?: OnPhase;
  signal?: AbortSignal;
}

export interface PolicyEvaluationOptions {
  /** Pictures evaluated before these: each has draws of its own, the same whenever it is evaluated. */
  firstImage: number;
  signal: AbortSignal;
}

/** Draws of an evaluation count from here, so that they use no number of a step's. */
const EVALUATION_ROWS = 2 ** 30;

/** Borrows detector, reference and parameters; owns the optimizer state. */
export class PolicyTrainer {
  readonly optimizer: AdamwOptimizer;
  readonly #detector: Detector;
  readonly #reference: DxLlava | null;
  readonly #config: TrainConfig;
  readonly #totalSteps: number;
  readonly #update: PolicyUpdate;

  /**
   * @param reference frozen start model; null when beta is 0
   * @param parameters what is trained, usually the language model's
   */
  constructor(
    detector: Detector,
    reference: DxLlava | null,
    parameters: Record<string, Variable>,
    config: TrainConfig,
    totalSteps: number,
  ) {
    this.#detector = detector;
    this.#reference = config.policy.beta > 0 ? reference : null;
    this.#config = config;
    this.#totalSteps = totalSteps;
    this.optimizer = new AdamwOptimizer(parameters, adamwSettings(config.optimizer));
    const { microBatchSize, gradientCheckpointing, policy } = config;
    this.#update = new PolicyUpdate(detector.model, this.#reference, parameters, {
      ...policy,
      temperature: policy.temperature || 1,
      microBatchSize,
      gradientCheckpointing,
    });
  }

  /** One whole step on the given pictures. @param images borrowed */
  async step(images: EncodedImages, options: PolicyStepOptions): Promise<PolicyStep> {
    const clock = new PhaseClock(options.onPhase);
    const promptIds = this.#detector.promptIds(this.#config);
    clock.enter('generate');
    const { numGenerations } = this.#config.policy;
    const firstRowId = options.step * images.features.length * numGenerations; // a resumed run draws the same
    const completions = await this.#generate(promptIds, images, { firstRowId, signal: options.signal }, clock);
    const { rows, known } = await this.#rewardAndLogProbs(promptIds, images, completions, clock, this.#config.policy.numIterations);
    clock.enter('update');
    const learningRate = learningRateAt(options.step, this.#totalSteps, this.#config.optimizer);
    const updates = await this.#updates(rows, images, { learningRate, known, step: options.step }, clock);
    const phaseMs = clock.stop();
    return {
      metrics: {
        ...completionMetrics(rows.map((row) => metricCompletion(row, options.labels))),
        ...withoutKl(updateMetrics(updates), this.#reference === null),
        learning_rate: learningRate,
        ...timing(phaseMs),
      },
      completions: rows.map(trainedCompletion),
      phaseMs,
      skipped: updates.some(({ skipped }) => skipped),
    };
  }

  /**
   * What a step on the given pictures would log of its loss and its groups, as TRL's evaluation: groups are drawn, scored and
   * measured, nothing is changed. @param images borrowed
   */
  async evaluate(images: EncodedImages, { firstImage, signal }: PolicyEvaluationOptions): Promise<Record<string, number>> {
    const clock = new PhaseClock();
    const promptIds = this.#detector.promptIds(this.#config);
    const firstRowId = EVALUATION_ROWS + firstImage * this.#config.policy.numGenerations;
    const completions = await this.#generate(promptIds, images, { firstRowId, signal }, clock);
    const { rows, known } = await this.#rewardAndLogProbs(promptIds, images, completions, clock, 1);
    const { loss = NaN, kl = NaN, entropy = NaN } = await this.#update.evaluate(rows, images.visionTokens, known);
    const { reward_std = NaN, frac_reward_zero_std = NaN } = completionMetrics(rows.map((row) => metricCompletion(row, [])));
    return withoutKl({ loss, kl, entropy, reward_std, frac_reward_zero_std }, this.#reference === null);
  }

  async #generate(
    promptIds: Int32Array,
    images: EncodedImages,
    { firstRowId, signal }: { firstRowId: number; signal: AbortSignal | undefined },
    clock: PhaseClock,
  ): Promise<Completion[]> {
    const { policy, seed } = this.#config;
    const generator = new Generator(this.#detector.model);
    const prompts = Array.from({ length: images.features.length }, (_, image) => ({ ids: promptIds, image }));
    let longest = 0;
    const lengths = new Map<number, number>();
    const onTokens = (row: number, ids: readonly number[]): void => {
      lengths.set(row, (lengths.get(row) ?? 0) + ids.length);
      longest = Math.max(longest, lengths.get(row) ?? 0);
      clock.progress(longest, policy.maxCompletionLength);
    };
    try {
      return await generator.generate(prompts, images.visionTokens, {
        temperature: policy.temperature,
        topP: policy.topP,
        maxNewTokens: policy.maxCompletionLength,
        numGenerations: policy.numGenerations,
        seed,
        firstRowId,
        onTokens,
        ...(signal ? { signal } : {}),
      });
    } finally {
      generator.dispose();
    }
  }

  /** Which picture of the step a completion is about. */
  #imageOf(completion: number): number {
    return Math.floor(completion / this.#config.policy.numGenerations);
  }

  async #reward(promptIds: Int32Array, images: EncodedImages, completions: Completion[]): Promise<ScoredRow[]> {
    const { policy, reward } = this.#config;
    const { tokenizer } = this.#detector;
    const imageOf = (i: number): number => this.#imageOf(i);
    const texts = completions.map(({ ids }) => tokenizer.decode(ids));
    const scored = await this.#detector.score(texts, images.features, imageOf, { reward, parser: 'prpo' });
    const advantages = groupAdvantages(scored, groupKeys(scored.map((_, i) => imageOf(i)), policy.groupScope), policy); // prettier-ignore
    return completions.flatMap((completion, i) => {
      const [own, advantage, text] = [scored[i], advantages[i], texts[i]];
      if (!own || !advantage || text === undefined) return [];
      const paragraphIds = mapTokensToParagraphs(tokenizer.piecesOf(completion.ids), own.paragraphs);
      const scoredRow = {
        promptIds,
        completionIds: completion.ids,
        image: imageOf(i),
        paragraphIds,
        paragraphAdvantages: advantage.paragraphs,
      };
      return [
        {
          ...scoredRow,
          ...(advantage.completion === undefined ? {} : { completionAdvantage: advantage.completion }),
          text,
          scored: withAdvantages(own, advantage),
          completion,
        },
      ];
    });
  }

  /**
   * The log-probabilities are begun before the texts are scored: JavaScript and the other threads, or the GPU, work at the same time.
   * @param updates that follow on these completions
   */
  async #rewardAndLogProbs(
    promptIds: Int32Array,
    images: EncodedImages,
    completions: Completion[],
    clock: PhaseClock,
    updates: number,
  ): Promise<{ rows: ScoredRow[]; known: KnownLogProbs }> {
    clock.enter('logprobs');
    const { old, reference } = this.#startLogProbs(promptIds, images, completions, updates);
    try {
      clock.enter('reward');
      const rows = await this.#reward(promptIds, images, completions);
      clock.enter('logprobs');
      return { rows, known: { old: (await old?.read()) ?? null, reference: (await reference?.read()) ?? null } };
    } finally {
      old?.dispose();
      reference?.dispose();
    }
  }

  /** The sampler's log-probabilities are only needed when several updates follow: in the first one the ratio is exactly 1. */
  #startLogProbs(promptIds: Int32Array, images: EncodedImages, completions: readonly Completion[], updates: number): PendingKnown {
    const rows = completions.map(({ ids }, i) => ({ promptIds, completionIds: ids, image: this.#imageOf(i) }));
    const old = updates > 1 ? this.#update.startLogProbs(rows, images.visionTokens, 'policy') : null;
    try {
      return { old, reference: this.#reference ? this.#update.startLogProbs(rows, images.visionTokens, 'reference') : null };
    } catch (error) {
      old?.dispose();
      throw error;
    }
  }

  async #updates(
    rows: ScoredRow[],
    images: EncodedImages,
    { learningRate, known, step }: { learningRate: number; known: KnownLogProbs; step: number },
    clock: PhaseClock,
  ): Promise<UpdateResult[]> {
    const results: UpdateResult[] = [];
    const { policy, seed } = this.#config;
    const { numIterations } = policy;
    for (let i = 0; i < numIterations; i++) {
      const dropoutKey = `${seed}/dropout/${step}/${i}`;
      results.push(await this.#update.step(rows, images.visionTokens, this.optimizer, learningRate, known, dropoutKey));
      clock.progress(i + 1, numIterations);
    }
    return results;
  }

  dispose(): void {
    this.optimizer.dispose();
  }
}

interface PendingKnown {
  old: PendingLogProbs | null;
  reference: PendingLogProbs | null;
}

interface ScoredRow extends UpdateRow {
  text: string;
  scored: ScoredCompletion;
  completion: Completion;
}

function withAdvantages(scored: ScoredCompletion, { paragraphs }: CompletionAdvantages): ScoredCompletion {
  return { ...scored, paragraphs: scored.paragraphs.map((paragraph, p) => ({ ...paragraph, advantage: paragraphs[p] ?? null })) };
}

function trainedCompletion(row: ScoredRow): TrainedCompletion {
  const advantages = row.paragraphIds.map((_, t) => tokenAdvantage(row, t));
  return {
    group: row.image,
    text: row.text,
    scored: row.scored,
    advantage: advantages.length === 0 ? 0 : mean(advantages),
    tokenCount: row.completionIds.length,
    terminated: row.completion.terminated,
    unassignedTokens: row.paragraphIds.filter((id) => id === null).length,
  };
}

function metricCompletion(row: ScoredRow, labels: PolicyStepOptions['labels']): MetricCompletion {
  const { scored, completion, image, paragraphAdvantages } = row;
  return {
    scored,
    group: image,
    length: completion.ids.length,
    terminated: completion.terminated,
    advantages: paragraphAdvantages,
    label: labels?.[image] ?? null,
  };
}

/** TRL's names for what the objectives return. */
const SCALAR_NAMES: Record<string, string> = {
  loss: 'loss',
  kl: 'kl',
  entropy: 'entropy',
  clipfrac: 'clip_ratio/region_mean',
  clipLow: 'clip_ratio/low_mean',
  clipHigh: 'clip_ratio/high_mean',
  clipfracLower: 'prpo/clipfrac_lower',
  ppoKl: 'prpo/ppo_kl',
  ratioMean: 'prpo/ratio/mean',
  policyLoss: 'prpo/policy_loss', // TRL's `policy_loss` belongs to an entropy bonus, which there is none of
};

/** Means over the updates of a step, and where TRL logs them the extremes. */
function updateMetrics(updates: readonly UpdateResult[]): Record<string, number> {
  const valuesOf = (name: string): number[] => updates.map(({ scalars }) => scalars[name] ?? NaN);
  const names = Object.keys(SCALAR_NAMES).filter((name) => updates[0]?.scalars[name] !== undefined);
  return {
    ...Object.fromEntries(names.map((name) => [SCALAR_NAMES[name] ?? name, mean(valuesOf(name))])),
    'clip_ratio/low_min': Math.min(...valuesOf('clipLow')),
    'clip_ratio/high_max': Math.max(...valuesOf('clipHigh')),
    'prpo/ratio/max': Math.max(...valuesOf('ratioMax')),
    'prpo/clipfrac': mean(valuesOf('clipfrac')),
    grad_norm: mean(updates.map(({ gradNorm }) => gradNorm)),
  };
}

/** TRL logs `kl` only with a KL term: a curve of zeros would say that the model did not move. */
function withoutKl({ kl = NaN, ...metrics }: Record<string, number>, isOff: boolean): Record<string, number> {
  return isOff ? metrics : { ...metrics, kl };
}

function timing(phaseMs: PolicyStep['phaseMs']): Record<string, number> {
  return { step_time: Object.values(phaseMs).reduce((total, ms) => total + ms, 0) / 1000 };
}

// GRPO and PRPO for the training loop: pictures in, stored completions out. The step itself is ml/rl/policy-trainer.ts.
import { dispose } from '@tensorflow/tfjs-core';
import { chunks } from '../../src/shared/chunks.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import { DxLlava } from '../ml/model/dx-llava.ts';
import { PolicyTrainer, type PolicyStep, type TrainedCompletion } from '../ml/rl/policy-trainer.ts';
import { STAGE_PARAMETERS } from '../ml/train/sft.ts';
import type { Algorithm, AlgorithmStep, StepCompletion, StepHooks } from './algorithm.ts';
import { batchOf } from './images.ts';
import { attachAdapter, type AlgorithmSetup } from './algorithm-setup.ts';
import { samplesOfStep, withoutBrokenPictures } from './training-data.ts';
import type { Trained } from './trainer-state.ts';

/** Trains the language model; tower, projector and head stay frozen, as in the paper. */
export class PolicyAlgorithm implements Algorithm {
  readonly trained: Trained;
  readonly #setup: AlgorithmSetup;
  readonly #trainer: PolicyTrainer;
  readonly #disposeReference: () => void;

  /** @throws E-CONTEXT when prompt and completion exceed the model's length */
  constructor(setup: AlgorithmSetup) {
    const { model, config } = setup;
    this.#setup = setup;
    const { detector, weights } = model;
    detector.model.assertFits(detector.promptIds(config), config.policy.maxCompletionLength);
    const adapter = attachAdapter(setup);
    const parameters = adapter ? adapter.variables() : weights.trainable(STAGE_PARAMETERS.language);
    // An adapter leaves the start weights as they are; else what is trained must be copied before the first update.
    const start = adapter || config.policy.beta === 0 ? weights : weights.copy(STAGE_PARAMETERS.language);
    const reference = new DxLlava(model.config, start);
    this.#disposeReference = () => {
      reference.dispose();
      if (start !== weights) start.dispose();
      adapter?.dispose();
    };
    try {
      this.#trainer = new PolicyTrainer(detector, reference, parameters, config, config.maxSteps);
    } catch (error) {
      this.#disposeReference();
      throw error;
    }
    this.trained = { parameters, adapter, optimizer: this.#trainer.optimizer };
  }

  async step(step: number, hooks: StepHooks): Promise<AlgorithmStep> {
    const { model, images, data, config } = this.#setup;
    const wanted = samplesOfStep(data, config.seed, config.policy.promptsPerStep, step);
    const ready = await withoutBrokenPictures(wanted, ({ id }) => images.encoded(model, id));
    const left = { 'data/left_out_images': wanted.length - ready.length };
    if (ready.length === 0) return { metrics: left, completions: [], phaseMs: {}, numTokens: 0, skipped: false };
    const batch = batchOf(model.detector, ready.map(({ loaded }) => loaded)); // prettier-ignore
    try {
      const samples = ready.map(({ sample }) => sample);
      const result = await this.#trainer.step(batch, { step, labels: samples.map(({ label }) => label), ...hooks });
      return {
        ...result,
        metrics: { ...result.metrics, ...left },
        completions: storedCompletions(result, samples),
        numTokens: this.#tokensOf(result),
      };
    } finally {
      dispose(batch.visionTokens);
    }
  }

  /** Mean over the pictures, as many at once as a step has. */
  async evaluate(samples: readonly SampleRecord[], signal: AbortSignal): Promise<Record<string, number>> {
    const { model, images, config } = this.#setup;
    const ready = await withoutBrokenPictures(samples, ({ id }) => images.encoded(model, id));
    const { promptsPerStep } = config.policy;
    const sums: Record<string, number> = {};
    for (const [i, part] of chunks(ready, promptsPerStep).entries()) {
      const batch = batchOf(model.detector, part.map(({ loaded }) => loaded)); // prettier-ignore
      try {
        const metrics = await this.#trainer.evaluate(batch, { firstImage: i * promptsPerStep, signal });
        for (const [name, value] of Object.entries(metrics))
          sums[`eval_${name}`] = (sums[`eval_${name}`] ?? 0) + (value * part.length) / ready.length;
      } finally {
        dispose(batch.visionTokens);
      }
    }
    return sums;
  }

  #tokensOf({ completions }: PolicyStep): number {
    const { detector } = this.#setup.model;
    const prompt = detector.promptIds(this.#setup.config).length + detector.model.numVisionTokens - 1;
    return completions.reduce((sum, { tokenCount }) => sum + prompt + tokenCount, 0);
  }

  dispose(): void {
    this.#trainer.dispose();
    this.#disposeReference();
  }
}

function storedCompletions({ completions }: PolicyStep, samples: readonly SampleRecord[]): StepCompletion[] {
  return completions.flatMap((completion, index) => {
    const sample = samples[completion.group];
    return sample ? [storedCompletion(completion, index, sample)] : [];
  });
}

function storedCompletion({ scored, group, ...completion }: TrainedCompletion, index: number, sample: SampleRecord): StepCompletion {
  return { ...scored, ...completion, index, group, sampleId: sample.id, path: sample.path, label: sample.label };
}

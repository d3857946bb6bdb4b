// Which samples a run learns from, in which order, and the fixed ones that its probe looks at.
import { ALL_SAMPLES, selectionOf } from '../../src/shared/config/presets.ts';
import type { TrainConfig } from '../../src/shared/config/config.ts';
import type { SampleRecord, Split } from '../../src/shared/domain/sample.ts';
import type { ErrorCode } from '../../src/shared/errors.ts';
import { toErrorRecord, WorkbenchError } from '../../src/shared/errors.ts';
import { chooseSampleIds } from '../../src/shared/sample-choice.ts';
import { reasonToLeaveOut } from '../ml/text/template.ts';
import { batchIndices } from '../ml/train/data-order.ts';

/** Samples that pass the filter and can be learnt from, in the run's order. */
export interface TrainingData {
  samples: SampleRecord[];
  /** Passed the filter but have no reference answer or no label. */
  leftOut: number;
}

/** @throws E-CONFIG when nothing is left */
export function trainingData(samples: readonly SampleRecord[], config: TrainConfig): TrainingData {
  const byId = new Map(samples.map((sample) => [sample.id, sample]));
  const chosen = chooseSampleIds(samples, config.filter, config.sampleSize, config.seed).flatMap((id) => byId.get(id) ?? []);
  const usable = chosen.filter((sample) => canLearnFrom(sample, config));
  if (usable.length > 0) return { samples: usable, leftOut: chosen.length - usable.length };
  throw new WorkbenchError(
    'E-CONFIG',
    chosen.length === 0
      ? 'No image passes the chosen filter.'
      : 'None of the chosen images has a reference answer and a label to learn from.',
    {
      safe: 'Nothing was trained.',
      remedy: chosen.length === 0 ? 'Choose another split or domain.' : 'Import a training JSON with the images, or train with PRPO.',
    },
  );
}

/** Policy training needs pictures alone; supervised training needs the answer, and the binary branch the label. */
export function canLearnFrom({ annotation, label }: SampleRecord, { algorithm, sft }: TrainConfig): boolean {
  if (algorithm === 'prpo' || algorithm === 'grpo') return true;
  if (!annotation || reasonToLeaveOut([annotation]) !== null) return false;
  return algorithm === 'sft-stage1' || !sft.useBinaryLabels || label !== null || annotation.binaryLabel !== undefined;
}

/** The samples of one step. @param step counted from 0 */
export function samplesOfStep(data: TrainingData, seed: number, batchSize: number, step: number): SampleRecord[] {
  return batchIndices(seed, data.samples.length, batchSize, step).flatMap((index) => data.samples[index] ?? []);
}

/**
 * Labelled samples that the run does not learn from where there are such: val, else test, else whatever is there. Where something is
 * decided from them they never come from the test split, which would then no longer be unseen.
 */
export function probeSamples(samples: readonly SampleRecord[], config: TrainConfig): SampleRecord[] {
  const labelled = samples.filter(({ label }) => label !== null);
  const { loadBestModelAtEnd, earlyStoppingPatience } = selectionOf(config);
  const isDeciding = loadBestModelAtEnd || earlyStoppingPatience > 0;
  const splits: Split[] = isDeciding ? ['val', 'train', 'none'] : ['val', 'test', 'train', 'none'];
  const split = splits.find((one) => labelled.some((sample) => sample.split === one));
  if (!split) return [];
  const ids = new Set(chooseSampleIds(labelled, { ...ALL_SAMPLES, splits: [split] }, config.probeSize, config.seed));
  return labelled.filter(({ id }) => ids.has(id));
}

const PICTURE_FAULTS: readonly ErrorCode[] = ['E-IMAGE', 'E-MISSING'];

/** Loads something for each sample; samples whose picture is gone or broken are left out. */
export async function withoutBrokenPictures<Loaded>(
  samples: readonly SampleRecord[],
  load: (sample: SampleRecord, index: number) => Promise<Loaded>,
): Promise<{ sample: SampleRecord; loaded: Loaded }[]> {
  const whole: { sample: SampleRecord; loaded: Loaded }[] = [];
  for (const [index, sample] of samples.entries()) {
    try {
      whole.push({ sample, loaded: await load(sample, index) });
    } catch (error) {
      if (!PICTURE_FAULTS.includes(toErrorRecord(error).code)) throw error;
    }
  }
  return whole;
}

// Own pictures in two folders belong to no split: a form that insists on "train" would find nothing in them. Pure.
import type { TrainConfig } from '../../../shared/config/config.ts';
import type { DatasetRecord } from '../../../shared/domain/sample.ts';
import { countPassing } from '../../../shared/sample-choice.ts';

type Counts = DatasetRecord['counts'];

/** Whether images are marked for training at all. */
export function hasTrainSplit(counts: Counts): boolean {
  return counts.some(({ split, count }) => split === 'train' && count > 0);
}

/** The filter, over every split where its own leave nothing of a dataset that has images. */
export function fittingFilter(counts: Counts, filter: TrainConfig['filter']): TrainConfig['filter'] {
  const open = { ...filter, splits: [] };
  return countPassing(counts, filter) === 0 && countPassing(counts, open) > 0 ? open : filter;
}

/** Why supervised training cannot start on a dataset; null where it can, or where no reference answer is needed. */
export function annotationProblem(
  algorithm: TrainConfig['algorithm'],
  { name, annotationCount }: Pick<DatasetRecord, 'name' | 'annotationCount'>,
): string | null {
  if (!algorithm.startsWith('sft') || annotationCount > 0) return null;
  return `SFT imitates reference answers, and “${name}” has none. Choose PRPO or GRPO, which need pictures alone, or import a training JSON with them.`;
}

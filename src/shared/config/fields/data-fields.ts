// Which images a run sees, and in which order.
import type { TrainField } from './field.ts';
import { EVERY, topNumber } from './make-field.ts';

export const DATA_FIELDS: readonly TrainField[] = [
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

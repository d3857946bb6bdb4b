// Which samples a step sees: one seeded permutation per epoch, without state, so that a resume needs only the step.
import { RandomStream } from '../../../src/shared/random.ts';

/**
 * Indices of one step's batch. Every index comes once per epoch; a batch may span two epochs.
 * @param count samples in the data set, > 0
 * @param step counted from 0
 */
export function batchIndices(seed: number, count: number, batchSize: number, step: number): number[] {
  const first = step * batchSize;
  return Array.from({ length: batchSize }, (_, i) => epochOrder(seed, count, Math.floor((first + i) / count))[(first + i) % count] ?? 0);
}

const orders = new Map<string, number[]>();

/** The permutation of one epoch; the last few are remembered. */
function epochOrder(seed: number, count: number, epoch: number): number[] {
  const key = `${seed}/${count}/${epoch}`;
  const known = orders.get(key);
  if (known) return known;
  if (orders.size > 8) orders.clear();
  const order = RandomStream.fromText(`order/${key}`).shuffle(Array.from({ length: count }, (_, i) => i));
  orders.set(key, order);
  return order;
}

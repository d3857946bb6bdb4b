// Runs bootstrap tasks one by one; rests between them so that a cancel can arrive. For workers: it takes seconds.
import type { CallContext } from '../rpc.ts';
import type { Interval } from './bootstrap.ts';
import { intervalTasks, type IntervalRequest, type Intervals } from './intervals.ts';

/** A message can come in after so long, milliseconds. */
const SLICE_MS = 40;
/** What is found is told this often, milliseconds. */
const TELL_MS = 250;

/** @throws the signal's reason when it aborts */
export async function computeIntervals(request: IntervalRequest, { signal, progress }: CallContext<Intervals>): Promise<Intervals> {
  const found: Record<string, Interval> = {};
  let [rested, told] = [performance.now(), performance.now()];
  for (const { steps } of intervalTasks(request)) {
    const work = steps();
    let step = work.next();
    while (!step.done) {
      if (performance.now() - rested > SLICE_MS) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        rested = performance.now();
      }
      signal.throwIfAborted();
      step = work.next();
    }
    Object.assign(found, step.value);
    if (performance.now() - told > TELL_MS) {
      told = performance.now();
      progress({ ...found });
    }
  }
  return found;
}

// All intervals of a request at once, as the statistics worker computes them in slices.
import { intervalTasks, type IntervalRequest, type Intervals } from '../../src/shared/metrics/intervals.ts';

export function allIntervals(request: IntervalRequest): Intervals {
  return Object.assign({}, ...intervalTasks(request).map(({ steps }) => finish(steps())));
}

function finish<Result>(work: Generator<void, Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

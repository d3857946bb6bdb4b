// Keeps a stored list of problems readable: the first of each kind in full, the rest as a count.
import type { ImportProblem } from '../../src/shared/domain/sample.ts';

const KEPT_PER_CODE = 500;

/** At most 500 problems per code; what is cut becomes one row that says how many. */
export function limitProblems(problems: readonly ImportProblem[]): ImportProblem[] {
  const counts = new Map<string, number>();
  const kept = problems.filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    return count <= KEPT_PER_CODE;
  });
  for (const [code, count] of counts) {
    if (count > KEPT_PER_CODE) kept.push({ code, path: '', reason: `${count - KEPT_PER_CODE} more of this kind.`, action: 'kept' });
  }
  return kept;
}

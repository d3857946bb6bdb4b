// Keeps a list of problems short enough to store and to show: the first of each kind in full, the rest as a count.
import type { ImportProblem } from '../../src/shared/domain/sample.ts';

const KEPT_PER_CODE = 500;

/** At most 500 problems per code; what is cut becomes one row that says how many. */
export function limitProblems(problems: readonly ImportProblem[]): ImportProblem[] {
  const counts = new Map<string, number>();
  const actions = new Map<string, ImportProblem['action']>();
  const kept = problems.filter(({ code, action }) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    actions.set(code, actions.get(code) ?? action);
    return count <= KEPT_PER_CODE;
  });
  for (const [code, count] of counts) {
    const more = count - KEPT_PER_CODE;
    if (more > 0) kept.push({ code, path: '', reason: `${more} more of this kind.`, action: actions.get(code) ?? 'kept', count: more });
  }
  return kept;
}

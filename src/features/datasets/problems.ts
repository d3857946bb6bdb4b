// Words for the problems of an import, grouped by their code. Pure.
import type { ImportProblem } from '../../shared/domain/sample.ts';

export interface ProblemGroup {
  code: string;
  title: string;
  action: ImportProblem['action'];
  problems: ImportProblem[];
  /** More than the rows where one of them stands for many. */
  count: number;
}

/** What was done; where a fix can still be chosen a box to tick stands instead. */
export const ACTION_WORDS: Record<ImportProblem['action'], string> = {
  'left-out': 'left out',
  kept: 'kept with a flag',
  fixed: 'fixed',
};

const ACTION_ORDER: ImportProblem['action'][] = ['left-out', 'fixed', 'kept'];

/** One group per code, what is left out first, then by number. */
export function groupProblems(problems: readonly ImportProblem[]): ProblemGroup[] {
  const groups = new Map<string, ProblemGroup>();
  for (const problem of problems) {
    const group = groups.get(problem.code) ?? {
      code: problem.code,
      title: problemTitle(problem.code),
      action: problem.action,
      problems: [],
      count: 0,
    };
    group.problems.push(problem);
    group.count += problem.count ?? 1;
    groups.set(problem.code, group);
  }
  const order = ({ action }: ProblemGroup) => ACTION_ORDER.indexOf(action);
  return [...groups.values()].sort((a, b) => order(a) - order(b) || b.count - a.count);
}

/** How many problems a list tells of. */
export function countProblems(problems: readonly ImportProblem[]): number {
  return problems.reduce((sum, { count = 1 }) => sum + count, 0);
}

/** `label-contradicts-folder` → `Label contradicts folder`. */
export function problemTitle(code: string): string {
  const words = code.replaceAll('-', ' ').replace(/\bjson\b/, 'JSON');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

// Words for the problems of an import, grouped by their code. Pure.
import type { ImportProblem } from '../../shared/domain/sample.ts';

export interface ProblemGroup {
  code: string;
  title: string;
  action: ImportProblem['action'];
  problems: ImportProblem[];
}

export const ACTION_WORDS: Record<ImportProblem['action'], string> = {
  'left-out': 'left out',
  kept: 'kept with a flag',
  fixed: 'can be fixed',
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
    };
    group.problems.push(problem);
    groups.set(problem.code, group);
  }
  const order = ({ action }: ProblemGroup) => ACTION_ORDER.indexOf(action);
  return [...groups.values()].sort((a, b) => order(a) - order(b) || b.problems.length - a.problems.length);
}

/** `label-contradicts-folder` → `Label contradicts folder`. */
export function problemTitle(code: string): string {
  const words = code.replaceAll('-', ' ').replace(/\bjson\b/, 'JSON');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

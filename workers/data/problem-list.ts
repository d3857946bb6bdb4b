// Keeps a list of problems short enough to hold, to store and to show: the first of each kind in full, the rest as a count.
import type { ImportProblem } from '../../src/shared/domain/sample.ts';

const KEPT_PER_KIND = 500;

/** A kind: code and action, because problems of one code may be fixable or not. */
interface Kind {
  example: ImportProblem;
  kept: number;
  more: number;
}

/** Takes any number of problems and holds at most 500 of a kind. */
export class ProblemTally {
  readonly #kept: ImportProblem[] = [];
  readonly #kinds = new Map<string, Kind>();

  add(problem: ImportProblem): void {
    const { code, action, count } = problem;
    const key = `${code} ${action}`;
    const kind = this.#kinds.get(key) ?? { example: problem, kept: 0, more: 0 };
    this.#kinds.set(key, kind);
    if (count !== undefined) kind.more += count;
    else if (kind.kept === KEPT_PER_KIND) kind.more++;
    else {
      kind.kept++;
      this.#kept.push(problem);
    }
  }

  addAll(problems: Iterable<ImportProblem>): void {
    for (const problem of problems) this.add(problem);
  }

  /** Whether the next problem of this kind would be listed in full. */
  lists(code: string, action: ImportProblem['action']): boolean {
    return (this.#kinds.get(`${code} ${action}`)?.kept ?? 0) < KEPT_PER_KIND;
  }

  /** What is kept, then one row for each kind that was cut, which says how many more there are. */
  get rows(): ImportProblem[] {
    const cut = [...this.#kinds.values()].filter(({ more }) => more > 0);
    return [
      ...this.#kept,
      ...cut.map(({ example: { code, action }, more }) => ({
        code,
        path: '',
        reason: `${more} more of this kind.`,
        action,
        count: more,
      })),
    ];
  }
}

/** At most 500 problems of a kind; what is cut becomes one row that says how many. */
export function limitProblems(problems: readonly ImportProblem[]): ImportProblem[] {
  const tally = new ProblemTally();
  tally.addAll(problems);
  return tally.rows;
}

import { useState } from 'react';
import { Button } from '@mantine/core';
import { formatCount } from '../../components/format.ts';
import type { ImportProblem } from '../../shared/domain/sample.ts';
import styles from './import/ImportDialog.module.css';
import { ACTION_WORDS, groupProblems, type ProblemGroup } from './problems.ts';

export interface ProblemListProps {
  problems: readonly ImportProblem[];
  /** Given where fixes can still be chosen: the accepted codes. */
  fixes?: ReadonlySet<string>;
  onFix?: (code: string, accepted: boolean) => void;
}

/** Problems grouped by kind; each row names its file or row and says what is wrong. */
export function ProblemList({ problems, fixes, onFix }: ProblemListProps) {
  if (problems.length === 0) return <p className={styles.fine}>No problems found.</p>;
  return (
    <div className={styles.groups}>
      {groupProblems(problems).map((group) => (
        <section key={group.code} className={styles.group}>
          <header>
            <p>
              {group.title} <span className={styles.count}>{formatCount(group.count)}</span>
            </p>
            {group.action === 'fixed' && onFix ? (
              <label className={styles.fix}>
                <input
                  type="checkbox"
                  checked={fixes?.has(group.code) ?? false}
                  onChange={(event) => onFix(group.code, event.target.checked)}
                />
                Fix on import
              </label>
            ) : (
              <span className={styles.action} data-action={group.action}>
                {ACTION_WORDS[group.action]}
              </span>
            )}
          </header>
          <ProblemRows group={group} />
        </section>
      ))}
    </div>
  );
}

/** Rows shown before "show more": a long list must not freeze the page. */
const FIRST_ROWS = 60;
const MORE_ROWS = 1000;

function ProblemRows({ group }: { group: ProblemGroup }) {
  const [limit, setLimit] = useState(FIRST_ROWS);
  const rest = group.problems.length - limit;
  return (
    <>
      <ul className={styles.problems}>
        {group.problems.slice(0, limit).map((problem, index) => (
          <li key={`${problem.path}-${index}`} data-testid="import-problem" data-code={problem.code} data-path={problem.path}>
            <code>{problem.path || 'whole drop'}</code>
            <span>{problem.reason}</span>
          </li>
        ))}
      </ul>
      {rest > 0 ? (
        <Button variant="subtle" size="compact-xs" onClick={() => setLimit(limit + MORE_ROWS)}>
          Show {formatCount(Math.min(rest, MORE_ROWS))} more
        </Button>
      ) : null}
    </>
  );
}

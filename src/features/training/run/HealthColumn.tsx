// The health rules of a run, worst first: what was seen, what it means, what to try.
import { useMediaQuery } from '@mantine/hooks';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useInTurn } from '../../../components/use-in-turn.ts';
import { usePrinting } from '../../../components/use-printing.ts';
import type { RunRecord, StepRecord } from '../../../shared/domain/run.ts';
import type { HealthLevel, HealthVerdict } from './health.ts';
import { judgeHealth } from './health.ts';
import { explainSmallLoss } from './small-loss.ts';
import styles from '../Training.module.css';

const ICONS: Record<HealthLevel, typeof IconCircleCheck> = { green: IconCircleCheck, amber: IconAlertTriangle, red: IconCircleX };
const WORDS: Record<HealthLevel, string> = { green: 'well', amber: 'watch', red: 'act' };

function Rule({ verdict }: { verdict: HealthVerdict }) {
  const { rule, title, level, observed, meaning, remedy } = verdict;
  const Icon = ICONS[level];
  const isPrinting = usePrinting();
  return (
    <li data-testid="health-rule" data-rule={rule} data-level={level} className={styles.rule}>
      <details open={level === 'red' || (isPrinting && level === 'amber')}>
        <summary>
          <Icon size={16} aria-label={WORDS[level]} />
          <span className={styles.ruleTitle}>{title}</span>
          <span className={styles.observed}>{observed}</span>
        </summary>
        <p>{meaning}</p>
        <p>
          <b>Try:</b> {remedy}
        </p>
      </details>
    </li>
  );
}

/** As in Training.module.css, where the rules stand above the charts. */
const STACKED = '(max-width: 1050px)';

function RuleList({ verdicts }: { verdicts: readonly HealthVerdict[] }) {
  return (
    <ul className={styles.rules}>
      {verdicts.map((verdict) => (
        <Rule key={verdict.rule} verdict={verdict} />
      ))}
    </ul>
  );
}

/** All of them beside the charts; above the charts those that are well are folded away, so that the charts are near. */
function Rules({ verdicts }: { verdicts: readonly HealthVerdict[] }) {
  const isStacked = useMediaQuery(STACKED, false, { getInitialValueInEffect: false });
  const isPrinting = usePrinting();
  const well = verdicts.filter(({ level }) => level === 'green');
  if (!isStacked || well.length === 0) return <RuleList verdicts={verdicts} />;
  return (
    <>
      {well.length < verdicts.length ? <RuleList verdicts={verdicts.filter(({ level }) => level !== 'green')} /> : null}
      <details className={styles.well} data-testid="health-well" data-count={well.length} open={isPrinting}>
        <summary>
          <IconCircleCheck size={16} aria-hidden />
          {well.length === 1 ? '1 rule is well' : `${well.length} rules are well`}
        </summary>
        <RuleList verdicts={well} />
      </details>
    </>
  );
}

export interface HealthColumnProps {
  run: RunRecord;
  steps: readonly StepRecord[];
}

/** The column beside the charts. */
export function HealthColumn({ run, steps: newest }: HealthColumnProps) {
  const steps = useInTurn(newest);
  const { verdicts, waiting } = useMemo(
    () => judgeHealth({ config: run.config, steps, skippedSteps: run.skippedSteps }),
    [run.config, run.skippedSteps, steps],
  );
  const smallLoss = useMemo(() => explainSmallLoss({ steps, config: run.config }), [steps, run.config]);
  return (
    <aside className={styles.health} aria-label="Health of the run">
      <h2>Health</h2>
      <Rules verdicts={verdicts} />
      {waiting.length > 0 ? (
        <details className={styles.waiting}>
          <summary>{waiting.length === 1 ? '1 rule waits' : `${waiting.length} rules wait`} for data</summary>
          <ul>
            {waiting.map(({ rule, title, needs }) => (
              <li key={rule}>
                {title}: needs {needs}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      {smallLoss ? (
        <section className={styles.explainer}>
          <h3>Why is the loss near 0?</h3>
          <p>{smallLoss}</p>
        </section>
      ) : null}
    </aside>
  );
}

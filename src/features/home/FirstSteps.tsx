// The guided first run as a row of four steps; gone when all are done.
import { IconCircle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from 'react-router';
import { Panel } from '../../components/Page.tsx';
import { useStoredWork } from '../../state/use-stored-work.ts';
import { firstSteps } from './first-steps.ts';
import styles from './HomePage.module.css';

/** The first step that is not done stands out. */
export function FirstSteps() {
  const steps = firstSteps(useStoredWork());
  const next = steps.findIndex(({ isDone }) => !isDone);
  if (next < 0) return null;
  return (
    <Panel title="Your first run" aside={`${steps.filter(({ isDone }) => isDone).length} of ${steps.length} done`} className={styles.wide}>
      <ol className={styles.steps}>
        {steps.map(({ title, text, isDone, to }, i) => (
          <li
            key={title}
            data-testid="first-step"
            data-done={isDone}
            data-next={i === next || undefined}
            aria-current={i === next ? 'step' : undefined}
          >
            {isDone ? <IconCircleCheck size={16} aria-label="done" /> : <IconCircle size={16} aria-hidden />}
            <span className={styles.stepTitle}>{to ? <Link to={to}>{title}</Link> : title}</span>
            <span className={styles.hint}>{text}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

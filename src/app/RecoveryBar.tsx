import { Button } from '@mantine/core';
import { Link, useLocation } from 'react-router';
import { formatPlural } from '../components/format.ts';
import { RecoveryStore } from '../state/recovery.ts';
import { useWriterReason } from '../state/writer.ts';
import styles from './Bars.module.css';

/** Shown on one line each; more are counted. */
const SHOWN = 3;
const WORDS = { import: 'Import', evaluation: 'Evaluation', training: 'Training' };

/** After a crash or reload: what was cut short, that nothing finished is lost, and the way on. */
export function RecoveryBar() {
  const interrupted = RecoveryStore.use((state) => state.interrupted);
  const recovery = RecoveryStore.useApi();
  const offReason = useWriterReason();
  const { pathname } = useLocation();
  const jobs = interrupted.filter(({ to }) => to !== pathname); // its own page says it already
  if (jobs.length === 0) return null;
  return (
    <section className={styles.bar} aria-label="Interrupted work" data-testid="recovery-bar" data-jobs={jobs.length}>
      <p>The page was closed or reloaded in the middle of work. Everything finished by then is stored and checked.</p>
      <ul>
        {jobs.slice(0, SHOWN).map((job) => (
          <li key={job.id}>
            {WORDS[job.kind]} <Link to={job.to}>{job.name}</Link>: {job.place}.{' '}
            {job.kind === 'import' ? null : (
              <Button
                variant="default"
                disabled={offReason !== undefined}
                title={offReason}
                onClick={() => recovery.getState().resume(job)}
                aria-label={`Resume ${job.name}`}
                data-testid="recovery-resume"
              >
                Resume
              </Button>
            )}
          </li>
        ))}
        {jobs.length > SHOWN ? <li>and {formatPlural(jobs.length - SHOWN, 'more', 'more')}</li> : null}
      </ul>
      <Button variant="subtle" onClick={() => recovery.getState().dismiss()}>
        Later
      </Button>
    </section>
  );
}

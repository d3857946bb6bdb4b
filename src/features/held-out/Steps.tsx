// The four steps of the experiment with what each is doing now.
import { IconCircle, IconCircleCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { formatCount } from '../../components/format.ts';
import type { JobState } from '../../shared/domain/run.ts';
import { DatasetsStore, HELD_OUT_DOMAIN } from '../../state/datasets.ts';
import type { HeldOutRecords } from '../../state/held-out.ts';
import { HELD_OUT_PER_CLASS } from '../../state/held-out.ts';
import { JobsStore } from '../../state/jobs.ts';
import styles from './HeldOutPage.module.css';

const WORDS: Record<JobState, string> = {
  queued: 'waiting',
  running: 'running',
  paused: 'paused',
  done: 'done',
  stopped: 'stopped',
  failed: 'failed',
};

interface StepProps {
  state: string;
  isDone: boolean;
  children: ReactNode;
}

function Step({ state, isDone, children }: StepProps) {
  return (
    <li className={styles.step} data-testid="held-out-step" data-done={isDone}>
      {isDone ? <IconCircleCheck size={16} aria-hidden /> : <IconCircle size={16} aria-hidden />}
      <span>{children}</span>
      <span className={styles.state}>{state}</span>
    </li>
  );
}

/** A job's progress while it runs, else its stored state. */
function useStateText(record: { id: string; state: JobState } | undefined): string {
  const job = JobsStore.use(({ jobs }) => jobs.find(({ id }) => id === record?.id));
  if (!record) return 'not begun';
  if (!job && (record.state === 'running' || record.state === 'queued')) return 'not finished';
  return job && job.total > 0 ? `${formatCount(job.done)} of ${formatCount(job.total)}` : WORDS[record.state];
}

/** @param records what is stored so far */
export function Steps({ records: { dataset, before, run, after } }: { records: HeldOutRecords }) {
  const drawing = DatasetsStore.use(({ demo }) => demo);
  const [beforeText, runText, afterText] = [useStateText(before), useStateText(run), useStateText(after)];
  const wanted = HELD_OUT_PER_CLASS * 6;
  const stored = dataset?.imageCount ?? 0;
  const hasPictures = stored >= wanted;
  const drawn = drawing && drawing.total > 0 ? drawing : stored > 0 ? { done: stored, total: wanted } : null;
  const drawnText = drawn ? `${formatCount(drawn.done)} of ${formatCount(drawn.total)}` : 'not begun';
  return (
    <ol className={styles.steps}>
      <Step state={hasPictures && !drawing ? 'done' : drawnText} isDone={hasPictures}>
        Draw {formatCount(wanted)} portraits of {HELD_OUT_DOMAIN}: a third to train on, a third to test on
      </Step>
      <Step state={beforeText} isDone={before?.state === 'done'}>
        {before ? <Link to={`/eval/${before.id}`}>Test the model</Link> : 'Test the model'} that never saw {HELD_OUT_DOMAIN}
      </Step>
      <Step state={runText} isDone={run?.state === 'done'}>
        {run ? <Link to={`/run/${run.id}`}>Train it with PRPO</Link> : 'Train it with PRPO'} on the train split; labels are not read
      </Step>
      <Step state={afterText} isDone={after?.state === 'done'}>
        {after ? <Link to={`/eval/${after.id}`}>Test the last checkpoint</Link> : 'Test the last checkpoint'} on the same test split
      </Step>
    </ol>
  );
}

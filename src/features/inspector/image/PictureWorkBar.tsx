// How far work on a picture is, with its stop; or that it was stopped.
import { Button, Progress } from '@mantine/core';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatPercent } from '../../../components/format.ts';
import type { PictureWork } from './use-picture-work.ts';
import styles from '../Inspector.module.css';

export interface PictureWorkBarProps {
  work: Omit<PictureWork<unknown>, 'value'>;
  /** `Making the changed copy`. */
  doing: string;
}

/** Nothing once the picture is there. */
export function PictureWorkBar({ work, doing }: PictureWorkBarProps) {
  const { error, isLoading, share, isStopped, stop, again } = work;
  if (error) return <ErrorNotice error={error} />;
  if (!isLoading && !isStopped) return null;
  return (
    <div className={styles.askBar} data-testid="picture-work" data-share={share ?? ''} data-stopped={isStopped}>
      {share === null ? null : <Progress value={100 * share} w={160} aria-label={doing} />}
      <span className={styles.facts} role="status">
        {isStopped ? `${doing} was stopped.` : `${doing}…`}
        {share === null ? '' : ` ${formatPercent(share, 0)}`}
      </span>
      <Button variant="default" onClick={isStopped ? again : stop}>
        {isStopped ? 'Begin again' : 'Stop'}
      </Button>
    </div>
  );
}

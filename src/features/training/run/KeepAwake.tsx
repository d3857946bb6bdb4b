// A hidden tab may be slowed down by the browser: said while a run works, with a switch that keeps the screen on.
import { Switch } from '@mantine/core';
import { useWakeLock } from './use-wake-lock.ts';
import styles from '../Training.module.css';

/** Drawn only while the run works in this tab. */
export function KeepAwake({ isWorking }: { isWorking: boolean }) {
  const { isPossible, isWanted, isHeld, setWanted, wasHidden } = useWakeLock(isWorking);
  if (!isWorking) return null;
  return (
    <div className={styles.awake} data-testid="keep-awake" data-held={isHeld}>
      {isPossible ? (
        <Switch size="xs" label="Keep awake" checked={isWanted} onChange={(event) => setWanted(event.currentTarget.checked)} />
      ) : null}
      <span className={styles.muted}>
        {isWanted && !isHeld ? 'The browser does not keep the screen on just now. ' : ''}
        {wasHidden
          ? 'This tab was hidden: steps may have been slower meanwhile.'
          : 'Keep this tab visible: a hidden one may be slowed down. Nothing is lost either way.'}
      </span>
    </div>
  );
}

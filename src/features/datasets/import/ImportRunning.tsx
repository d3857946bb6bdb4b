import { Button, Progress } from '@mantine/core';
import { formatCount, formatDuration, formatSignificant } from '../../../components/format.ts';
import type { ImportProgress } from '../../../shared/data-api.ts';
import { ImportsStore } from '../../../state/imports.ts';
import type { Pace } from '../../../state/pace.ts';
import styles from './ImportDialog.module.css';
import { ImportSpoken } from './ImportSpoken.tsx';

export const PHASE_WORDS: Record<ImportProgress['phase'], string> = {
  read: 'Reading and storing images',
  generate: 'Drawing synthetic images',
  commit: 'Finishing: hashes and index',
};

/** Progress with pause and stop: in the dialog, and on the Data page while the dialog is aside. */
export function ImportRunning({ isAside = false }: { isAside?: boolean }) {
  const progress = ImportsStore.use((state) => state.progress);
  const pace = ImportsStore.use((state) => state.pace);
  const paused = ImportsStore.use((state) => state.paused);
  const cancelling = ImportsStore.use((state) => state.cancelling);
  const store = ImportsStore.useApi();
  const { done, total, imported, failed, phase } = progress ?? { done: 0, total: 0, imported: 0, failed: 0, phase: 'read' as const };
  return (
    <div className={styles.running} data-testid="import-progress" data-done={done} data-total={total}>
      <Progress value={total > 0 ? (done / total) * 100 : 0} size={8} aria-label="Import progress" />
      <p>
        {paused ? 'Paused' : PHASE_WORDS[phase]}: {formatCount(done)} of {formatCount(total)}. {formatCount(imported)} stored,{' '}
        {formatCount(failed)} failed. <PaceWords pace={pace} paused={paused} />
      </p>
      {isAside ? <ImportSpoken /> : null}
      <div className={styles.buttons}>
        <Button variant="default" onClick={() => void store.getState().setPaused(!paused)} disabled={cancelling}>
          {paused ? 'Resume' : 'Pause'}
        </Button>
        <Button variant="default" onClick={store.getState().cancel} disabled={cancelling} data-testid="import-cancel">
          {cancelling ? 'Stopping…' : 'Stop, keep what is stored'}
        </Button>
        <Button variant="subtle" onClick={() => store.getState().show(isAside)}>
          {isAside ? 'Show the import' : 'Continue in the background'}
        </Button>
      </div>
    </div>
  );
}

function PaceWords({ pace, paused }: { pace: Pace | null; paused: boolean }) {
  if (paused) return null;
  if (!pace) return 'Remaining time after a few seconds.';
  return (
    <span data-testid="import-pace" data-per-second={pace.perSecond} data-eta-ms={pace.etaMs}>
      {formatSignificant(pace.perSecond)} images a second, about {formatDuration(pace.etaMs)} left.
    </span>
  );
}

// The import from drop to summary, as one dialog over every page. A running import goes on when the dialog is put aside.
import { Modal } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatCount } from '../../../components/format.ts';
import type { ImportPhase } from '../../../state/imports.ts';
import { ImportsStore } from '../../../state/imports.ts';
import styles from './ImportDialog.module.css';
import { ImportRunning } from './ImportRunning.tsx';
import { ImportSpoken } from './ImportSpoken.tsx';
import { ImportReviewPanel } from './ImportReviewPanel.tsx';
import { ImportSummaryPanel } from './ImportSummaryPanel.tsx';

const TITLES: Record<ImportPhase, string> = {
  idle: '',
  walking: 'Looking at what you dropped',
  reading: 'Looking at what you dropped',
  review: 'Review before import',
  importing: 'Importing',
  done: 'Imported',
  scoring: 'Scoring the answers',
  scored: 'Scored',
  failed: 'The import stopped',
};

/** Mounted by the shell whenever an import is open. */
export function ImportDialog() {
  const phase = ImportsStore.use((state) => state.phase);
  const shown = ImportsStore.use((state) => state.shown);
  const wasStopped = ImportsStore.use((state) => state.result?.summary.problems.some(({ code }) => code === 'import-stopped') ?? false);
  const store = ImportsStore.useApi();
  const dismiss = () => {
    const { cancel, close, show } = store.getState();
    if (phase === 'importing') show(false);
    else if (phase === 'done' || phase === 'scored' || phase === 'failed') close();
    else cancel();
  };
  useAsideOnNavigation(phase);
  return (
    <Modal
      opened={phase !== 'idle' && shown}
      onClose={dismiss}
      title={phase === 'done' && wasStopped ? 'Import stopped' : TITLES[phase]}
      size={860}
      closeOnClickOutside={false}
      classNames={{ title: styles.title }}
    >
      <PhasePanel phase={phase} />
      <ImportSpoken />
    </Modal>
  );
}

/** Another page was opened by its address or a link: a summary has been read, a running import goes on in the background. */
function useAsideOnNavigation(phase: ImportPhase): void {
  const store = ImportsStore.useApi();
  const { pathname } = useLocation();
  const shownOn = useRef(pathname);
  useEffect(() => {
    if (shownOn.current === pathname) return;
    shownOn.current = pathname;
    const { close, show } = store.getState();
    if (phase === 'done' || phase === 'failed') close();
    else if (phase === 'importing') show(false);
  }, [pathname, phase, store]);
}

function PhasePanel({ phase }: { phase: ImportPhase }) {
  const review = ImportsStore.use((state) => state.review);
  const result = ImportsStore.use((state) => state.result);
  const evalId = ImportsStore.use((state) => state.evalId);
  const error = ImportsStore.use((state) => state.error);
  const store = ImportsStore.useApi();
  if (phase === 'review' && review) return <ImportReviewPanel review={review} />;
  if (phase === 'importing') return <ImportRunning />;
  if (phase === 'done' && result)
    return <ImportSummaryPanel datasetId={result.datasetId} summary={result.summary} onClose={store.getState().close} />;
  if (phase === 'scored' && evalId) return <OpenReport evalId={evalId} />;
  if (phase === 'failed' && error) return <ErrorNotice error={error} onDismiss={store.getState().close} />;
  return <Looking phase={phase} />;
}

/** Scored answers have a page of their own. */
function OpenReport({ evalId }: { evalId: string }) {
  const store = ImportsStore.useApi();
  const navigate = useNavigate();
  useEffect(() => {
    void navigate(`/eval/${evalId}`);
    store.getState().close();
  }, [navigate, evalId, store]);
  return null;
}

function Looking({ phase }: { phase: ImportPhase }) {
  const { done, total } = ImportsStore.use((state) => state.read);
  const what = phase === 'scoring' ? 'answers' : 'files';
  const words =
    phase === 'walking'
      ? `${formatCount(done)} files found so far`
      : `${formatCount(done)} of ${formatCount(total)} ${what} ${phase === 'scoring' ? 'scored' : 'read'}`;
  return <p className={styles.looking}>{words}</p>;
}

import styles from '../components/ErrorBoundary.module.css';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import type { ErrorRecord } from '../shared/errors.ts';
import { StorageStore } from '../state/storage.ts';

/** Shown above every page while IndexedDB is unusable: what does not work, and what to do. */
export function StorageTrouble({ error }: { error: ErrorRecord }) {
  const storage = StorageStore.useApi();
  const advice = {
    safe: error.safe ?? 'Nothing was lost: without its database this page could not store anything.',
    remedy: error.remedy ?? 'Allow site data for this address, or leave the private window. Learn and this page still work.',
  };
  return (
    <div className={styles.page}>
      <ErrorNotice error={{ ...error, ...advice }} action={{ label: 'Try again', onClick: () => void storage.getState().refresh() }} />
    </div>
  );
}

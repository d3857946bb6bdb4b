import { Link } from 'react-router';
import { formatBytes } from '../components/format.ts';
import { StorageStore } from '../state/storage.ts';
import styles from './TopBar.module.css';

/** Used and allowed storage; leads to the Device & storage page. */
export function StorageChip() {
  const used = StorageStore.use((state) => state.usedBytes);
  const quota = StorageStore.use((state) => state.quotaBytes);
  const persisted = StorageStore.use((state) => state.persisted);
  const error = StorageStore.use((state) => state.error);
  const tight = quota > 0 && used / quota > 0.85;
  const words = error
    ? 'Storage unavailable'
    : quota === 0
      ? 'Storage…'
      : `${formatBytes(used)} of ${formatBytes(quota)}${persisted ? ', protected' : ''}`;
  return (
    <Link
      to="/device"
      className={`${styles.chip} ${styles.wideOnly}`}
      title={
        persisted
          ? 'The browser will not evict this data by itself.'
          : 'The browser may evict this data when the disk is full. See Device & storage.'
      }
      data-testid="storage-chip"
      data-bytes={used}
      data-quota={quota}
    >
      <span className={styles.dot} data-level={error ? 'bad' : tight ? 'warn' : 'good'} aria-hidden />
      <span>{words}</span>
    </Link>
  );
}

import { Button } from '@mantine/core';
import { formatBytes, formatPercent } from '../../components/format.ts';
import { Panel } from '../../components/Page.tsx';
import { NoticesStore } from '../../state/notices.ts';
import { StorageStore } from '../../state/storage.ts';
import styles from './DevicePage.module.css';

const REFUSED =
  'The browser did not grant protection. Chrome decides by itself and rather does so for pages that are installed, bookmarked or often used. Until then a project bundle is the backup.';

/** The meter and the request for protection. */
export function StoragePanel() {
  const used = StorageStore.use((state) => state.usedBytes);
  const quota = StorageStore.use((state) => state.quotaBytes);
  const persisted = StorageStore.use((state) => state.persisted);
  const storage = StorageStore.useApi();
  const notices = NoticesStore.useApi();
  const protect = async () => {
    await storage.getState().persist();
    if (!storage.getState().persisted) notices.getState().tell(REFUSED);
  };
  const share = quota > 0 ? used / quota : 0;
  return (
    <Panel title="Storage" aside={quota > 0 ? `${formatPercent(share)} of what the browser allows` : undefined}>
      <div className={styles.meter} role="meter" aria-label="Storage used" aria-valuemin={0} aria-valuemax={quota} aria-valuenow={used}>
        <span data-drawn style={{ width: `${Math.max(0.4, share * 100)}%` }} data-tight={share > 0.85 || undefined} />
      </div>
      <p>
        {formatBytes(used)} used of {formatBytes(quota)}.
      </p>
      {persisted ? (
        <p className={styles.passed}>Protected: the browser will not delete this data by itself.</p>
      ) : (
        <div className={styles.persist}>
          <p>
            Not protected yet. When the disk runs full, a browser may delete everything a site has stored, all at once. Asking for
            protection changes that; some browsers ask you, others decide by themselves.
          </p>
          <Button variant="default" onClick={() => void protect().catch((error: unknown) => notices.getState().raise(error))}>
            Protect my data
          </Button>
        </div>
      )}
    </Panel>
  );
}

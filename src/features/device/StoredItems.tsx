import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { formatBytes, formatDate } from '../../components/format.ts';
import { Panel } from '../../components/Page.tsx';
import table from '../../components/Table.module.css';
import { TableHead } from '../../components/TableHead.tsx';
import { NoticesStore } from '../../state/notices.ts';
import { StorageStore } from '../../state/storage.ts';
import type { StoredItem } from '../../state/stored-items.ts';
import { useStoredItems } from '../../state/stored-items.ts';
import styles from './DevicePage.module.css';

/** Datasets, checkpoints and kept answers, largest first, each with its own delete. A second click confirms. */
export function StoredItems() {
  const items = useStoredItems();
  const [asked, setAsked] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const notices = NoticesStore.useApi();
  const storage = StorageStore.useApi();
  const remove = async (item: StoredItem) => {
    if (asked !== item.id) return setAsked(item.id);
    setBusy(true);
    try {
      await item.remove();
      await storage.getState().refresh();
    } catch (error) {
      notices.getState().raise(error);
    }
    setBusy(false);
    setAsked(null);
  };
  return (
    <Panel title="What is stored" aside="largest first">
      {items.length === 0 ? (
        <p className={styles.quiet}>No datasets and no checkpoints yet.</p>
      ) : (
        <div className={table.scroll} role="region" aria-label="What is stored" tabIndex={0}>
          <table className={table.table}>
            <TableHead columns={['item', 'kind', 'stored', 'size', { hidden: 'actions' }]} />
            <tbody>
              {items.map((item) => (
                <tr key={item.id}>
                  <td>
                    <Link to={item.to}>{item.name}</Link>
                  </td>
                  <td>{item.kind}</td>
                  <td>{formatDate(item.createdAt)}</td>
                  <td>{formatBytes(item.sizeBytes)}</td>
                  <td>
                    <Button
                      {...(asked === item.id ? {} : { variant: 'subtle' })}
                      onClick={() => void remove(item)}
                      onBlur={() => setAsked(null)}
                      disabled={busy}
                      aria-label={asked === item.id ? `Confirm: delete ${item.name}` : `Delete ${item.name}`}
                    >
                      {asked === item.id ? `Delete ${formatBytes(item.sizeBytes)} for good` : 'Delete'}
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <DeleteEverything />
    </Panel>
  );
}

/** All data at once; a second click confirms. Settings and the action log stay. */
function DeleteEverything() {
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const used = StorageStore.use((state) => state.usedBytes);
  const storage = StorageStore.useApi();
  const notices = NoticesStore.useApi();
  const remove = async () => {
    if (!asked) return setAsked(true);
    setBusy(true);
    try {
      await storage.getState().deleteEverything();
      notices.getState().tell('All data, evaluations, runs and checkpoints were deleted.');
    } catch (error) {
      notices.getState().raise(error);
    }
    setBusy(false);
    setAsked(false);
  };
  return (
    <div className={styles.persist}>
      <p className={styles.quiet}>
        Datasets, evaluations, runs and checkpoints at once. Settings and the action log stay. There is no way back: export a project bundle
        first.
      </p>
      <Button
        {...(asked ? {} : { variant: 'default' })}
        onClick={() => void remove()}
        onBlur={() => setAsked(false)}
        disabled={busy}
        data-testid="delete-everything"
      >
        {asked ? `Delete all ${formatBytes(used)} for good` : 'Delete everything'}
      </Button>
    </div>
  );
}

import { useState } from 'react';
import { Link } from 'react-router';
import { DeleteAction } from '../../components/DeleteAction.tsx';
import { formatBytes, formatDate } from '../../components/format.ts';
import { Panel } from '../../components/Page.tsx';
import table from '../../components/Table.module.css';
import { TableHead } from '../../components/TableHead.tsx';
import { NoticesStore } from '../../state/notices.ts';
import { StorageStore } from '../../state/storage.ts';
import type { StoredItem } from '../../state/stored-items.ts';
import { useStoredItems } from '../../state/stored-items.ts';
import styles from './DevicePage.module.css';

/** Deletes one after the other; what fails is told. @returns whether one is being deleted, and how to */
function useRemoval(): { isBusy: boolean; remove: (work: () => Promise<unknown>) => void } {
  const [isBusy, setIsBusy] = useState(false);
  const notices = NoticesStore.useApi();
  const remove = async (work: () => Promise<unknown>) => {
    setIsBusy(true);
    await work().catch((error: unknown) => notices.getState().raise(error));
    setIsBusy(false);
  };
  return { isBusy, remove: (work) => void remove(work) };
}

/** Datasets, checkpoints and kept answers, largest first, each with its own delete, which asks once. */
export function StoredItems() {
  const items = useStoredItems();
  const { isBusy, remove } = useRemoval();
  const storage = StorageStore.useApi();
  const removeItem = async (item: StoredItem) => {
    await item.remove();
    await storage.getState().refresh();
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
                    <DeleteAction
                      name={item.name}
                      confirm={`Delete ${formatBytes(item.sizeBytes)} for good`}
                      disabled={isBusy}
                      onDelete={() => remove(() => removeItem(item))}
                    />
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

/** All data at once, after a question. Settings and the action log stay. */
function DeleteEverything() {
  const { isBusy, remove } = useRemoval();
  const used = StorageStore.use((state) => state.usedBytes);
  const storage = StorageStore.useApi();
  const notices = NoticesStore.useApi();
  const removeAll = async () => {
    await storage.getState().deleteEverything();
    notices.getState().tell('All data, evaluations, runs and checkpoints were deleted.');
  };
  return (
    <div className={styles.persist}>
      <p className={styles.quiet}>
        Datasets, evaluations, runs and checkpoints at once. Settings and the action log stay. There is no way back: export a project bundle
        first.
      </p>
      <DeleteAction
        name="everything"
        label="Delete everything"
        confirm={`Delete all ${formatBytes(used)} for good`}
        disabled={isBusy}
        onDelete={() => remove(removeAll)}
      />
    </div>
  );
}

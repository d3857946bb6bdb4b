import { Button, Table } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { formatBytes, formatDate } from '../../components/format.ts';
import { Panel } from '../../components/Page.tsx';
import { DatasetsStore } from '../../state/datasets.ts';
import { ModelsStore } from '../../state/models.ts';
import { NoticesStore } from '../../state/notices.ts';
import { StorageStore } from '../../state/storage.ts';
import styles from './DevicePage.module.css';

interface StoredItem {
  id: string;
  kind: string;
  name: string;
  to: string;
  sizeBytes: number;
  createdAt: number;
  remove: () => Promise<unknown>;
}

/** Datasets and checkpoints, largest first, each with its own delete. A second click confirms. */
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
        <Table.ScrollContainer minWidth={560}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Item</Table.Th>
                <Table.Th>Kind</Table.Th>
                <Table.Th>Stored</Table.Th>
                <Table.Th ta="right">Size</Table.Th>
                <Table.Th>
                  <span className={styles.hidden}>Actions</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((item) => (
                <Table.Tr key={item.id}>
                  <Table.Td>
                    <Link to={item.to}>{item.name}</Link>
                  </Table.Td>
                  <Table.Td>{item.kind}</Table.Td>
                  <Table.Td>{formatDate(item.createdAt)}</Table.Td>
                  <Table.Td ta="right">{formatBytes(item.sizeBytes)}</Table.Td>
                  <Table.Td ta="right">
                    <Button
                      variant={asked === item.id ? 'filled' : 'subtle'}
                      onClick={() => void remove(item)}
                      onBlur={() => setAsked(null)}
                      disabled={busy}
                      aria-label={asked === item.id ? `Confirm: delete ${item.name}` : `Delete ${item.name}`}
                    >
                      {asked === item.id ? `Delete ${formatBytes(item.sizeBytes)} for good` : 'Delete'}
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  );
}

function useStoredItems(): StoredItem[] {
  const datasets = DatasetsStore.use((state) => state.datasets);
  const models = ModelsStore.use((state) => state.models);
  const datasetStore = DatasetsStore.useApi();
  const modelStore = ModelsStore.useApi();
  return [
    ...datasets.map(({ id, name, sizeBytes, createdAt }) => ({
      id,
      kind: 'dataset',
      name,
      to: `/data/${encodeURIComponent(id)}`,
      sizeBytes,
      createdAt,
      remove: () => datasetStore.getState().remove(id),
    })),
    ...models.flatMap(({ id, name, sizeBytes, checkpoint }) =>
      checkpoint
        ? [
            {
              id,
              kind: 'checkpoint',
              name,
              to: '/models',
              sizeBytes,
              createdAt: checkpoint.createdAt,
              remove: () => modelStore.getState().remove(id),
            },
          ]
        : [],
    ),
  ].sort((a, b) => b.sizeBytes - a.sizeBytes);
}

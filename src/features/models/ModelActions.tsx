// What can be done with one model: details, labels, comparison, merge, delete.
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { ExchangeStore } from '../../state/exchange.ts';
import type { ModelEntry } from '../../state/models.ts';

export type ModelDialog = 'details' | 'labels' | 'diff' | 'delete';

export interface ModelActionsProps {
  model: ModelEntry;
  onOpen: (dialog: ModelDialog) => void;
}

/** Whether the newest part of it is an adapter that can be folded in. */
function hasAdapter({ checkpoint }: ModelEntry): boolean {
  return checkpoint?.files.some(({ path }) => path === 'adapter_model.safetensors') ?? false;
}

/** The menu at the end of a row. */
export function ModelActions({ model, onOpen }: ModelActionsProps) {
  const exchange = ExchangeStore.useApi();
  const isBusy = ExchangeStore.use((state) => state.busy !== null);
  const { name, step, checkpoint } = model;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" aria-label={`More for ${name}, step ${step}`} data-testid="model-actions">
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onOpen('details')}>Lineage, files, metrics</Menu.Item>
        <Menu.Item onClick={() => onOpen('diff')}>Compare weights</Menu.Item>
        {hasAdapter(model) ? (
          <Menu.Item disabled={isBusy} onClick={() => void exchange.getState().mergeModel(model.id)}>
            Fold the adapter into full weights
          </Menu.Item>
        ) : null}
        {checkpoint ? (
          <>
            <Menu.Item onClick={() => onOpen('labels')}>Name, note, tags</Menu.Item>
            <Menu.Item onClick={() => onOpen('delete')}>Delete</Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}

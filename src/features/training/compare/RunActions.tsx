// What can be done with a run in a list: label it, archive it, delete it; the last two can be taken back.
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useState } from 'react';
import type { RunRecord } from '../../../shared/domain/run.ts';
import { offerUndo } from '../../../state/erase-later.ts';
import { NoticesStore } from '../../../state/notices.ts';
import { RunStore } from '../../../state/run.ts';
import { useFollowedRun } from '../../../state/writer.ts';
import { RunLabelsDialog } from './RunLabelsDialog.tsx';

export interface RunActionsProps {
  run: RunRecord;
  /** More entries of the menu, above. */
  children?: ReactNode;
}

/** The menu at the end of a row. */
export function RunActions({ run, children }: RunActionsProps) {
  const isFollowed = useFollowedRun(run.id) !== null; // works in another tab
  const isLive = RunStore.use((state) => state.live?.runId === run.id) || isFollowed;
  const { update, remove } = RunStore.useApi().getState();
  const notices = NoticesStore.useApi();
  const [edits, setEdits] = useState(false);
  const archive = () => {
    const archived = !run.archived;
    void update(run.id, { archived });
    const text = archived ? `Archived "${run.name}": lists leave it out.` : `"${run.name}" is back in the lists.`;
    offerUndo(notices, text, () => void update(run.id, { archived: !archived }));
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" aria-label={`More for ${run.name}`} data-testid="run-actions">
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {children}
          <Menu.Item onClick={() => setEdits(true)}>Name, note, tags, group</Menu.Item>
          <Menu.Item onClick={archive}>{run.archived ? 'Take out of the archive' : 'Archive'}</Menu.Item>
          <Menu.Item onClick={() => remove(run.id)} disabled={isLive}>
            {isLive ? 'Delete (stop it first)' : 'Delete steps and answers'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {edits ? <RunLabelsDialog run={run} onClose={() => setEdits(false)} /> : null}
    </>
  );
}

// Said where pictures stay in a folder that the browser may not read at the moment, with the button that asks.
import { Button } from '@mantine/core';
import { IconFolderOpen } from '@tabler/icons-react';
import styles from './FolderNotice.module.css';

export interface FolderNoticeProps {
  /** null: no folder is known, only thumbnails. */
  folder: string | null;
  onAllow: () => void;
}

/** Words and button. */
export function FolderNotice({ folder, onAllow }: FolderNoticeProps) {
  return (
    <div className={styles.notice} role="status" data-testid="folder-notice" data-folder={folder ?? ''}>
      {folder === null ? (
        <p>Only thumbnails are stored here. To ask a model about these pictures press Re-scan on Data and choose their folder.</p>
      ) : (
        <>
          <p>The pictures stay in your folder &ldquo;{folder}&rdquo;, and the browser asks before it is read again.</p>
          <Button variant="default" onClick={onAllow} leftSection={<IconFolderOpen size={15} aria-hidden />} data-testid="folder-allow">
            Allow reading
          </Button>
        </>
      )}
    </div>
  );
}

// The place for folders and files, with two buttons that do the same (WCAG 2.5.7).
import { Button } from '@mantine/core';
import { IconFiles, IconFolderOpen } from '@tabler/icons-react';
import type { ChangeEvent, DragEvent, ReactNode } from 'react';
import { useRef, useState } from 'react';
import type { WalkFiles } from './drop-entries.ts';
import { canPickFolder, pickFolder, walkDrop, walkInput } from './drop-entries.ts';
import styles from './DropZone.module.css';

export interface DropZoneProps {
  /** Called with a walk over what was dropped or chosen. */
  onFiles: (walk: WalkFiles) => void;
  children?: ReactNode;
  disabled?: boolean;
  /** What is dropped here, for screen readers. */
  label?: string;
  /** Of a page's second zone: its test hooks begin with this. */
  hook?: string;
}

/** Why a drop was not taken. */
const REFUSALS = {
  empty: 'That drop held no files. Drop a folder or files from your file manager.',
  busy: 'What was dropped before is still being read, so this drop was not taken. Drop it again when that is done.',
};

/** Takes a dropped folder tree or files, and offers both pickers. */
export function DropZone({ onFiles, children, disabled = false, label = 'Add images', hook = '' }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState<keyof typeof REFUSALS | null>(null);
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const walk = disabled ? null : walkDrop(event.dataTransfer);
    setRefused(disabled ? 'busy' : walk === null ? 'empty' : null);
    if (walk) onFiles(walk);
  };
  return (
    // Dropping is the pointer's way; the two buttons inside do the same for keys.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className={styles.zone}
      data-over={over || undefined}
      data-testid={`${hook}drop-zone`}
      role="group"
      aria-label={label}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(!disabled);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      {children}
      <div className={styles.buttons}>
        <FilePicker
          label="Choose a folder"
          icon={<IconFolderOpen size={16} stroke={1.7} />}
          testId={`${hook}directory-input`}
          directory
          disabled={disabled}
          onFiles={onFiles}
        />
        <FilePicker
          label="Choose files"
          icon={<IconFiles size={16} stroke={1.7} />}
          testId={`${hook}files-input`}
          disabled={disabled}
          onFiles={onFiles}
        />
      </div>
      {refused ? <p role="alert">{REFUSALS[refused]}</p> : null}
    </div>
  );
}

interface FilePickerProps extends Pick<DropZoneProps, 'onFiles' | 'disabled'> {
  label: string;
  icon: ReactNode;
  testId: string;
  directory?: boolean;
}

/** A button that opens a file or folder picker; its input is there for tests too. */
export function FilePicker({ label, icon, testId, directory = false, disabled, onFiles }: FilePickerProps) {
  const input = useRef<HTMLInputElement>(null);
  const onChange = (event: ChangeEvent<HTMLInputElement>) => {
    const { files } = event.target;
    if (files && files.length > 0) onFiles(walkInput(files));
    event.target.value = ''; // the same folder can be chosen again
  };
  // A picker with handles lets the folder be read again later; the input is the way where there is none.
  const open = async () => {
    if (!directory || !canPickFolder()) return input.current?.click();
    const walk = await pickFolder();
    if (walk) onFiles(walk);
  };
  return (
    <>
      <Button variant="default" leftSection={icon} disabled={disabled} onClick={() => void open()}>
        {label}
      </Button>
      <input
        ref={input}
        className={styles.input}
        type="file"
        multiple
        tabIndex={-1}
        aria-hidden
        data-testid={testId}
        onChange={onChange}
        {...(directory ? { webkitdirectory: '' } : {})}
      />
    </>
  );
}

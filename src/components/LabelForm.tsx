// What the user writes on a stored thing: name, tags, note.
import { Button, Modal, TagsInput, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useState } from 'react';
import styles from './LabelForm.module.css';

/** As they are stored: what is empty is left out. */
export interface Labels {
  name: string;
  note: string | undefined;
  tags: string[] | undefined;
}

export interface LabelFormProps {
  title: string;
  labels: { name: string; note?: string | undefined; tags?: readonly string[] | undefined };
  /** What to know about tags. */
  tagHint: string;
  /** Proposed while a tag is typed. */
  knownTags?: string[];
  /** Closing is up to it. */
  onSave: (labels: Labels) => void;
  onClose: () => void;
  testId?: string;
  /** More fields, above the note. */
  children?: ReactNode;
}

/** The dialog. An empty name keeps the old one. */
export function LabelForm({ title, labels, tagHint, knownTags, onSave, onClose, testId, children }: LabelFormProps) {
  const [name, setName] = useState(labels.name);
  const [note, setNote] = useState(labels.note ?? '');
  const [tags, setTags] = useState([...(labels.tags ?? [])]);
  return (
    <Modal opened onClose={onClose} title={title} data-testid={testId}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          onSave({ name: name.trim() || labels.name, note: note.trim() || undefined, tags: tags.length > 0 ? tags : undefined });
        }}
      >
        <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
        <TagsInput label="Tags" description={tagHint} data={knownTags} value={tags} onChange={setTags} />
        {children}
        <Textarea label="Note" autosize minRows={3} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit">Save</Button>
        </div>
      </form>
    </Modal>
  );
}

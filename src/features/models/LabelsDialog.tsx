// What the user writes on a checkpoint: name, note, tags. The weights and their hashes stay as they are.
import { Button, Modal, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { CheckpointRecord } from '../../shared/domain/run.ts';
import { ModelsStore } from '../../state/models.ts';
import { NoticesStore } from '../../state/notices.ts';
import styles from './ModelsPage.module.css';

/** Tagged checkpoints are never pruned. */
export function LabelsDialog({ checkpoint, onClose }: { checkpoint: CheckpointRecord; onClose: () => void }) {
  const store = ModelsStore.useApi();
  const notices = NoticesStore.useApi();
  const [name, setName] = useState(checkpoint.name);
  const [note, setNote] = useState(checkpoint.note ?? '');
  const [tags, setTags] = useState(checkpoint.tags ?? []);
  const save = async () => {
    const labels = {
      name: name.trim() || checkpoint.name,
      note: note.trim() || undefined,
      tags: tags.length > 0 ? tags : undefined,
    };
    await store
      .getState()
      .label(checkpoint.id, labels)
      .catch((error: unknown) => notices.getState().raise(error));
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Name, note, tags">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
        <TagsInput label="Tags" description="Enter after each; a tagged checkpoint is never pruned" value={tags} onChange={setTags} />
        <Textarea label="Note" autosize minRows={2} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
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

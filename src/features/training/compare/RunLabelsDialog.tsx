// What the user writes on a run: name, note, tags, group.
import { Button, Modal, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { RunRecord } from '../../../shared/domain/run.ts';
import { RunStore } from '../../../state/run.ts';
import styles from './Compare.module.css';

/** Stored on "Save"; a working run keeps working meanwhile. */
export function RunLabelsDialog({ run, onClose }: { run: RunRecord; onClose: () => void }) {
  const runs = RunStore.use((state) => state.runs) ?? [];
  const update = RunStore.use((state) => state.update);
  const [name, setName] = useState(run.name);
  const [notes, setNotes] = useState(run.notes ?? '');
  const [group, setGroup] = useState(run.group ?? '');
  const [tags, setTags] = useState(run.tags ?? []);
  const known = [...new Set(runs.flatMap((other) => other.tags ?? []))];
  const save = async () => {
    await update(run.id, {
      name: name.trim() || run.name,
      notes: notes.trim() || undefined,
      group: group.trim() || undefined,
      tags: tags.length > 0 ? tags : undefined,
    });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Name, note, tags, group" data-testid="run-labels">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
        <TagsInput label="Tags" description="Enter after each" data={known} value={tags} onChange={setTags} />
        <TextInput
          label="Group"
          description="Runs of one experiment; the run table can be sorted into groups"
          value={group}
          onChange={(event) => setGroup(event.currentTarget.value)}
        />
        <Textarea label="Note" autosize minRows={3} value={notes} onChange={(event) => setNotes(event.currentTarget.value)} />
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

import { Button, CloseButton, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { SamplesStore } from '../../../state/samples.ts';
import styles from './QuickView.module.css';
import { tagFrom } from './tags.ts';
import type { SampleEdits } from '../use-sample-edits.ts';

/** The user's tags and remark of one image; stored on Enter and when the field is left. */
export function TagsAndNote({ sampleId, edits }: { sampleId: string; edits: SampleEdits }) {
  const row = SamplesStore.use((state) => state.rows.find(({ id }) => id === sampleId));
  const [text, setText] = useState('');
  const [note, setNote] = useState<string | null>(null);
  if (!row) return null;
  const tag = tagFrom(text);
  const add = () => {
    if (tag) void edits.setTag([sampleId], tag, true);
    setText('');
  };
  const storeNote = () => {
    if (note !== null && note.trim() !== row.note) void edits.setNote(sampleId, note.trim());
    setNote(null);
  };
  return (
    <section className={styles.text} aria-label="Tags and note">
      <h3>Tags and note</h3>
      {row.tags.length > 0 ? (
        <ul className={styles.tags}>
          {row.tags.map((name) => (
            <li key={name}>
              {name}
              <CloseButton size="xs" aria-label={`Take off ${name}`} onClick={() => void edits.setTag([sampleId], name, false)} />
            </li>
          ))}
        </ul>
      ) : null}
      <div className={styles.addTag}>
        <TextInput
          placeholder="tag"
          aria-label="New tag"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => event.key === 'Enter' && add()}
        />
        <Button variant="default" disabled={!tag} onClick={add}>
          Add tag
        </Button>
      </div>
      <Textarea
        placeholder="A remark, for yourself"
        aria-label="Note"
        data-testid="sample-note"
        rows={3}
        value={note ?? row.note}
        onChange={(event) => setNote(event.target.value)}
        onBlur={storeNote}
      />
    </section>
  );
}

// What the user thinks of a sample: a mark for review, a rating of the reasoning, a note.
import { Button } from '@mantine/core';
import { IconFlag, IconFlagFilled, IconStar, IconStarFilled } from '@tabler/icons-react';
import { useEffect, useEffectEvent, useState } from 'react';
import type { SampleRecord } from '../../shared/domain/sample.ts';
import type { SampleNotes } from './use-notes.ts';
import styles from './Inspector.module.css';

export interface NotesPanelProps {
  sample: SampleRecord;
  notes: SampleNotes;
  /** The sample is in memory only. */
  isPrivate: boolean;
}

const PRIVATE = 'In memory only, as the image.';
const POINTS = [1, 2, 3, 4, 5] as const;

/** Kept with the sample, in exports and bundles too. */
export function NotesPanel({ sample, notes, isPrivate }: NotesPanelProps) {
  const { rating = 0, note = '' } = sample;
  return (
    <section className={styles.notes} aria-label="My notes" data-testid="notes" data-rating={rating || ''} data-marked={notes.isMarked}>
      <div className={styles.noteRow}>
        <div role="group" aria-label="Rating of the reasoning" className={styles.stars}>
          {POINTS.map((points) => (
            <button
              key={points}
              type="button"
              aria-pressed={rating === points}
              aria-label={`${points} of 5`}
              title={`${points} of 5 (key ${points})`}
              onClick={() => notes.rate(points)}
            >
              {points <= rating ? <IconStarFilled size={16} aria-hidden /> : <IconStar size={16} aria-hidden />}
            </button>
          ))}
        </div>
        <Button
          variant="default"
          size="compact-xs"
          aria-pressed={notes.isMarked}
          title="f"
          leftSection={notes.isMarked ? <IconFlagFilled size={14} aria-hidden /> : <IconFlag size={14} aria-hidden />}
          onClick={notes.toggleMark}
        >
          {notes.isMarked ? 'Marked for review' : 'Mark for review'}
        </Button>
      </div>
      <NoteField key={sample.id} note={note} onStore={notes.setNote} isPrivate={isPrivate} />
    </section>
  );
}

interface NoteFieldProps {
  /** As it is stored. */
  note: string;
  onStore: (note: string) => void;
  isPrivate: boolean;
}

/** Keeps what was written, also where it could not be stored: leaving the field once more tries again. */
function NoteField({ note, onStore, isPrivate }: NoteFieldProps) {
  const [text, setText] = useState(note);
  const isStored = text.trim() === note;
  const store = () => {
    if (!isStored) onStore(text.trim());
  };
  const storeAtEnd = useEffectEvent(store);
  useEffect(() => () => storeAtEnd(), []); // going back leaves the page without leaving the field
  return (
    <>
      <textarea
        className={styles.noteField}
        aria-label="Note"
        placeholder="Note"
        rows={2}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={store}
      />
      <p className={styles.facts} data-testid="note-state" data-stored={isStored}>
        {!isStored
          ? 'Not stored yet: that happens when you leave the field.'
          : isPrivate
            ? PRIVATE
            : 'Stored with the image in this browser.'}
      </p>
    </>
  );
}

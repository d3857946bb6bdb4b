// What can be done with picked images: tag, take a tag off, mark for review, exclude. Each change can be undone.
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { formatPlural } from '../../../components/format.ts';
import { EXCLUDED_TAG, REVIEW_TAG } from '../../../shared/sample-choice.ts';
import styles from '../DatasetPage.module.css';
import { tagFrom } from './tags.ts';
import type { SampleEdits } from '../use-sample-edits.ts';

export interface SelectionBarProps {
  picked: ReadonlySet<string>;
  /** Tags in use, offered while typing. */
  knownTags: readonly string[];
  edits: SampleEdits;
  onClear: () => void;
}

/** Shown while something is picked. */
export function SelectionBar({ picked, knownTags, edits, onClear }: SelectionBarProps) {
  const [text, setText] = useState('');
  const tag = tagFrom(text);
  const put = (name: string, isOn: boolean) => void edits.setTag(picked, name, isOn);
  return (
    <div className={styles.selection} role="group" aria-label="Picked images" data-testid="selection-bar" data-value={picked.size}>
      <b>{formatPlural(picked.size, 'image')} picked</b>
      <TextInput
        className={styles.tagInput}
        placeholder="tag"
        aria-label="Tag for the picked images"
        data-testid="tag-input"
        list="known-tags"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && tag && put(tag, true)}
      />
      <datalist id="known-tags">
        {knownTags.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </datalist>
      <Button variant="default" disabled={!tag} onClick={() => put(tag, true)} data-testid="tag-add">
        Tag
      </Button>
      <Button variant="default" disabled={!tag} onClick={() => put(tag, false)} data-testid="tag-remove">
        Take off
      </Button>
      <Button variant="default" onClick={() => put(REVIEW_TAG, true)}>
        Mark for review
      </Button>
      <Button variant="default" onClick={() => put(EXCLUDED_TAG, true)} data-testid="exclude">
        Exclude from use
      </Button>
      <Button variant="default" onClick={() => put(EXCLUDED_TAG, false)}>
        Use again
      </Button>
      <Button variant="subtle" onClick={onClear}>
        Pick none
      </Button>
    </div>
  );
}

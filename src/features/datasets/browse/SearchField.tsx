// Search in paths, notes, questions and annotations. The address holds the words; the data worker looks through the texts.
import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { formatCount } from '../../../components/format.ts';
import { NoticesStore } from '../../../state/notices.ts';
import { SamplesStore } from '../../../state/samples.ts';
import styles from '../DatasetPage.module.css';

/** A pause in typing after which the search starts. */
const TYPING_MS = 200;

export interface SearchFieldProps {
  value: string;
  onChange: (value: string) => void;
}

/** The field; `/` focuses it. */
export function SearchField({ value, onChange }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  /** Sent and not yet come back: the address follows a moment later, while the next letters are typed. */
  const [sent, setSent] = useState<readonly string[]>([]);
  if (seen !== value) {
    const at = sent.indexOf(value);
    setSeen(value);
    setSent(at < 0 ? [] : sent.slice(at + 1));
    if (at < 0) setText(value); // a saved view or a link changed the address
  }
  const send = useDebouncedCallback((next: string) => {
    setSent((before) => [...before, next]);
    onChange(next);
  }, TYPING_MS);
  return (
    <div>
      <TextInput
        placeholder="Search texts and paths"
        aria-label="Search texts, notes and paths"
        data-testid="data-search"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          send(event.target.value);
        }}
        data-page-search
      />
      <SearchStatus />
    </div>
  );
}

function SearchStatus() {
  const search = SamplesStore.use((state) => state.textSearch);
  if (!search || search.hits) return null;
  const { indexing, hasFailed } = search;
  if (hasFailed) return <p className={styles.source}>The texts could not be searched: what is shown was found by its path alone.</p>;
  return (
    <p className={styles.source} aria-live="polite">
      {indexing
        ? `Reading the texts: ${formatCount(indexing.done)} of ${formatCount(indexing.total)}. Paths are searched already.`
        : 'Looking through the texts…'}
    </p>
  );
}

/** Keeps the store's search at the address, also when its rows were read anew; returns the hits of exactly this query, or null. */
export function useTextHits(query: string): Uint8Array | null {
  const store = SamplesStore.useApi();
  const notices = NoticesStore.useApi();
  const isSearched = SamplesStore.use((state) => state.textSearch?.query === query);
  const hits = SamplesStore.use((state) => (state.textSearch?.query === query ? state.textSearch.hits : null));
  useEffect(() => {
    if (isSearched) return;
    store
      .getState()
      .searchTexts(query)
      .catch((error: unknown) => notices.getState().raise(error));
  }, [store, notices, query, isSearched]);
  return hits;
}

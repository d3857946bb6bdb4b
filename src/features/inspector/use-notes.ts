// Rating, mark and note of the sample on show. They are stored at once; the view follows.
import { useState } from 'react';
import type { SampleRecord } from '../../shared/domain/sample.ts';
import { REVIEW_TAG } from '../../shared/sample-choice.ts';
import { NoticesStore } from '../../state/notices.ts';
import { SamplesStore } from '../../state/samples.ts';

export interface SampleNotes {
  isMarked: boolean;
  toggleMark: () => void;
  /** The same rating again takes it back. */
  rate: (points: number) => void;
  setNote: (note: string) => void;
}

type Changes = Pick<SampleRecord, 'tags' | 'note' | 'rating'>;

/** The sample with what was changed since it was read, and the ways to change it. */
export function useNotes(loaded: SampleRecord | null): { sample: SampleRecord | null; notes: SampleNotes } {
  const samples = SamplesStore.useApi();
  const notices = NoticesStore.useApi();
  const [changes, setChanges] = useState<Changes | null>(null);
  const sample = loaded && changes ? { ...loaded, ...changes } : loaded;
  const apply = async (next: Changes) => {
    if (!sample) return;
    setChanges(next);
    try {
      await samples.getState().edit([{ id: sample.id, tags: next.tags, note: next.note ?? '', rating: next.rating ?? null }]);
    } catch (error) {
      setChanges({ tags: sample.tags, note: sample.note, rating: sample.rating });
      notices.getState().raise(error);
    }
  };
  const { tags = [], note, rating } = sample ?? {};
  const isMarked = tags.includes(REVIEW_TAG);
  return {
    sample,
    notes: {
      isMarked,
      toggleMark: () => void apply({ note, rating, tags: isMarked ? tags.filter((tag) => tag !== REVIEW_TAG) : [...tags, REVIEW_TAG] }),
      rate: (points) => void apply({ tags, note, rating: rating === points ? undefined : points }),
      setNote: (text) => void apply({ tags, rating, note: text }),
    },
  };
}

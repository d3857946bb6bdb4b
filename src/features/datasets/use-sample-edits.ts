// Changing tags and notes with a way back: a notice with "Undo" for a while, and Ctrl+Z for the last change.
import { useCallback, useMemo, useRef } from 'react';
import { formatPlural } from '../../components/format.ts';
import { EXCLUDED_TAG } from '../../shared/sample-choice.ts';
import { NoticesStore } from '../../state/notices.ts';
import { SamplesStore, type SampleRow, type SamplesState } from '../../state/samples.ts';
import { useUndoKey } from '../../state/use-undo-key.ts';

type Edit = Parameters<SamplesState['edit']>[0][number];

/** How long "Undo" is offered. */
const UNDO_MS = 12_000;

export interface SampleEdits {
  /** Puts a tag on samples or takes it off; says so and offers to take it back. */
  setTag: (ids: Iterable<string>, tag: string, isOn: boolean) => Promise<void>;
  /** Replaces a sample's note. */
  setNote: (id: string, note: string) => Promise<void>;
}

/** Edits of the open dataset. */
export function useSampleEdits(): SampleEdits {
  const samples = SamplesStore.useApi();
  const notices = NoticesStore.useApi();
  /** Only the last change can be taken back: an earlier one would undo parts of it. */
  const last = useRef<{ undo: () => void; notice: number } | null>(null);

  const apply = useCallback(
    async (edits: readonly Edit[], said: string) => {
      try {
        const undoEdits = await samples.getState().edit(edits);
        if (last.current) notices.getState().dismiss(last.current.notice);
        const undo = () => {
          if (last.current) notices.getState().dismiss(last.current.notice);
          last.current = null;
          samples
            .getState()
            .edit(undoEdits)
            .catch((error: unknown) => notices.getState().raise(error));
        };
        const notice = notices.getState().offer(said, { label: 'Undo', run: undo });
        last.current = { undo, notice };
        setTimeout(() => notices.getState().dismiss(notice), UNDO_MS);
      } catch (error) {
        notices.getState().raise(error);
      }
    },
    [samples, notices],
  );

  /** Also when its message is gone. */
  const undoLast = useCallback(() => {
    const change = last.current;
    change?.undo();
    return change !== null;
  }, []);
  useUndoKey(undoLast);

  return useMemo(
    () => ({
      setTag: async (ids, tag, isOn) => {
        const wanted = new Set(ids);
        const edits = samples.getState().rows.flatMap((row) => (wanted.has(row.id) ? tagEdit(row, tag, isOn) : []));
        if (edits.length > 0) await apply(edits, tagWords(edits.length, tag, isOn));
      },
      setNote: (id, note) => apply([{ id, note }], note ? 'The note is stored.' : 'The note was removed.'),
    }),
    [samples, apply],
  );
}

function tagEdit({ id, tags }: SampleRow, tag: string, isOn: boolean): Edit[] {
  if (tags.includes(tag) === isOn) return [];
  return [{ id, tags: isOn ? [...tags, tag] : tags.filter((one) => one !== tag) }];
}

function tagWords(count: number, tag: string, isOn: boolean): string {
  const images = formatPlural(count, 'image');
  if (tag === EXCLUDED_TAG) return isOn ? `${images} excluded: no evaluation or training uses them.` : `${images} in use again.`;
  return isOn ? `${images} tagged ${tag}.` : `${tag} taken off ${images}.`;
}

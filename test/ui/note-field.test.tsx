// @vitest-environment happy-dom
import { act } from 'react';
import { expect, it } from 'vitest';
import { NotesPanel } from '../../src/features/inspector/NotesPanel.tsx';
import type { SampleNotes } from '../../src/features/inspector/use-notes.ts';
import { someSample } from '../support/records.ts';
import { render } from './render.tsx';

/** The panel of a sample with a note, and what was stored of what was written into it. */
async function mounted() {
  const stored: string[] = [];
  const notes: SampleNotes = { isMarked: false, toggleMark: () => undefined, rate: () => undefined, setNote: (note) => stored.push(note) };
  const sample = someSample({ datasetId: 'd', path: '1', note: 'old' });
  const { container, unmount } = await render(<NotesPanel sample={sample} notes={notes} isPrivate={false} />);
  const field = container.querySelector('textarea');
  if (!field) throw new Error('no field');
  const write = (text: string) =>
    act(async () => {
      field.focus();
      Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(field, text);
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  return { stored, field, write, unmount };
}

it('a note that is being written is stored when the page is left without leaving the field, as by going back', async () => {
  const { stored, write, unmount } = await mounted();
  await write('seen twice');
  await unmount();
  expect(stored).toEqual(['seen twice']);
});

it('a note that is as stored is not stored once more', async () => {
  const { stored, write, unmount } = await mounted();
  await write('new');
  await write('old');
  await unmount();
  expect(stored).toEqual([]);
});

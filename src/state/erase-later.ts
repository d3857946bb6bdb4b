// Deleting with a way back: something goes out of sight at once and out of storage a little later.
import type { StoreApi } from 'zustand/vanilla';
import type { NoticesState } from './notices.ts';

/** How long a deletion can be taken back. */
export const UNDO_MS = 10_000;

export interface Erasure {
  /** What the user reads, such as `Deleted "PRPO on demo".` */
  text: string;
  /** Takes it out of the lists. */
  hide: () => void;
  /** Puts it back into the lists; called on "Undo" and when erasing fails. */
  restore: () => void;
  /** Removes it from storage. */
  erase: () => Promise<void>;
}

/** Tells what was done and lets the user take it back for `UNDO_MS`. */
export function offerUndo(notices: StoreApi<NoticesState>, text: string, undo: () => void, onOver: () => void = () => undefined): void {
  const timer = setTimeout(() => {
    notices.getState().dismiss(id);
    onOver();
  }, UNDO_MS);
  const run = () => {
    clearTimeout(timer);
    undo();
  };
  const id = notices.getState().offer(text, { label: 'Undo', run });
}

/** Hides now and erases after `UNDO_MS`. A page that closes before has erased nothing. */
export function eraseLater(notices: StoreApi<NoticesState>, { text, hide, restore, erase }: Erasure): void {
  hide();
  offerUndo(notices, text, restore, () => {
    erase().catch((error: unknown) => {
      restore();
      notices.getState().raise(error);
    });
  });
}

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

/** Hides now and erases after `UNDO_MS`. A page that closes before has erased nothing. */
export function eraseLater(notices: StoreApi<NoticesState>, { text, hide, restore, erase }: Erasure): void {
  hide();
  const timer = setTimeout(() => {
    notices.getState().dismiss(id);
    erase().catch((error: unknown) => {
      restore();
      notices.getState().raise(error);
    });
  }, UNDO_MS);
  const undo = () => {
    clearTimeout(timer);
    restore();
  };
  const id = notices.getState().offer(text, { label: 'Undo', run: undo });
}

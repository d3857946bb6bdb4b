// Errors and messages for the user. Every store reports here; the shell shows them.
import { createStore } from 'zustand/vanilla';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';
import { createStoreContext } from './store-context.tsx';

export interface Notice {
  id: number;
  /** Set for errors; shown with code, safe, remedy and "copy details". */
  error?: ErrorRecord;
  text: string;
  /** A hash route such as `/data/abc`, with the words of its link. */
  link?: { to: string; label: string };
}

export interface NoticesState {
  notices: Notice[];
  /** Shows an error; E-CANCELLED is what the user asked for and stays silent. */
  raise: (error: unknown) => void;
  /** Shows a plain message, such as a finished job with a link to its result. */
  tell: (text: string, link?: Notice['link']) => void;
  dismiss: (id: number) => void;
}

export const NoticesStore = createStoreContext<NoticesState>('notices');

/** At most this many are on screen; older ones make room. */
const MAX_NOTICES = 4;

/** The notices store; nothing is persisted. */
export function createNoticesStore() {
  let nextId = 1;
  return createStore<NoticesState>((set) => {
    const add = (notice: Omit<Notice, 'id'>) =>
      set((state) => ({ notices: [...state.notices, { ...notice, id: nextId++ }].slice(-MAX_NOTICES) }));
    return {
      notices: [],
      raise: (error) => {
        const record = toErrorRecord(error);
        if (record.code !== 'E-CANCELLED') add({ error: record, text: record.message });
      },
      tell: (text, link) => add({ text, link }),
      dismiss: (id) => set((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) })),
    };
  });
}

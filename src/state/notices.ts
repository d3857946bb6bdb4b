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
  /** What can still be done about it, such as taking a deletion back; whoever offers it also dismisses the notice in time. */
  action?: { label: string; run: () => void };
}

/** An error that was shown, for whoever reports it later. */
export interface LoggedError {
  timestamp: number;
  error: ErrorRecord;
}

export interface NoticesState {
  notices: Notice[];
  /** Errors since the page was opened, newest first; dismissed ones stay. */
  errors: readonly LoggedError[];
  /** Shows an error once, with a way on where there is one; E-CANCELLED is what the user asked for and stays silent. */
  raise: (error: unknown, link?: Notice['link']) => void;
  /** Shows a plain message, such as a finished job with a link to its result. */
  tell: (text: string, link?: Notice['link']) => void;
  /** Shows a message with something to do. @returns its id */
  offer: (text: string, action: NonNullable<Notice['action']>) => number;
  dismiss: (id: number) => void;
}

export const NoticesStore = createStoreContext<NoticesState>('notices');

/** Where to go after an error of this code. */
const WAYS_ON: Partial<Record<ErrorRecord['code'], NonNullable<Notice['link']>>> = {
  'E-QUOTA': { to: '/device', label: 'See what can be deleted' },
};

/** At most this many are on screen; older ones make room. */
const MAX_NOTICES = 4;
/** At most this many errors are remembered. */
const MAX_ERRORS = 100;

/** The same thing went wrong: a worker that dies is reported by itself and by each call that waited for it. */
export function isSameError(a: ErrorRecord | null | undefined, b: ErrorRecord | null | undefined): boolean {
  return a !== null && a !== undefined && a.code === b?.code && a.message === b.message;
}

/** The notices store; nothing is persisted. */
export function createNoticesStore() {
  let nextId = 1;
  return createStore<NoticesState>((set, get) => {
    const add = (notice: Omit<Notice, 'id'>): number => {
      const id = nextId++;
      set((state) => ({ notices: [...state.notices, { ...notice, id }].slice(-MAX_NOTICES) }));
      return id;
    };
    return {
      notices: [],
      errors: [],
      raise: (error, link) => {
        const record = toErrorRecord(error);
        if (record.code === 'E-CANCELLED') return;
        const isShown = get().notices.some(({ error: shown }) => isSameError(shown, record));
        if (isShown) return;
        set({ errors: [{ timestamp: Date.now(), error: record }, ...get().errors].slice(0, MAX_ERRORS) });
        add({ error: record, text: record.message, link: link ?? WAYS_ON[record.code] });
      },
      tell: (text, link) => void add({ text, link }),
      offer: (text, action) => add({ text, action }),
      dismiss: (id) => set((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) })),
    };
  });
}

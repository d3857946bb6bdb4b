// The page's database, and what to say where there is none.
import { WorkbenchError } from '../shared/errors.ts';
import { openDatabase, type Database } from '../shared/storage/database.ts';

/** The database, opened on first use and shared; a failed opening is tried again. */
export function openOnce(onLost: (error: WorkbenchError) => void): () => Promise<Database> {
  let opened: Promise<Database> | null = null;
  const lost = (cause: 'upgrade' | 'terminated') => {
    opened = null;
    onLost(
      new WorkbenchError(
        'E-STORAGE',
        cause === 'upgrade' ? 'Another tab opened a newer version of this app.' : 'The browser closed the database.',
        {
          safe: 'Everything stored is unharmed.',
          remedy: 'Reload this page.',
        },
      ),
    );
  };
  return () => {
    if (!globalThis.indexedDB) return Promise.reject(noDatabase());
    opened ??= openDatabase({ onClosed: lost, onBlocked: () => onLost(blockedDatabase()) }).catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
}

function blockedDatabase(): WorkbenchError {
  return new WorkbenchError(
    'E-STORAGE',
    'Another tab holds an older version of this app open, so the database cannot be brought up to date.',
    {
      safe: 'Everything stored is unharmed.',
      remedy: 'Close the other tabs of this page, then try again.',
    },
  );
}

function noDatabase(): WorkbenchError {
  return new WorkbenchError('E-STORAGE', 'This browser gives the page no database (IndexedDB), so nothing can be stored.', {
    safe: 'Nothing was lost. Learn and the self-test work without it.',
    remedy: 'Leave the private window, or allow site data for this address, then reload.',
  });
}

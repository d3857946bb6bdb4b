// Ctrl+Z (Cmd+Z) outside of fields: takes back what was done last.
import { useEffect } from 'react';

const FIELDS = 'input:not([type=checkbox]), textarea, select';

/**
 * Listens while the component lives.
 * @param undo false where there is nothing to take back, which leaves the key to others
 * @param first is asked before all others, for the frame of the page
 */
export function useUndoKey(undo: () => boolean, first = false): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z' || event.shiftKey || event.defaultPrevented) return;
      if (event.target instanceof HTMLElement && event.target.closest(FIELDS)) return;
      if (undo()) event.preventDefault();
    };
    window.addEventListener('keydown', onKey, first);
    return () => window.removeEventListener('keydown', onKey, first);
  }, [undo, first]);
}

// Page-wide keys. Keys of a single page are its own; none fires while a field has the focus.
import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import { NAVIGATION } from './navigation.ts';

/** How long after `g` the second key counts. */
const CHORD_MS = 1200;

/** Installs `?`, Ctrl/Cmd+K, `/` and the `g` chords for as long as the component lives. */
export function useShortcuts(onOpen: (what: 'palette' | 'help') => void): void {
  const navigate = useNavigate();
  useEffect(() => {
    let chordUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        onOpen('palette');
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.timeStamp < chordUntil) {
        chordUntil = 0;
        const target = NAVIGATION.find(({ letter }) => letter === event.key);
        if (target) void navigate(target.to);
      } else if (event.key === 'g') chordUntil = event.timeStamp + CHORD_MS;
      else if (event.key === '?') onOpen('help');
      else if (event.key === '/') {
        event.preventDefault();
        if (!focusPageSearch()) onOpen('palette');
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate, onOpen]);
}

/** Inputs that take no letters, so that page keys still work on them. */
const KEYLESS_INPUTS = new Set(['checkbox', 'radio', 'range', 'button', 'file']);

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && !target.closest('[role=dialog]')) return !KEYLESS_INPUTS.has(target.type);
  return target.isContentEditable || target.closest('textarea, select, [role=dialog]') !== null;
}

/** A page marks its search field with `data-page-search`. */
function focusPageSearch(): boolean {
  const field = document.querySelector<HTMLElement>('[data-page-search]');
  field?.focus();
  return field !== null;
}

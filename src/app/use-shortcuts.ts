// Keys of the frame around every page. Keys of a single page are its own.
import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import type { KeyTable } from '../state/key-tables.ts';
import { GLOBAL_KEYS, PAGE_KEYS } from '../state/key-tables.ts';
import { useKeys } from '../state/use-keys.ts';
import { NAVIGATION } from './navigation.ts';

const FRAME_KEYS: KeyTable = { ...GLOBAL_KEYS, ...PAGE_KEYS };

/** Installs `?`, Ctrl/Cmd+K, `/` and the `g` chords for as long as the component lives. */
export function useShortcuts(onOpen: (what: 'palette' | 'help') => void): void {
  const navigate = useNavigate();
  const goTo = NAVIGATION.map(({ to }) => [to, () => void navigate(to)]);
  const search = () => {
    if (!focusPageSearch()) onOpen('palette');
  };
  useKeys(FRAME_KEYS, { ...Object.fromEntries(goTo), help: () => onOpen('help'), search }, true);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'k') return;
      event.preventDefault();
      onOpen('palette');
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onOpen]);
}

/** A page marks its search field with `data-page-search`. */
function focusPageSearch(): boolean {
  const field = document.querySelector<HTMLElement>('[data-page-search]');
  field?.focus();
  return field !== null;
}

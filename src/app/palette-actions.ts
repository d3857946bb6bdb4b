// What the palette can do besides going to a place.
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useLocation } from 'react-router';
import { KeyboardStore } from '../state/keyboard.ts';
import { NoticesStore } from '../state/notices.ts';

/** One line of the palette: an address to go to, or something to do. */
export interface PaletteEntry {
  /** Unique among all entries. */
  id: string;
  label: string;
  kind: string;
  /** Keys that do the same, as people read them. */
  keys?: string | undefined;
  to?: string;
  run?: () => void;
}

const PLACES: readonly PaletteEntry[] = [
  { id: '/eval/new', to: '/eval/new', label: 'New evaluation', kind: 'Action' },
  { id: '/train/new', to: '/train/new', label: 'New training run', kind: 'Action' },
  { id: '/run/latest', to: '/run/latest', label: 'Follow the latest training run', kind: 'Action' },
  { id: '/case', to: '/case', label: 'Private case: look at images without storing them', kind: 'Action' },
  { id: '/learn/quiz', to: '/learn/quiz', label: 'Blind quiz: you against the model', kind: 'Action' },
];

/** `/inspect/d/s` → `/report/d/s`; null elsewhere. */
export function reportOf(pathname: string): string | null {
  return /^\/inspect\/[^/]+\/[^/]+$/.test(pathname) ? pathname.replace('/inspect/', '/report/') : null;
}

/** Actions that make sense now. @param onHelp opens the sheet of keys */
export function usePaletteActions(onHelp: () => void): PaletteEntry[] {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const { singleKeys, setSingleKeys } = KeyboardStore.use((state) => state);
  const notices = NoticesStore.useApi();
  const { pathname, search } = useLocation();
  const report = reportOf(pathname);
  const next = scheme === 'dark' ? 'light' : 'dark';
  const copyLink = () => {
    navigator.clipboard.writeText(location.href).then(
      () => notices.getState().tell('The address of this page is copied.'),
      (error: unknown) => notices.getState().raise(error),
    );
  };
  const switchKeys = () => {
    setSingleKeys(!singleKeys).catch((error: unknown) => notices.getState().raise(error));
  };
  return [
    ...(report ? [{ id: 'report', to: `${report}${search}`, label: 'Printable report on this image', kind: 'Action' }] : []),
    ...PLACES,
    { id: 'theme', run: () => setColorScheme(next), label: `Switch to the ${next} theme`, kind: 'Action' },
    { id: 'copy-link', run: copyLink, label: 'Copy the address of this page', kind: 'Action' },
    { id: 'keys', run: onHelp, label: 'Keyboard shortcuts', kind: 'Action', keys: '?' },
    { id: 'single-keys', run: switchKeys, label: `Turn keys of one character ${singleKeys ? 'off' : 'on'}`, kind: 'Action' },
  ];
}

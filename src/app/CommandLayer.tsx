import { lazy, Suspense } from 'react';
import { useShortcuts } from './use-shortcuts.ts';

const Palette = lazy(async () => ({ default: (await import('./Palette.tsx')).Palette }));
const ShortcutSheet = lazy(async () => ({ default: (await import('./ShortcutSheet.tsx')).ShortcutSheet }));

export interface CommandLayerProps {
  open: 'palette' | 'help' | null;
  onOpen: (what: 'palette' | 'help' | null) => void;
}

/** The keyboard layer: shortcuts, the palette and the sheet that lists them. Both dialogs load when first asked for. */
export function CommandLayer({ open, onOpen }: CommandLayerProps) {
  useShortcuts(onOpen);
  const close = () => onOpen(null);
  return (
    <Suspense fallback={null}>
      {open === 'palette' ? <Palette onClose={close} onHelp={() => onOpen('help')} /> : null}
      {open === 'help' ? <ShortcutSheet onClose={close} /> : null}
    </Suspense>
  );
}

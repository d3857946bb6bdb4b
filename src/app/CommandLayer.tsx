import { lazyPart } from '../components/lazy-part.tsx';
import { DialogPart } from './DialogPart.tsx';
import { useShortcuts } from './use-shortcuts.ts';

const Palette = lazyPart(async () => (await import('./Palette.tsx')).Palette);
const ShortcutSheet = lazyPart(async () => (await import('./ShortcutSheet.tsx')).ShortcutSheet);

export interface CommandLayerProps {
  open: 'palette' | 'help' | null;
  onOpen: (what: 'palette' | 'help' | null) => void;
}

/** The keyboard layer: shortcuts, the palette and the sheet that lists them. Both dialogs load when first asked for. */
export function CommandLayer({ open, onOpen }: CommandLayerProps) {
  useShortcuts(onOpen);
  const close = () => onOpen(null);
  return (
    <DialogPart onDismiss={close}>
      {open === 'palette' ? <Palette onClose={close} onHelp={() => onOpen('help')} /> : null}
      {open === 'help' ? <ShortcutSheet onClose={close} /> : null}
    </DialogPart>
  );
}

// Keys of the inspector: j/k and arrows walk the filter, p the paragraphs, o switches the similarity map.
import { useEffect } from 'react';

export interface InspectKeys {
  onNext: () => void;
  onPrevious: () => void;
  onParagraph: (direction: 1 | -1) => void;
  onOverlay: () => void;
}

/** Installs the keys; none fires while a field or a tab has the focus. */
export function useInspectKeys({ onNext, onPrevious, onParagraph, onOverlay }: InspectKeys): void {
  useEffect(() => {
    const actions: Record<string, () => void> = {
      j: onNext,
      ArrowRight: onNext,
      k: onPrevious,
      ArrowLeft: onPrevious,
      p: () => onParagraph(1),
      P: () => onParagraph(-1),
      o: onOverlay,
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (
        event.target instanceof HTMLElement &&
        event.target.closest('input, textarea, select, [role=tab], [role=radiogroup], [role=dialog]')
      )
        return;
      const action = actions[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onNext, onPrevious, onParagraph, onOverlay]);
}

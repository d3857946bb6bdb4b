// Keys of the run page: Space pauses or resumes, [ and ] walk through the steps of the answers.
import { useEffect } from 'react';

export interface RunKeys {
  onToggle: () => void;
  onStep: (direction: 1 | -1) => void;
}

/** Installs the keys; none fires while a control has the focus. */
export function useRunKeys({ onToggle, onStep }: RunKeys): void {
  useEffect(() => {
    const actions: Record<string, () => void> = { ' ': onToggle, '[': () => onStep(-1), ']': () => onStep(1) };
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (
        event.target instanceof HTMLElement &&
        event.target.closest('input, textarea, select, button, a, summary, [role=slider], [role=dialog]')
      )
        return;
      const action = actions[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onToggle, onStep]);
}

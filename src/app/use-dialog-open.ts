// Whether a dialog is open over the page. Every dialog keeps the page behind it from scrolling, and the body says so.
import { useSyncExternalStore } from 'react';

const SIGN = 'data-scroll-locked';

function follow(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributeFilter: [SIGN] });
  return () => observer.disconnect();
}

/** True while a dialog is open. */
export function useDialogOpen(): boolean {
  return useSyncExternalStore(follow, () => document.body.hasAttribute(SIGN));
}

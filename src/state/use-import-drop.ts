// What a drop zone of the import needs, on whichever page it stands.
import { ImportsStore } from './imports.ts';
import type { Walk } from './review-walk.ts';

export interface ImportDrop {
  /** One import at a time. */
  disabled: boolean;
  onFiles: (walk: Walk) => void;
}

/** Spread it into a drop zone: what is dropped there is reviewed, or scored where it is answers. */
export function useImportDrop(): ImportDrop {
  const imports = ImportsStore.useApi();
  const disabled = ImportsStore.use((state) => state.phase === 'importing');
  return { disabled, onFiles: (walk) => void imports.getState().open(walk) };
}

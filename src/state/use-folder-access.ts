// Whether the pictures of a dataset can be read, for pages that show them; asks the user on a click.
import { useEffect, useState } from 'react';
import type { FolderAccess } from './linked-folder.ts';
import { NoticesStore } from './notices.ts';
import { SamplesStore } from './samples.ts';

/**
 * @param datasetId null while it is not known
 * @returns what stands in the way, or null; `version` changes when reading was allowed, so that pictures are asked for anew
 */
export function useFolderAccess(datasetId: string | null): { blocked: FolderAccess | null; version: number; allow: () => void } {
  const samples = SamplesStore.useApi();
  const notices = NoticesStore.useApi();
  const [version, setVersion] = useState(0);
  const [known, setKnown] = useState<{ datasetId: string; access: FolderAccess | null } | null>(null);
  useEffect(() => {
    if (datasetId === null) return undefined;
    let isCurrent = true;
    samples
      .getState()
      .folderAccess(datasetId)
      .then((access) => isCurrent && setKnown({ datasetId, access }))
      .catch(() => undefined); // reading the pictures then says what is wrong
    return () => {
      isCurrent = false;
    };
    // Asked anew when reading was allowed.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [datasetId, version, samples]);
  const allow = () => {
    if (datasetId === null) return;
    samples
      .getState()
      .allowFolder(datasetId)
      .then(() => setVersion((old) => old + 1))
      .catch((error: unknown) => notices.getState().raise(error));
  };
  const access = known?.datasetId === datasetId ? known.access : null;
  return { blocked: access && !access.mayRead ? access : null, version, allow };
}

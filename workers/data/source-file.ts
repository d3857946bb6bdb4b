// A file of a drop as the import sees it: its size now, its bytes when it is its turn.
import type { DropEntry } from '../../src/shared/protocol.ts';

/** The browser's File fits. */
export interface SourceFile {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface SourceEntry {
  /** Forward slashes, no leading slash. */
  path: string;
  file: SourceFile;
}

/** An entry of either kind. A closed image is opened for each reading and let go again. */
export function sourceEntry(entry: DropEntry): SourceEntry {
  if ('file' in entry) return entry;
  const { path, folder, name, sizeBytes } = entry;
  const arrayBuffer = async () => (await (await folder.getFileHandle(name)).getFile()).arrayBuffer();
  return { path, file: { size: sizeBytes, arrayBuffer } };
}

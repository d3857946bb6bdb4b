// Pictures that stay in the user's folder: found through the folder's stored handle, and checked against the hash of the import, so
// that a changed file is never taken for the one that was looked at.
import type { SampleRecord } from '../domain/sample.ts';
import { WorkbenchError } from '../errors.ts';
import { sha256Hex } from '../hash.ts';
import type { Database } from './database.ts';
import { folderKey } from './dataset-settings.ts';
import { getSetting } from './settings.ts';

/** The part of a directory handle that reading needs; the browser's own handles fit. */
export interface ReadableFolder {
  readonly name: string;
  getDirectoryHandle(name: string): Promise<ReadableFolder>;
  getFileHandle(name: string): Promise<{ getFile(): Promise<Blob> }>;
}

function isFolder(value: unknown): value is FileSystemDirectoryHandle {
  return typeof FileSystemDirectoryHandle !== 'undefined' && value instanceof FileSystemDirectoryHandle;
}

/** The remembered folder of a dataset, or null. */
export async function linkedFolder(db: Database, datasetId: string): Promise<FileSystemDirectoryHandle | null> {
  const stored = await getSetting(db, folderKey(datasetId));
  return isFolder(stored) ? stored : null;
}

/**
 * The file of a sample, whole and unchanged.
 * @param path inside the folder, with forward slashes
 * @throws E-MISSING where it is gone, E-UNSUPPORTED where the browser may not read the folder now, E-CHECKSUM where it has changed
 */
export async function readLinkedFile(
  folder: ReadableFolder,
  path: string,
  { sha256, format }: Pick<SampleRecord, 'sha256' | 'format'>,
): Promise<Blob> {
  let bytes: ArrayBuffer;
  try {
    bytes = await (await fileAt(folder, path)).arrayBuffer();
  } catch (error) {
    throw unreadable(folder.name, path, error);
  }
  if ((await sha256Hex(bytes)) !== sha256) {
    throw new WorkbenchError('E-CHECKSUM', `"${path}" in the linked folder "${folder.name}" is not the file that was imported.`, {
      safe: 'Results that were made before belong to the old file.',
      remedy: 'Press Re-scan on Data to take the changed files in.',
    });
  }
  return new Blob([bytes], { type: `image/${format}` });
}

async function fileAt(folder: ReadableFolder, path: string): Promise<Blob> {
  const names = path.split('/');
  let parent = folder;
  for (const name of names.slice(0, -1)) parent = await parent.getDirectoryHandle(name);
  return (await parent.getFileHandle(names.at(-1) ?? '')).getFile();
}

function unreadable(folder: string, path: string, error: unknown): WorkbenchError {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return mayNotRead(folder);
  return new WorkbenchError('E-MISSING', `"${path}" is not in the linked folder "${folder}" any more.`, {
    safe: 'What is stored of it (texts, thumbnail, answers) is still here.',
    remedy: 'Put the folder back where it was, or press Re-scan on Data and choose where it is now.',
    details: { path, cause: error instanceof Error ? error.message : String(error) },
  });
}

/** The browser asks anew after a restart; only a click can answer. */
export function mayNotRead(folder: string): WorkbenchError {
  return new WorkbenchError('E-UNSUPPORTED', `The browser may not read the linked folder "${folder}" at the moment.`, {
    safe: 'Nothing was changed.',
    remedy: 'Press "Allow reading" on the page of the dataset or the image, then try again.',
  });
}

/** Only a thumbnail is stored, and no folder is known. */
export function onlyThumbnail(what: string): WorkbenchError {
  return new WorkbenchError('E-MISSING', `${what}: only thumbnails were kept, the pictures themselves are not in this browser.`, {
    safe: 'Texts, tags and answers are here.',
    remedy: 'Press Re-scan on Data and choose the folder in Chrome or Edge: it is then linked, and the pictures are read from it.',
  });
}

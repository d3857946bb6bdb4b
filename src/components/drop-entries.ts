// From what a user dropped or picked to a flat list of files with paths. Nothing is read here, only listed.
// File System Access handles are faster (34 against 144 ms for 280 files) and come first; webkit entries work everywhere.
import type { DropEntry, ImportEntry } from '../shared/protocol.ts';

/** Lists the files of one drop; `onFound` hears the running count. */
export interface WalkFiles {
  (onFound: (count: number) => void): Promise<ImportEntry[]>;
  /** The same with images of folders left closed, where the browser gives handles: for lists of any length. */
  lightly?: (onFound: (count: number) => void) => Promise<DropEntry[]>;
  /** The one folder that was dropped or picked, where the browser gives a handle to it; known once the walk is done. */
  folder?: () => FileSystemDirectoryHandle | null;
}

/** A handle whose children can be listed; lib.dom of some TypeScript versions lacks `values`. */
interface DirectoryHandle extends FileSystemDirectoryHandle {
  values: () => AsyncIterableIterator<FileSystemFileHandle | DirectoryHandle>;
}

interface DropItem extends DataTransferItem {
  getAsFileSystemHandle?: () => Promise<FileSystemFileHandle | DirectoryHandle | null>;
}

/** How often the count is reported, in files. */
const REPORT_EVERY = 50;

/**
 * The walk of a drop. Takes every handle now, synchronously: after the first await the browser forgets the items.
 * @returns null when the drop held no files (text, a link)
 */
export function walkDrop(transfer: DataTransfer): WalkFiles | null {
  const items: DropItem[] = Array.from(transfer.items).filter(({ kind }) => kind === 'file');
  if (items.length === 0) return null;
  const sources = items.map((item) => ({ handle: item.getAsFileSystemHandle?.(), entry: item.webkitGetAsEntry() }));
  let folder: FileSystemDirectoryHandle | null = null;
  const walkInto = async <Entry extends DropEntry>(found: FoundFiles<Entry>) => {
    for (const { handle, entry } of sources) {
      const resolved = await handle;
      if (resolved?.kind === 'directory' && sources.length === 1) folder = resolved;
      if (resolved) await walkHandle(resolved, found);
      if (resolved && entry) await addUnlisted(entry, found, found.paths());
      else if (entry) await walkEntry(entry, found);
    }
    return found.finish();
  };
  return Object.assign((onFound: (count: number) => void) => walkInto(openedFiles(onFound)), {
    lightly: (onFound: (count: number) => void) => walkInto(closedImages(onFound)),
    folder: () => folder,
  });
}

/** Chromium has it; the DOM types do not. */
interface PickerWindow extends Window {
  showDirectoryPicker?: (options: { id: string; mode: 'read' }) => Promise<DirectoryHandle>;
}

/** The walk of a folder that the user picks now; null where the browser has no picker with handles, or it was closed. */
export async function pickFolder(): Promise<WalkFiles | null> {
  const page: PickerWindow = window;
  try {
    const handle = await page.showDirectoryPicker?.({ id: 'datasets', mode: 'read' });
    return handle ? walkFolder(handle) : null;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

/** Whether folders can be picked so that they can be read again later. */
export function canPickFolder(): boolean {
  return 'showDirectoryPicker' in window;
}

/** The walk of a folder by its handle. */
export function walkFolder(handle: FileSystemDirectoryHandle): WalkFiles {
  const walkInto = async <Entry extends DropEntry>(found: FoundFiles<Entry>) => {
    await walkHandle(handle, found);
    return found.finish();
  };
  return Object.assign((onFound: (count: number) => void) => walkInto(openedFiles(onFound)), {
    lightly: (onFound: (count: number) => void) => walkInto(closedImages(onFound)),
    folder: () => handle,
  });
}

/** The walk of an `<input type=file>`, with or without `webkitdirectory`. */
export function walkInput(files: FileList | File[]): WalkFiles {
  const list = Array.from(files); // the input is emptied afterwards
  return async (onFound) => {
    onFound(list.length);
    return list.map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  };
}

/** A file on the way: its path, itself, and the folder that it lies in where that has a handle. */
type Keep<Entry> = (path: string, file: File, folder: FileSystemDirectoryHandle | null) => Entry;

class FoundFiles<Entry extends DropEntry> {
  private readonly entries: Entry[] = [];

  constructor(
    private readonly onFound: (count: number) => void,
    private readonly keep: Keep<Entry>,
  ) {}

  add(path: string, file: File, folder: FileSystemDirectoryHandle | null = null): void {
    this.entries.push(this.keep(path.replace(/^\/+/, ''), file, folder));
    if (this.entries.length % REPORT_EVERY === 0) this.onFound(this.entries.length);
  }

  paths(): Set<string> {
    return new Set(this.entries.map(({ path }) => path));
  }

  finish(): Entry[] {
    this.onFound(this.entries.length);
    return this.entries;
  }
}

const openedFiles = (onFound: (count: number) => void) => new FoundFiles<ImportEntry>(onFound, (path, file) => ({ path, file }));

const IMAGE_NAME = /\.(?:png|jpe?g|webp|bmp)$/i;

const closedImages = (onFound: (count: number) => void) =>
  new FoundFiles<DropEntry>(onFound, (path, file, folder) =>
    folder && IMAGE_NAME.test(path) ? { path, folder, name: file.name, sizeBytes: file.size } : { path, file },
  );

/** Files asked for at once: each answer comes from another process. */
const FILES_AT_ONCE = 64;

async function walkHandle<Entry extends DropEntry>(
  handle: FileSystemFileHandle | DirectoryHandle,
  found: FoundFiles<Entry>,
  parent = '',
): Promise<void> {
  const path = parent ? `${parent}/${handle.name}` : handle.name;
  if (handle.kind === 'file') return found.add(path, await handle.getFile());
  let waiting: FileSystemFileHandle[] = [];
  const openWaiting = async () => {
    const files = await Promise.all(waiting.map((child) => child.getFile()));
    waiting = [];
    for (const file of files) found.add(`${path}/${file.name}`, file, handle);
  };
  for await (const child of handle.values()) {
    if (child.kind === 'directory') await walkHandle(child, found, path);
    else waiting.push(child);
    if (waiting.length >= FILES_AT_ONCE) await openWaiting();
  }
  await openWaiting();
}

async function walkEntry<Entry extends DropEntry>(entry: FileSystemEntry, found: FoundFiles<Entry>): Promise<void> {
  if (isFile(entry)) return found.add(entry.fullPath, await new Promise<File>((resolve, reject) => entry.file(resolve, reject)));
  for await (const batch of batchesOf(entry)) for (const child of batch) await walkEntry(child, found);
}

/** The children of a folder as the browser hands them out. */
async function* batchesOf(entry: FileSystemEntry): AsyncGenerator<FileSystemEntry[]> {
  if (!isDirectory(entry)) return;
  const reader = entry.createReader();
  for (;;) {
    // Chromium hands out at most 100 entries at a time; an empty batch is the end.
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return;
    yield batch;
  }
}

/**
 * Adds what the handles did not list: Chromium's leave out, without a word, files whose names Windows would not take, such as those
 * with a question mark or a colon. Entries list them.
 */
async function addUnlisted<Entry extends DropEntry>(
  entry: FileSystemEntry,
  found: FoundFiles<Entry>,
  listed: ReadonlySet<string>,
): Promise<void> {
  if (isFile(entry)) return listed.has(entry.fullPath.replace(/^\/+/, '')) ? undefined : walkEntry(entry, found);
  for await (const batch of batchesOf(entry)) for (const child of batch) await addUnlisted(child, found, listed);
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

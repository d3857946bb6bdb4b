// The image files of a drop as columns: folder, name, size, and the way to the bytes. An image costs its name and some 24 bytes; only
// files that the browser handed over opened are held as they are.
import type { DropEntry, FolderImage } from '../../../src/shared/data-api.ts';
import type { SourceFile } from '../source-file.ts';
import { countColumn, sizeColumn } from './column.ts';
import { PackedTexts } from './packed-texts.ts';

export class ImageFiles {
  /** Paths of the folders that hold images, in the order in which they came. */
  readonly folders: string[] = [];
  readonly #folderIndex = new Map<string, number>();
  readonly #handles: FileSystemDirectoryHandle[] = [];
  readonly #handleIndex = new Map<number | FileSystemDirectoryHandle, number>();
  readonly #folder = countColumn();
  readonly #names = new PackedTexts();
  readonly #sizes = sizeColumn();
  /** Index of the folder's handle plus 1; 0 for opened files. */
  readonly #handle = countColumn();
  readonly #opened = new Map<number, File>();
  /** Names on disk where they are not those of the path: `a\b.png`, which means a folder elsewhere. */
  readonly #diskNames = new Map<number, string>();
  #totalBytes = 0;

  get length(): number {
    return this.#names.length;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Of the columns; opened files are the browser's. */
  get heldBytes(): number {
    return this.#folder.heldBytes + this.#names.heldBytes + this.#sizes.heldBytes + this.#handle.heldBytes;
  }

  /** @param path of the entry, normalised */
  add(path: string, entry: DropEntry): void {
    const slash = path.lastIndexOf('/');
    const image = this.#names.add(path.slice(slash + 1));
    this.#folder.push(this.#folderAt(path.slice(0, Math.max(0, slash))));
    const size = 'file' in entry ? entry.file.size : entry.sizeBytes;
    this.#sizes.push(size);
    this.#totalBytes += size;
    this.#handle.push('file' in entry ? 0 : this.#handleOf(entry) + 1);
    if ('file' in entry) this.#opened.set(image, entry.file);
    else if (!path.endsWith(`/${entry.name}`)) this.#diskNames.set(image, entry.name);
  }

  /** Index into `folders`. */
  folderOf(image: number): number {
    return this.#folder.at(image);
  }

  nameOf(image: number): string {
    return this.#names.at(image);
  }

  sizeOf(image: number): number {
    return this.#sizes.at(image);
  }

  /** The path as dropped, normalised. */
  pathOf(image: number): string {
    const folder = this.folders[this.folderOf(image)];
    return folder ? `${folder}/${this.nameOf(image)}` : this.nameOf(image);
  }

  /** The file itself; a closed one is opened for each reading and let go again. */
  fileOf(image: number): SourceFile {
    const opened = this.#opened.get(image);
    if (opened) return opened;
    const folder = this.#handles[this.#handle.at(image) - 1];
    const name = this.#diskNames.get(image) ?? this.nameOf(image);
    const arrayBuffer = async () => {
      if (!folder) throw new Error(`${name} has no folder`);
      return (await (await folder.getFileHandle(name)).getFile()).arrayBuffer();
    };
    return { size: this.sizeOf(image), isInFolder: true, arrayBuffer };
  }

  #folderAt(path: string): number {
    const known = this.#folderIndex.get(path);
    if (known !== undefined) return known;
    this.#folderIndex.set(path, this.folders.length);
    return this.folders.push(path) - 1;
  }

  /** Every message brings a copy of the handle; the first one is kept. */
  #handleOf({ folder, folderId }: FolderImage): number {
    const key = folderId ?? folder;
    const known = this.#handleIndex.get(key);
    if (known !== undefined) return known;
    this.#handleIndex.set(key, this.#handles.length);
    return this.#handles.push(folder) - 1;
  }
}

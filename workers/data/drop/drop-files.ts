// The files of a drop, sorted as they come: images, texts, and what the import does not read.
import type { DropEntry } from '../../../src/shared/data-api.ts';
import { extensionOf, isSystemFile, normalisePath } from '../paths.ts';
import { ProblemTally } from '../problem-list.ts';
import type { TextEntry } from '../source-file.ts';
import { FirstPaths } from './first-paths.ts';
import { ImageFiles } from './image-files.ts';
import { unpackedPath } from './unpack-text.ts';

const IMAGE_EXTENSIONS = new Set(['png', 'jpg', 'jpeg', 'webp', 'bmp']);
/** Pictures that the model's reader does not take: they are told, not silently set aside as "no image". */
const OTHER_IMAGES = new Set(['gif', 'tif', 'tiff', 'heic', 'heif', 'avif', 'jfif', 'jxl', 'svg']);
const TEXT_EXTENSIONS = new Set(['json', 'jsonl', 'ndjson']);

export class DropFiles {
  readonly images = new ImageFiles();
  readonly texts: TextEntry[] = [];
  readonly ignored = new FirstPaths();
  /** Pictures of kinds that are not read. */
  readonly unsupported = new ProblemTally();
  /** First parts of the paths, as long as there is only one. */
  readonly #tops = new Set<string>();
  #count = 0;

  /** Of all files, system files included. */
  get count(): number {
    return this.#count;
  }

  add(entry: DropEntry): void {
    const path = normalisePath(entry.path);
    this.#count++;
    if (this.#tops.size < 2) this.#tops.add(path.split('/')[0] ?? '');
    if (isSystemFile(path)) return;
    const extension = extensionOf(path);
    if (IMAGE_EXTENSIONS.has(extension)) this.images.add(path, entry);
    else if ((TEXT_EXTENSIONS.has(extension) || unpackedPath(path)) && 'file' in entry) this.texts.push({ path, file: entry.file });
    else if (OTHER_IMAGES.has(extension)) this.unsupported.add(unsupportedImage(path));
    else this.ignored.add(path);
  }

  /** The one folder that holds everything, or the only file, or a plain name. */
  get suggestedName(): string {
    const [top, ...others] = this.#tops;
    return top && others.length === 0 ? top : 'Dropped images';
  }
}

function unsupportedImage(path: string) {
  const reason = `${extensionOf(path).toUpperCase()} files are not read; save the picture as PNG, JPEG, WebP or BMP.`;
  return { code: 'image-format-unsupported', path, reason, action: 'left-out' as const };
}

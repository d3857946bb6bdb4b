// Paths as they come from drops and annotation files: Windows separators, drives and leading dots are normalised.

/** Forward slashes, no drive, no leading `/` or `./`, no empty or `.` parts; `..` takes its folder away. */
export function normalisePath(path: string): string {
  const parts: string[] = [];
  for (const part of path
    .trim()
    .replace(/^[A-Za-z]:(?=[\\/])/, '')
    .split(/[\\/]+/)) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** All but the last part; empty where there is only one. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Lower-case ending without the dot; empty where there is none. */
export function extensionOf(path: string): string {
  const name = baseName(path);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}

/** Files that systems leave behind and nobody means: they are skipped without a word. */
export function isSystemFile(path: string): boolean {
  const name = baseName(path).toLowerCase();
  return (
    name === '.ds_store' || name === 'thumbs.db' || name === 'desktop.ini' || name.startsWith('._') || path.split('/').includes('__MACOSX')
  );
}

const IMAGE_NAME = /^(.+)\.(?:png|jpe?g|webp|bmp)$/;

/** Base name of an image in lower case, without its extension; null for what has no image's name. */
export function stemOf(path: string): string | null {
  return IMAGE_NAME.exec(baseName(path).toLowerCase())?.[1] ?? null;
}

/** What counts as one page: stepping from image to image in Inspect stays on it, every other path is a page of its own. */
export function pageOf(pathname: string): string {
  return pathname.startsWith('/inspect') ? '/inspect' : pathname;
}

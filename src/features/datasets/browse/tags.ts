// How a tag is written.

/** A tag is one word of letters, digits and `-_.:+`, so that it reads well in an address. */
export function tagFrom(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\-_.:+]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
}

/** Names from a Mac's files have their accents as signs of their own, keyboards write whole letters. */
const folded = (text: string): string => text.normalize('NFC').toLowerCase();

/** Every word of the query occurs, in any order. */
export function matchesQuery(text: string, query: string): boolean {
  const whole = folded(text);
  return folded(query)
    .split(/\s+/)
    .every((word) => whole.includes(word));
}

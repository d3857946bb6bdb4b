// Python's text rules where JavaScript's differ: the reference rewards were computed with them. Sets of characters, no state.

/** Characters of Python's `str.isspace` and `\s`, as the inside of a character class: U+001C to U+001F and U+0085 count, U+FEFF does not. */
export const PYTHON_SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

/** Characters of Python's `\w`, as the inside of a character class (flag `u`). */
export const PYTHON_WORD = '\\p{L}\\p{N}_';

const LEADING_SPACE = new RegExp(`^[${PYTHON_SPACE}]+`, 'u');
const SPACE_RUN = new RegExp(`[${PYTHON_SPACE}]+`, 'gu');
const SPACE_CHARACTER = new RegExp(`[${PYTHON_SPACE}]`, 'u');

/** UTF-16 range of the text without white space at both ends (`str.strip`). */
export function trimmedRange(text: string): [start: number, end: number] {
  const start = LEADING_SPACE.exec(text)?.[0].length ?? 0;
  let end = text.length;
  // A loop, because a regular expression anchored at the end is quadratic on long runs of spaces.
  while (end > start && SPACE_CHARACTER.test(text[end - 1] ?? '')) end--;
  return [start, end];
}

/** `str.strip`. */
export function pythonStrip(text: string): string {
  return text.slice(...trimmedRange(text));
}

/** Trims, and makes every run of white space one space: `re.sub(r'\s+', ' ', text.strip())`. */
export function foldSpace(text: string): string {
  return pythonStrip(text).replace(SPACE_RUN, ' ');
}

/** `str.split()`. */
export function pythonWords(text: string): string[] {
  return foldSpace(text)
    .split(' ')
    .filter((word) => word !== '');
}

/** `len(text)`: Unicode code points. */
export function codePointCount(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const isPair = unit >= 0xd800 && unit < 0xdc00 && text.charCodeAt(i + 1) >> 10 === 0x37;
    if (isPair) i++;
    count++;
  }
  return count;
}

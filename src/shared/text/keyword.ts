// The keyword of a paragraph, which the visual reward compares with the image (prpo.md 4).
import { codePointCount, foldSpace, PYTHON_SPACE, pythonWords } from './python-text.ts';
import { yakePhrases } from './yake.ts';

const BOLD_TITLE = new RegExp(`\\*\\*[^*]+\\*\\*:[${PYTHON_SPACE}]*`, 'gu');
const HASHES = new RegExp(`#+[${PYTHON_SPACE}]*`, 'gu');
const ALPHABETIC = /^\p{L}+$/u;

/** The paragraph without bold titles and heading marks, white space folded: what the keyword is taken from. */
export function keywordSource(paragraph: string): string {
  return foldSpace(paragraph.replace(BOLD_TITLE, '').replace(HASHES, ''));
}

/** When no phrase is found: the first two alphabetic words of more than 3 letters, else the first three words, else `content`. */
export function fallbackKeyword(source: string): string {
  const words = pythonWords(source);
  const long = words.filter((word) => codePointCount(word) > 3 && ALPHABETIC.test(word));
  const chosen = long.length > 0 ? long.slice(0, 2) : words.slice(0, 3);
  return chosen.join(' ') || 'content';
}

/**
 * The keyword of a paragraph in the spelling of its first occurrence.
 * @param maxLength longest phrase in words
 */
export function paragraphKeyword(paragraph: string, maxLength: number): string {
  const source = keywordSource(paragraph);
  return yakePhrases(source, maxLength)?.[0]?.phrase ?? fallbackKeyword(source);
}

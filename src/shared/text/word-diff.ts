// Which words were added and which went, by the longest common subsequence of words.

export interface DiffPart {
  kind: 'same' | 'added' | 'removed';
  /** With its white space. */
  text: string;
}

/** Words with the white space before them; joined they are the text. */
function wordsOf(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

/** Beyond this many pairs of words the texts are shown as wholly replaced. */
const MOST_PAIRS = 9_000_000;

/** lengths[i][j] = longest common subsequence of before[i..] and after[j..]. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint16Array[] {
  const rows = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    const [row, below] = [rows[i] ?? new Uint16Array(), rows[i + 1] ?? new Uint16Array()];
    for (let j = after.length - 1; j >= 0; j--)
      row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
  }
  return rows;
}

/** A word with the white space before it; the first of a text has none of its own. */
const apart = (word: string, isFirst: boolean): string => (isFirst || /^\s/.test(word) ? word : ` ${word}`);

/** Parts in reading order, what went before what came; neighbours of one kind are joined. */
export function wordDiff(before: string, after: string): DiffPart[] {
  const words = { before: wordsOf(before), after: wordsOf(after) };
  const keys = { before: words.before.map((word) => word.trim()), after: words.after.map((word) => word.trim()) };
  const parts: DiffPart[] = [];
  const add = (kind: DiffPart['kind'], word = '') => {
    const last = parts.at(-1);
    const text = apart(word, last === undefined);
    if (last?.kind === kind) last.text += text;
    else parts.push({ kind, text });
  };
  const isHuge = keys.before.length * keys.after.length > MOST_PAIRS;
  const lengths = isHuge ? [] : commonLengths(keys.before, keys.after);
  let [i, j] = [0, 0];
  while (i < keys.before.length || j < keys.after.length) {
    const isCommon = !isHuge && i < keys.before.length && j < keys.after.length && keys.before[i] === keys.after[j];
    if (isCommon) {
      add('same', words.after[j]);
      [i, j] = [i + 1, j + 1];
    } else if (i < keys.before.length && (isHuge || (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0)))
      add('removed', words.before[i++]);
    else if (j < keys.after.length) add('added', words.after[j++]);
    else add('removed', words.before[i++]);
  }
  return parts;
}

/** How many words stayed, came and went. */
export function countDiff(parts: readonly DiffPart[]): Record<DiffPart['kind'], number> {
  const counts = { same: 0, added: 0, removed: 0 };
  for (const { kind, text } of parts) counts[kind] += wordsOf(text).filter((word) => word.trim() !== '').length;
  return counts;
}

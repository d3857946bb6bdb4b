// The likely cause of broken JSON, guessed from what stands at the place: the mistakes of hands and of Python's repr.

/** What a text lacks that begins where JSON breaks: a quote that opens and no string that JSON would take. */
interface OpenText {
  /** What comes before its closing quote. */
  stop: 'line' | 'end' | 'control' | 'escape';
  /** The escape or the control character. */
  found: string;
}

/** Looks for what ends a text too early. @param after begins with its opening quote */
function openText(after: string): OpenText | null {
  for (let i = 1; i < after.length; i++) {
    const character = after.charAt(i);
    if (character === '"') return null;
    if (character === '\\' && !/^\\(?:["\\/bfnrt]|u[0-9a-f]{4})/i.test(after.slice(i, i + 6)))
      return { stop: 'escape', found: after.slice(i, i + 2) };
    if (character === '\\') i++;
    else if (character === '\n' || character === '\r') return { stop: 'line', found: '' };
    else if (character < ' ') return { stop: 'control', found: character };
  }
  return { stop: 'end', found: '' };
}

const OPEN_TEXTS: Record<OpenText['stop'], { expected: string; cause: (found: string) => string }> = {
  line: {
    expected: 'the closing quote of the text that begins here before the end of its line',
    cause: () => 'the quote was forgotten, or the text has a line break, which JSON writes as \\n',
  },
  end: {
    expected: 'the closing quote of the text that begins here',
    cause: () => 'the quote was forgotten, or the file was cut off',
  },
  control: {
    expected: 'no control character in the text that begins here',
    cause: (found) => `a ${found === '\t' ? 'tab, which JSON writes as \\t' : 'character that cannot be seen'}`,
  },
  escape: {
    expected: 'no lone backslash in the text that begins here',
    cause: (found) => `a path of Windows or a formula: write ${found.replace('\\', '\\\\')} instead of ${found}`,
  },
};

/** What JSON wants of a text that is not closed as it should be; null where the fault is no such text. */
export function openTextFault(after: string): { expected: string; cause: string } | null {
  const open = after.startsWith('"') ? openText(after) : null;
  if (!open) return null;
  const { expected, cause } = OPEN_TEXTS[open.stop];
  return { expected, cause: cause(open.found) };
}

/** First the pattern of what stands at the fault, then that of what stands before it. */
const CAUSES: readonly { at: RegExp; before: RegExp; cause: string }[] = [
  { at: /^$/, before: /[^]/, cause: 'the file was cut off, or a bracket was not closed' },
  { at: /^[\]}]/, before: /,\s*$/, cause: 'the comma before it is one too many' },
  { at: /^'/, before: /[^]*/, cause: 'single quotes; JSON takes double quotes only' },
  { at: /^[“”„‘’]/, before: /[^]*/, cause: 'typographic quotes, as word processors make them' },
  { at: /^(?:None|True|False)\b/, before: /[^]*/, cause: 'written by Python’s print instead of json.dump: JSON has null, true and false' },
  { at: /^-?(?:NaN|Infinity)\b/, before: /[^]*/, cause: 'a number that is not finite; JSON has none, write null' },
  { at: /^[A-Za-z_]\w*[,;\t][\w,;\t ]*$/m, before: /^$/, cause: 'a CSV table; one JSON object per line is wanted' },
  { at: /^(?:\/[/*]|#)/, before: /[^]*/, cause: 'a comment; JSON has none' },
  { at: /^["{[\d]/, before: /["\]}\d\w]\s*\n\s*$/, cause: 'a comma is missing at the end of the line before' },
  { at: /^["{[]/, before: /["\]}\d\w]\s*$/, cause: 'a comma is missing before it' },
  { at: /^[^\s,:\]}]/, before: /"\s*$/, cause: 'a quote is missing before it, or one inside the text should be written as \\"' },
];

/**
 * The likely cause of a fault, or null where nothing is likelier than the rest.
 * @param before the text up to the fault, or its end
 * @param after the text from the fault on; empty where the file ends
 */
export function likelyCause(before: string, after: string): string | null {
  return CAUSES.find((one) => one.at.test(after) && one.before.test(before))?.cause ?? null;
}

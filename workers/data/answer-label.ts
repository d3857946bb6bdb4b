// The label that an annotation's answer text gives, and whether the official question builder would accept it.
import type { Label } from '../../src/shared/domain/sample.ts';

const MARKER = '### Answer:';

export interface AnswerLabel {
  /** null where the text names none or both. */
  label: Label | null;
  /** False where the official builder would lose the row: the text after the marker is not exactly `real` or `fake`. */
  exact: boolean;
}

/** Reads what follows the last `### Answer:`; null where there is no marker. */
export function readAnswerLabel(answer: string): AnswerLabel | null {
  const at = answer.lastIndexOf(MARKER);
  if (at < 0) return null;
  const text = answer
    .slice(at + MARKER.length)
    .trim()
    .toLowerCase();
  if (text === 'real' || text === 'fake') return { label: text, exact: true };
  const named = (['real', 'fake'] as const).filter((label) => new RegExp(`\\b${label}\\b`).test(text));
  return { label: named.length === 1 ? (named[0] ?? null) : null, exact: false };
}

/** The answer with its last line written as the official builder wants it. */
export function withExactAnswer(answer: string, label: Label): string {
  return `${answer.slice(0, answer.lastIndexOf(MARKER))}${MARKER} ${label}`;
}

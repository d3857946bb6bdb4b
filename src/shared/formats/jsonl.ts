// JSON Lines with line numbers: broken lines become problems and the good ones are kept.
import type { ImportProblem, Label } from '../domain/sample.ts';
import { parsePythonJson } from './json-text.ts';

/** One parsed line. */
export interface JsonLine {
  /** `answers.jsonl#12`: file and line from 1. */
  place: string;
  /** Place among the lines that are not blank, from 0; broken ones count, so that a row keeps its place whatever stands before it. */
  position: number;
  value: unknown;
}

/** Said of the lines that `readLines` counts as such: somebody took a list apart. */
export const COMMA = 'The line ends in a comma, which was left away.';

export interface JsonLines {
  rows: JsonLine[];
  /** Broken lines. */
  problems: ImportProblem[];
  /** Places of lines that are good but for a comma at their end. */
  commas: string[];
}

/** Reads every line that is not blank, with the line ends of any system. Never throws. */
export function readLines(fileName: string, text: string): JsonLines {
  const rows: JsonLine[] = [];
  const problems: ImportProblem[] = [];
  const commas: string[] = [];
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n?|\n/)
    .forEach((line, index) => {
      if (line.trim() === '') return;
      const place = `${fileName}#${index + 1}`;
      const position = rows.length + problems.length;
      const parsed = parsePythonJson(line, index + 1);
      const withoutComma = !parsed.ok && /,\s*$/.test(line) ? parsePythonJson(line.replace(/,\s*$/, ''), index + 1) : undefined;
      if (parsed.ok) rows.push({ place, position, value: parsed.value });
      else if (withoutComma?.ok) {
        commas.push(place);
        rows.push({ place, position, value: withoutComma.value });
      } else problems.push({ code: 'json-broken', path: place, reason: parsed.reason, action: 'left-out' });
    });
  return { rows, problems, commas };
}

/** One line per value, each ended by a line feed. */
export function writeLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

/** A plain object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `real` or `fake` in any case and with spaces around; null for anything else. */
export function labelOf(value: unknown): Label | null {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return word === 'real' || word === 'fake' ? word : null;
}

// JSON Lines with line numbers: broken lines become problems and the good ones are kept.
import type { ImportProblem, Label } from '../domain/sample.ts';
import { parsePythonJson, type ParsedJson } from './json-text.ts';

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

const COMMA_AT_END = /,[ \t\r]*$/;

/**
 * Parses one line, without a comma at its end where only that is wrong.
 * @param number of the line, from 1, for what is wrong
 * @param parse also reads Python's NaN unless told otherwise
 * @returns also how many bytes were left away at the end
 */
export function parseLine(line: string, number: number, parse = parsePythonJson): { result: ParsedJson; comma: number } {
  const result = parse(line, number);
  const end = result.ok ? null : COMMA_AT_END.exec(line);
  const shorter = end ? parse(line.slice(0, end.index), number) : null;
  return shorter?.ok && end ? { result: shorter, comma: end[0].length } : { result, comma: 0 };
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
      const { result, comma } = parseLine(line, index + 1);
      if (result.ok && comma > 0) commas.push(place);
      if (result.ok) rows.push({ place, position, value: result.value });
      else problems.push({ code: 'json-broken', path: place, reason: result.reason, action: 'left-out' });
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

/** Why a value of this name is no id; null where it may be one. Neighbours of so many digits would be read as the same number. */
export function longIdFault(name: string, value: unknown): string | null {
  const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded ? `\`${name}\` has more digits than a number keeps; written in quotes it is read whole.` : null;
}

/** `real` or `fake` in any case and with spaces around; null for anything else. */
export function labelOf(value: unknown): Label | null {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return word === 'real' || word === 'fake' ? word : null;
}

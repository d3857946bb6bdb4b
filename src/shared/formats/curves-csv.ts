// Curves as CSV: `step,timestamp,<metric>…` (spec/formats.md 5). Trackio's import_csv and every spreadsheet read it.
import { WorkbenchError } from '../errors.ts';
import { CurveBuilder, metricNames, refusedLog, type CurvePoint } from './curve.ts';
import { toTrlName } from './metric-names.ts';
import { tableCsv } from './table-text.ts';

/** Times in ISO 8601; a cell is empty where a step lacks the metric. */
export function writeCurveCsv(points: readonly CurvePoint[]): string {
  const names = metricNames(points);
  const rows = points.map(({ step, timestamp, metrics }) => [
    step,
    timestamp === null ? null : new Date(timestamp).toISOString(),
    ...names.map((name) => metrics[name] ?? null),
  ]);
  return tableCsv({ columns: ['step', 'timestamp', ...names], rows });
}

/** @throws E-SCHEMA without a `step` column, for a row of another length or a cell that is no number; the line is named */
export function readCurveCsv(text: string): CurvePoint[] {
  const [header = [], ...rows] = csvRows(text);
  const stepAt = header.findIndex((name) => ['step', 'train/global_step', 'training/global_step'].includes(name));
  if (stepAt < 0) throw noCurve(header);
  const builder = new CurveBuilder();
  rows.forEach((row, index) => {
    if (row.length === 1 && row[0] === '') return;
    if (row.length !== header.length) {
      throw refusedLog('E-SCHEMA', `Row ${index + 2} of the CSV has ${row.length} cells; the header has ${header.length}.`);
    }
    const step = Number(row[stepAt]);
    if (!Number.isInteger(step) || row[stepAt] === '')
      throw refusedLog('E-SCHEMA', `Row ${index + 2} of the CSV has no whole number as step.`);
    const timeAt = header.indexOf('timestamp');
    const cells = row.flatMap((cell, at): [string, number][] =>
      at === stepAt || at === timeAt || cell === '' ? [] : [[toTrlName(header[at] ?? ''), numberOf(cell, index + 2)]],
    );
    builder.add(step, timeOf(row[timeAt] ?? ''), cells);
  });
  return builder.points();
}

/** A table of answers is the likeliest other CSV. */
function noCurve(header: readonly string[]): WorkbenchError {
  const isAnswers = header.some((name) => ['question_id', 'text', 'predict', 'prediction', 'response', 'label'].includes(name));
  const columns = header.filter((name) => name !== '').slice(0, 8);
  if (!isAnswers) return refusedLog('E-SCHEMA', 'The CSV has no `step` column.');
  return new WorkbenchError('E-SCHEMA', `The CSV is no training log, for it has no \`step\` column. It has ${columns.join(', ')}.`, {
    safe: 'Nothing was stored.',
    remedy:
      'Answers are read as JSON Lines, one object per line with `question_id` and `text`. In Python: pandas.read_csv("answers.csv").to_json("answers.jsonl", orient="records", lines=True)',
  });
}

/** Not-a-number and infinity are values that logs hold; other words are not. */
function numberOf(cell: string, row: number): number {
  const value = Number(cell);
  if (Number.isNaN(value) && !/^(?:nan|[+-]?inf(?:inity)?)$/i.test(cell.trim()))
    throw refusedLog('E-SCHEMA', `Row ${row} of the CSV: "${cell.slice(0, 40)}" is not a number.`);
  return value;
}

/** ISO text, or seconds since 1970. */
function timeOf(cell: string): number | null {
  if (cell === '') return null;
  const time = /^\d+(?:\.\d+)?$/.test(cell) ? Number(cell) * 1000 : Date.parse(cell);
  return Number.isNaN(time) ? null : time;
}

/** Cells with RFC 4180 quotes; spaces beside a comma belong to no name and no number. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /[ \t]*("(?:[^"]|"")*"[ \t]*|(?![ \t]*")[^,\r\n]*)(,|\r?\n|$)/y;
  const source = text.replace(/^\uFEFF/, '');
  while (cell.lastIndex < source.length) {
    const match = cell.exec(source);
    if (!match) throw refusedLog('E-SCHEMA', `Row ${rows.length + 1} of the CSV has a broken quotation.`);
    const [, padded = '', end] = match;
    const raw = padded.trim();
    row.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"').trim() : raw);
    if (end === ',' && cell.lastIndex < source.length) continue;
    if (end === ',') row.push(''); // the file ends right after a comma
    rows.push(row);
    row = [];
  }
  return rows;
}

// Curves as JSON lines: flat rows with TRL's names, or verl's `{"step", "data"}` rows with verl's names.
import { CurveBuilder, refusedLog, type CurvePoint } from './curve.ts';
import { isRecord, readLines, writeLines } from './jsonl.ts';
import { toTrlName, toVerlName, verlTimings } from './metric-names.ts';

export type CurveDialect = 'trl' | 'verl';

/** One line per step. */
export function writeCurveJsonl(points: readonly CurvePoint[], dialect: CurveDialect): string {
  if (dialect === 'trl') return writeLines(points.map(({ step, timestamp, metrics }) => ({ step, timestamp, ...metrics })));
  const data = ({ step, metrics, phaseMs }: CurvePoint) => ({
    ...Object.fromEntries(Object.entries(metrics).map(([name, value]) => [toVerlName(name), value])),
    ...verlTimings(phaseMs),
    'training/global_step': step,
  });
  return writeLines(points.map((point) => ({ step: point.step, data: data(point) })));
}

/** Reads either dialect. @throws E-SCHEMA for a broken line or a row without step, naming the line */
export function readCurveJsonl(fileName: string, text: string): CurvePoint[] {
  const { rows, problems } = readLines(fileName, text);
  if (problems[0]) throw refusedLog('E-SCHEMA', `${problems[0].path}: ${problems[0].reason}`);
  const builder = new CurveBuilder();
  for (const { place, value } of rows) {
    const step = isRecord(value) ? (value['step'] ?? value['train/global_step']) : undefined;
    if (!isRecord(value) || typeof step !== 'number') throw refusedLog('E-SCHEMA', `${place}: the row has no \`step\`.`);
    const { step: _, timestamp, data, ...flat } = value;
    const entries = Object.entries(isRecord(data) ? data : flat).filter(([name]) => name !== 'training/global_step');
    builder.add(
      step,
      typeof timestamp === 'number' ? timestamp : null,
      entries.map(([name, number]) => [toTrlName(name), number]),
    );
  }
  return builder.points();
}

// What the parts of a bundle have in common on their way in: reading and checking their records.
import { chunks } from '../../../src/shared/chunks.ts';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { DAMAGED_BUNDLE } from '../../../src/shared/formats/bundle-manifest.ts';
import { checkRecord, type RecordSchema } from '../../../src/shared/formats/records/check-record.ts';
import type { BundleSummary } from '../../../src/shared/data-api.ts';
import type { Bundle } from './open-bundle.ts';

/** One dataset, evaluation, run or checkpoint of a bundle. */
export interface BundlePart {
  id: string;
  /** Where the summary names it; null: with what it belongs to. */
  list: keyof BundleSummary['added'] | null;
  exists: () => Promise<unknown>;
  /** Reads everything and throws where something is not as it should be. */
  check: () => Promise<void>;
  store: () => Promise<void>;
  /** Takes back what `store` added, even half of it. */
  remove: () => Promise<unknown>;
  /** Of a dataset: pictures that the bundle says it lacks. */
  picturesLeftOut?: number;
}

const BATCH_SIZE = 100;

/** The records of a file of lines, each checked. @throws E-SCHEMA naming file and line */
export async function recordsOf<Value>(
  bundle: Bundle,
  path: string,
  schema: RecordSchema<Value>,
  pick: (row: unknown) => unknown,
): Promise<Value[]> {
  return (await bundle.lines(path)).map(({ place, value }) => checkRecord(schema, pick(value), place));
}

/** A file that older bundles do not have. */
export async function optionalJson<Value>(bundle: Bundle, path: string, schema: RecordSchema<Value>): Promise<Value | null> {
  return bundle.has(path) ? checkRecord(schema, await bundle.json(path), path) : null;
}

/** The row is the record. */
export const whole = (row: unknown): unknown => row;

/** @throws E-SCHEMA where a record lies in the folder of another */
export function assertOwn(holds: boolean, place: string): void {
  if (!holds) throw new WorkbenchError('E-SCHEMA', `${place}: it belongs to another record than its folder.`, DAMAGED_BUNDLE);
}

/** Few enough records at a time that memory stays flat. */
export function batchesOf<Value>(values: readonly Value[]): Value[][] {
  return chunks(values, BATCH_SIZE);
}

/** A slice of the zip would hold on to a file that the user may move away. */
export async function copyOf(blob: Blob, type: string): Promise<Blob> {
  return new Blob([await blob.arrayBuffer()], { type });
}

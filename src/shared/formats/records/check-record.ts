// Checks a value that came from outside as a stored record, before anything of it is stored.
import * as v from 'valibot';
import { WorkbenchError } from '../../errors.ts';
import { DAMAGED_BUNDLE } from '../bundle-manifest.ts';

/** A stored kind of record that a bundle holds. */
export type RecordSchema<Value> = v.GenericSchema<unknown, Value>;

/**
 * The value as a record.
 * @param place file and line, for the message
 * @throws E-SCHEMA naming place and field
 */
export function checkRecord<Value>(schema: RecordSchema<Value>, value: unknown, place: string): Value {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? 'the record';
  throw new WorkbenchError(
    'E-SCHEMA',
    `${place}: ${field} should be ${issue.expected ?? 'valid'}; it is ${issue.received}.`,
    DAMAGED_BUNDLE,
  );
}

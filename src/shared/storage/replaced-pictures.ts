// Which pictures of a dataset a re-scan replaced, and when: an evaluation or a run that began before must not go on as if nothing had
// happened, with answers to the old pictures beside answers to the new ones.
import * as v from 'valibot';
import { WorkbenchError } from '../errors.ts';
import type { Database } from './database.ts';
import { replacedKey } from './dataset-settings.ts';
import { updateSetting, getSetting } from './settings.ts';

/** Path and time of each. */
const SCHEMA = v.array(v.tuple([v.string(), v.number()]));

/** Paths named in the error. */
const NAMED_PATHS = 5;

function replacedOf(stored: unknown): Map<string, number> {
  const parsed = v.safeParse(SCHEMA, stored);
  return new Map(parsed.success ? parsed.output : []);
}

/** Remembers pictures whose file, label or text is another one from now on. */
export async function noteReplaced(db: Database, datasetId: string, paths: readonly string[], now = Date.now()): Promise<void> {
  if (paths.length === 0) return;
  await updateSetting(db, replacedKey(datasetId), (stored) => {
    const replaced = replacedOf(stored);
    for (const path of paths) replaced.set(path, now);
    return [...replaced];
  });
}

/** When the newest of them was replaced; 0 where none was. */
export async function lastReplaced(db: Database, datasetId: string): Promise<number> {
  const replaced = replacedOf(await getSetting(db, replacedKey(datasetId)));
  return [...replaced.values()].reduce((newest, time) => Math.max(newest, time), 0);
}

/** When a re-scan changed the image, its label or its text last, milliseconds; 0 where none did. */
export async function replacedAt(db: Database, datasetId: string, path: string): Promise<number> {
  return replacedOf(await getSetting(db, replacedKey(datasetId))).get(path) ?? 0;
}

/** Work that reads the pictures of a dataset over a long time. */
export interface PictureWork {
  /** `evaluation` or `run`, as in "this evaluation". */
  kind: string;
  datasetId: string;
  createdAt: number;
}

/** @throws E-CHECKSUM with their names when pictures of the work were replaced after it began */
export async function assertSamePictures(
  db: Database,
  { kind, datasetId, createdAt }: PictureWork,
  sampleIds: readonly string[],
): Promise<void> {
  const replaced = replacedOf(await getSetting(db, replacedKey(datasetId)));
  if (replaced.size === 0) return;
  const paths = sampleIds.map((id) => id.slice(datasetId.length + 1)).filter((path) => (replaced.get(path) ?? 0) > createdAt);
  if (paths.length === 0) return;
  const named = paths.slice(0, NAMED_PATHS).join(', ');
  const more = paths.length > NAMED_PATHS ? ` and ${paths.length - NAMED_PATHS} more` : '';
  const [subject, verb] = paths.length === 1 ? ['1 picture', 'is'] : [`${paths.length} pictures`, 'are'];
  throw new WorkbenchError(
    'E-CHECKSUM',
    `${subject} of this ${kind} ${verb} not what ${verb === 'is' ? 'it was' : 'they were'} when it began (re-scanned since): ${named}${more}.`,
    {
      safe: 'What was stored before, for the old pictures, stays as it is.',
      remedy: `Start a new ${kind} on the dataset as it is now.`,
      details: { paths: paths.slice(0, 1000) },
    },
  );
}

// Names of the Web Locks that keep two tabs from writing the same things.

/** Held while datasets are imported, generated or deleted. */
export const DATA_WRITER_LOCK = 'prpo-data-writer';

/** Held while an evaluation or a training run writes. A tab that takes over steals it. */
export const ENGINE_WRITER_LOCK = 'prpo-writer';

const WORKING_PREFIX = 'prpo-working/';

/** A shared lock that is held beside the writer's: its name tells every tab which record is being worked on. */
export function workingLockName(recordId: string): string {
  return WORKING_PREFIX + recordId;
}

/** Ids of the evaluations and runs that an engine works on right now, in this tab or another. */
export async function listWorkingIds(): Promise<string[]> {
  const { held = [] } = await navigator.locks.query();
  return held.flatMap(({ name }) => (name?.startsWith(WORKING_PREFIX) ? [name.slice(WORKING_PREFIX.length)] : []));
}

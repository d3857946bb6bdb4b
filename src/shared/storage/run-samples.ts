// Which samples a run learns from and is probed on, fixed when it starts: a dataset that grows, or whose tags change, between a stop
// and a resume changes nothing. Stored once under a settings key, packed, because the run's own record is written with every step.
import * as v from 'valibot';
import type { RunRecord } from '../domain/run.ts';
import { WorkbenchError } from '../errors.ts';
import type { Database } from './database.ts';
import { transact } from './database.ts';
import { runSamplesKey } from './runs.ts';
import { getSetting } from './settings.ts';
import { assertWriter } from './writer-fence.ts';

export const RUN_SAMPLES_SCHEMA = v.object({
  /** Ids in the run's order. */
  learnt: v.array(v.string()),
  /** Passed the filter, but had nothing to learn from. */
  leftOut: v.number(),
  /** Ids of the probe's samples. */
  probed: v.array(v.string()),
});
export type RunSamples = v.InferOutput<typeof RUN_SAMPLES_SCHEMA>;

const Packed = v.object({ packed: v.instance(Uint8Array) });

/** The samples of a run; undefined for one that was started before they were stored. @throws E-STORAGE when they cannot be read */
export async function getRunSamples(db: Database, runId: string): Promise<RunSamples | undefined> {
  const stored = await getSetting(db, runSamplesKey(runId));
  if (stored === undefined) return undefined;
  try {
    return v.parse(RUN_SAMPLES_SCHEMA, await unpack(v.parse(Packed, stored).packed));
  } catch {
    throw new WorkbenchError('E-STORAGE', 'The list of images that this run learns from is damaged.', {
      safe: 'Its steps and checkpoints are stored.',
      remedy: 'Start a new run from its last checkpoint.',
    });
  }
}

/** Stores the samples of a run, in one transaction with the look at who may write. @throws E-LOCKED when another tab has claimed it */
export async function fixRunSamples(db: Database, run: RunRecord, samples: RunSamples): Promise<void> {
  const value = { packed: await pack(samples) };
  await transact(db, ['runs', 'settings'], 'readwrite', async (tx) => {
    assertWriter(await tx.objectStore('runs').get(run.id), run);
    await tx.objectStore('settings').put({ key: runSamplesKey(run.id), value });
  });
}

/** Ids of one dataset share most of their letters: gzip leaves about a tenth. */
async function pack(samples: RunSamples): Promise<Uint8Array> {
  const packed = new Blob([JSON.stringify(samples)]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

async function unpack(packed: Uint8Array): Promise<unknown> {
  const text = new Blob([packed.slice()]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(text).text());
}

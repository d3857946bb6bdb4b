// The samples of a run: chosen from its dataset once, when it starts, and the same ones at every resume.
import type { RunRecord } from '../../src/shared/domain/run.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { fixRunSamples, getRunSamples, type RunSamples } from '../../src/shared/storage/run-samples.ts';
import { getSamples, listSamples } from '../../src/shared/storage/samples.ts';
import { canLearnFrom, probeSamples, trainingData, type TrainingData } from './training-data.ts';

export interface SamplesOfRun {
  data: TrainingData;
  /** Fixed samples of the probe. */
  probed: SampleRecord[];
  /** Stored already. A run that is refused before its first step has none stored: `fixSamples` comes after the checks. */
  isFixed: boolean;
}

/** Names in an error's details. */
const MOST_NAMED = 20;

/**
 * @param run claimed by the caller
 * @throws E-CONFIG when nothing is left to learn from; E-MISSING when images are gone that it was started on
 */
export async function samplesOfRun(db: Database, run: RunRecord): Promise<SamplesOfRun> {
  const fixed = await getRunSamples(db, run.id);
  if (fixed) return readFixed(db, run, fixed);
  const samples = await listSamples(db, run.datasetId);
  return { data: trainingData(samples, run.config), probed: probeSamples(samples, run.config), isFixed: false };
}

/** Stores the choice for every later resume. @throws E-LOCKED when another tab has claimed the run */
export async function fixSamples(db: Database, run: RunRecord, { data, probed, isFixed }: SamplesOfRun): Promise<void> {
  const idsOf = (chosen: readonly SampleRecord[]): string[] => chosen.map(({ id }) => id);
  if (!isFixed) await fixRunSamples(db, run, { learnt: idsOf(data.samples), leftOut: data.leftOut, probed: idsOf(probed) });
}

async function readFixed(db: Database, run: RunRecord, { learnt, leftOut, probed }: RunSamples): Promise<SamplesOfRun> {
  const [toLearn, toProbe] = await Promise.all([getSamples(db, learnt), getSamples(db, probed)]);
  const isLost = (sample: SampleRecord | undefined, index: number): string[] =>
    sample && canLearnFrom(sample, run.config) ? [] : [learnt[index] ?? ''];
  const lost = new Set([...toLearn.flatMap(isLost), ...probed.filter((_, index) => !toProbe[index])]);
  if (lost.size > 0) throw goneImages(run, [...lost], new Set([...learnt, ...probed]).size);
  return { data: { samples: present(toLearn), leftOut }, probed: present(toProbe), isFixed: true };
}

const present = (samples: readonly (SampleRecord | undefined)[]): SampleRecord[] => samples.flatMap((sample) => sample ?? []);

function goneImages(run: RunRecord, lost: readonly string[], total: number): WorkbenchError {
  const name = (id: string): string => (id.startsWith(`${run.datasetId}/`) ? id.slice(run.datasetId.length + 1) : id);
  const first = name(lost[0] ?? '');
  const which = lost.length === 1 ? first : `${first} and ${lost.length - 1} more`;
  return new WorkbenchError(
    'E-MISSING',
    `${lost.length} of the ${total} images that this run was started on ${lost.length === 1 ? 'is' : 'are'} gone from the dataset "${run.datasetName}", or without an answer now: ${which}.`,
    {
      safe: `All ${run.step} steps and the checkpoints are stored. Without these images it would become another run, so it was not continued.`,
      remedy: 'Bring the images back into the dataset and resume, or start a new run from the last checkpoint.',
      details: { missing: lost.slice(0, MOST_NAMED).map(name), count: lost.length },
    },
  );
}

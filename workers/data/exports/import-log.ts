// A log of a run made elsewhere becomes a run that can be looked at and compared: trainer_state.json, events, CSV or JSON lines.
import type { Algorithm } from '../../../src/shared/config/config.ts';
import { presetConfig } from '../../../src/shared/config/presets.ts';
import type { RunRecord } from '../../../src/shared/domain/run.ts';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { metricNames, type CurvePoint } from '../../../src/shared/formats/curve.ts';
import { readCurveCsv } from '../../../src/shared/formats/curves-csv.ts';
import { readCurveJsonl } from '../../../src/shared/formats/curves-jsonl.ts';
import { decodeText } from '../../../src/shared/formats/json-text.ts';
import { readEventFile } from '../../../src/shared/formats/tfevents.ts';
import { readTrainerState } from '../../../src/shared/formats/trainer-state.ts';
import type { ImportEntry } from '../../../src/shared/data-api.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { queue, transact } from '../../../src/shared/storage/database.ts';
import { announceChange } from '../../../src/shared/storage/changes.ts';
import { addJournalEntry } from '../../../src/shared/storage/journal.ts';
import { baseName, normalisePath } from '../paths.ts';

/** A log is read whole; a million steps of ten scalars take about 400 MB as events. */
const MAX_LOG_BYTES = 500e6;

interface ReadLog {
  points: CurvePoint[];
  maxSteps: number;
}

async function readLog(name: string, file: File): Promise<ReadLog> {
  if (file.size > MAX_LOG_BYTES) {
    throw new WorkbenchError(
      'E-UNSUPPORTED',
      `${name} has ${Math.round(file.size / 1e6)} MB; logs up to ${MAX_LOG_BYTES / 1e6} MB are read.`,
      {
        safe: 'Nothing was stored.',
        remedy: 'Keep only the scalars: event files with images or histograms are large.',
      },
    );
  }
  const bytes = await file.arrayBuffer();
  const known = name.toLowerCase(); // a drop is taken for a log whatever the case of its name
  if (known.includes('tfevents')) return withMaxSteps(readEventFile(new Uint8Array(bytes)));
  const text = decodeText(bytes);
  if (known.endsWith('.csv')) return withMaxSteps(readCurveCsv(text));
  if (known.endsWith('.jsonl')) return withMaxSteps(readCurveJsonl(name, text));
  return readTrainerState(text);
}

const withMaxSteps = (points: CurvePoint[]): ReadLog => ({ points, maxSteps: points.at(-1)?.step ?? 0 });

/**
 * Stores the log as a finished run, whole or not at all.
 * @throws E-SCHEMA, E-CHECKSUM for a damaged or unknown log; nothing is stored then
 */
export async function importLog({ path, file }: ImportEntry, codeVersion: string, db: Database): Promise<{ runId: string; steps: number }> {
  const name = baseName(normalisePath(path));
  const { points, maxSteps } = await readLog(name, file);
  if (points.length === 0)
    throw new WorkbenchError('E-SCHEMA', `${name} holds no scalar values.`, {
      safe: 'Nothing was stored.',
      remedy: 'Choose a log with curves such as the loss.',
    });
  const run = runOf(name, points, maxSteps, codeVersion);
  await transact(db, ['runs', 'steps'], 'readwrite', async (tx) => {
    for (const { step, timestamp, metrics } of points) {
      queue(tx.objectStore('steps').put({ runId: run.id, step, timestamp: timestamp ?? run.createdAt, metrics, phaseMs: {} }));
    }
    await tx.objectStore('runs').put(run);
  });
  announceChange('runs', run.id);
  await addJournalEntry(db, 'import-log', `${name}: ${points.length} steps`);
  return { runId: run.id, steps: points.length };
}

/** A log does not tell the settings; those of the preset fill the record and are not shown. */
function runOf(name: string, points: readonly CurvePoint[], maxSteps: number, codeVersion: string): RunRecord {
  const algorithm = algorithmOf(points);
  const now = Date.now();
  return {
    id: `run-${crypto.randomUUID().slice(0, 8)}`,
    name,
    createdAt: now,
    updatedAt: now,
    state: 'done',
    algorithm,
    config: { ...presetConfig('tiny-demo', algorithm), maxSteps },
    datasetId: 'imported',
    datasetName: 'unknown data',
    datasetHash: '',
    baseModelId: 'imported',
    baseModelName: 'unknown model',
    step: points.at(-1)?.step ?? 0,
    maxSteps,
    checkpointIds: [],
    codeVersion,
    skippedSteps: 0,
    importedFrom: name,
  };
}

function algorithmOf(points: readonly CurvePoint[]): Algorithm {
  const names = metricNames(points);
  if (names.some((name) => name.startsWith('prpo/'))) return 'prpo';
  return names.includes('reward') ? 'grpo' : 'sft-stage2';
}

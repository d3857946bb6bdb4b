// What is told, stored and offered when a run has no memory left. Its last checkpoint and its last state are untouched.
import type { RunRecord, SmallerSettings } from '../../src/shared/domain/run.ts';
import { toErrorRecord, WorkbenchError } from '../../src/shared/errors.ts';
import { changeRun } from '../../src/shared/storage/runs.ts';
import type { EngineParts } from './engine-parts.ts';
import { estimateBytes } from './memory-estimate.ts';
import { runSizes } from './preflight.ts';
import { smallerSettings } from './smaller-settings.ts';

/** Where the device does not say what it has: this share of what was asked for. */
const ASSUMED_SHARE = 0.6;
/** What is offered leaves some room. */
const ROOM = 0.95;

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/**
 * Computes smaller settings that should fit and stores them with the run. To be called when the run's tensors are freed.
 * @returns the error to throw: the given one, unless it is about memory
 */
export async function explainOutOfMemory(
  parts: Pick<EngineParts, 'db' | 'folders' | 'backend'>,
  run: RunRecord | undefined,
  error: unknown,
): Promise<unknown> {
  const { code, message, details } = toErrorRecord(error);
  if (code !== 'E-MEMORY' || !run) return error;
  const sizes = await runSizes(parts, { config: run.config, modelId: run.baseModelId, datasetId: run.datasetId });
  const neededBytes = estimateBytes(sizes);
  const given = details?.['availableBytes'];
  const availableBytes = typeof given === 'number' ? given : neededBytes * ASSUMED_SHARE;
  const smaller = smallerSettings(sizes, availableBytes * ROOM);
  await changeRun(parts.db, run.id, { smaller });
  return new WorkbenchError('E-MEMORY', `${message} The run needs about ${megabytes(neededBytes)} at its peak.`, {
    safe:
      run.checkpointIds.length > 0
        ? `Steps 1 to ${run.step} and the last checkpoint are stored.`
        : 'Data, models and other runs are unharmed.',
    remedy: remedyOf(smaller),
    details: { ...details, neededBytes, availableBytes },
  });
}

function remedyOf([first]: readonly SmallerSettings[]): string {
  if (!first) return 'Close other tabs, or choose a smaller model.';
  return `Start again with ${first.text}: about ${megabytes(first.memoryBytes)}.`;
}

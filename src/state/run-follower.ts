// Moves the progress of a running training into the store and the job chip, a few times a second.
import type { CompletionRecord, RunRecord, StepRecord } from '../shared/domain/run.ts';
import type { TrainProgress } from '../shared/engine-api.ts';
import { createPublisher } from './publisher.ts';
import { completionsKey, type LiveRun, type RunLabels, type RunParts, type RunState } from './run-state.ts';

/** Steps whose completions stay in memory; older ones are read from storage when looked at. */
const KEPT_STEPS = 4;

/** What the user wrote on a run: the engine's own copy of the record may be older. */
function labelsOf({ name, notes, tags, group, archived }: RunRecord): RunLabels {
  return { name, notes, tags, group, archived };
}

/** Steps in order, with fresh ones added; a repeated step after a resume replaces the old one and all after it. */
function mergeSteps(steps: readonly StepRecord[], fresh: readonly StepRecord[]): StepRecord[] {
  const first = fresh[0];
  return first ? [...steps.filter(({ step }) => step < first.step), ...fresh] : [...steps];
}

/** Adds fresh completions and lets those of older steps of the same run go. */
function mergeCompletions(
  known: RunState['completions'],
  runId: string,
  fresh: ReadonlyMap<number, CompletionRecord[]>,
): RunState['completions'] {
  const newest = Math.max(...fresh.keys());
  const kept = Object.entries(known).filter(([, rows]) => {
    const row = rows[0];
    return !row || row.runId !== runId || row.step > newest - KEPT_STEPS;
  });
  return { ...Object.fromEntries(kept), ...Object.fromEntries([...fresh].map(([step, rows]) => [completionsKey(runId, step), rows])) };
}

/**
 * @param onCheckpoint hears of each one that was stored
 * @returns `progress` for the engine call, and `finish` to publish the rest and clear the job chip
 */
export function createRunFollower(record: RunRecord, { get, set, jobs }: Pick<RunParts, 'get' | 'set' | 'jobs'>, onCheckpoint: () => void) {
  const runId = record.id;
  let run = record;
  /** The record as last published: phases alone must not redraw what depends on it. */
  let published: RunRecord | null = null;
  let phase: LiveRun['phase'] = null;
  let phaseLeftMs: number | null = null;
  let phaseBegan = 0;
  let etaMs: number | null = null;
  const steps: StepRecord[] = [];
  const completions = new Map<number, CompletionRecord[]>();

  const flush = () => {
    const state = get();
    const patch: Partial<RunState> = {
      live: { runId, phase, phaseLeftMs, etaMs, stopping: state.live?.runId === runId && state.live.stopping },
    };
    if (run !== published) {
      patch.runs = state.runs?.map((old) => (old.id === runId ? { ...run, ...labelsOf(old) } : old)) ?? null;
      published = run;
    }
    if (steps.length > 0) patch.steps = { ...state.steps, [runId]: mergeSteps(state.steps[runId] ?? [], steps.splice(0)) };
    if (completions.size > 0) patch.completions = mergeCompletions(state.completions, runId, completions);
    completions.clear();
    set(patch);
    jobs.getState().report({
      id: runId,
      kind: 'training',
      title: run.name,
      state: run.state === 'queued' ? 'queued' : 'running',
      done: run.step,
      total: run.maxSteps,
      etaMs,
      to: `/run/${runId}`,
    });
  };
  const publisher = createPublisher(flush);
  publisher.request();

  const takePhase = (next: NonNullable<LiveRun['phase']>) => {
    if (phase?.phase !== next.phase || phase.step !== next.step) phaseBegan = Date.now();
    phase = next;
    phaseLeftMs = next.done > 0 ? ((Date.now() - phaseBegan) / next.done) * (next.total - next.done) : null;
  };
  const take = (progress: TrainProgress) => {
    if (progress.kind === 'state') run = progress.run;
    else if (progress.kind === 'phase') takePhase(progress);
    else if (progress.kind === 'step') {
      steps.push(progress.step);
      completions.set(progress.step.step, progress.completions);
      run = { ...run, state: 'running', step: progress.step.step };
      etaMs = progress.etaMs;
    } else onCheckpoint();
  };
  return {
    progress: (progress: TrainProgress) => {
      take(progress);
      publisher.request();
    },
    finish: () => {
      publisher.finish();
      jobs.getState().remove(runId);
    },
  };
}

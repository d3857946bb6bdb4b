// What a run does now or how it ended, in one sentence. Pure.
import { formatDuration, formatPlural } from '../../../components/format.ts';
import type { RunRecord } from '../../../shared/domain/run.ts';
import { isInterrupted } from '../../../state/interrupted.ts';
import type { LiveRun } from '../../../state/run-state.ts';

/** What the first step makes before there is anything to draw. */
function firstWork({ algorithm, config }: RunRecord): string {
  if (algorithm === 'prpo' || algorithm === 'grpo') {
    const { numGenerations, promptsPerStep } = config.policy;
    return `${formatPlural(numGenerations, 'answer')} for ${formatPlural(promptsPerStep, 'image')}`;
  }
  const { perDeviceTrainBatchSize, gradientAccumulationSteps } = config.sft;
  return formatPlural(perDeviceTrainBatchSize * gradientAccumulationSteps, 'annotated image');
}

/** Before the first stored step; there is no time for the rest of the run yet, but one for the answers once some tokens are written. */
function firstStepSentence(run: RunRecord, { phase, phaseLeftMs }: LiveRun): string {
  const isPolicy = run.algorithm === 'prpo' || run.algorithm === 'grpo';
  const work = firstWork(run);
  if (phase === null)
    return isPolicy ? `Loading the model; then ${work} are generated.` : `Loading the model; the first step takes ${work}.`;
  if (!isPolicy) return `First step, ${work}: the first loss follows.`;
  if (phase.phase !== 'generate') return `Learning from ${work}; the first reward follows at the end of this step.`;
  return phaseLeftMs
    ? `Generating ${work}; first reward in about ${formatDuration(phaseLeftMs)}.`
    : `Generating ${work}; the first reward follows.`;
}

function liveSentence(run: RunRecord, live: LiveRun): string {
  const { step, maxSteps } = run;
  if (live.stopping) return 'Ends after the current step.';
  if (step === 0) return firstStepSentence(run, live);
  if (live.phase === null) return `Loading the model and the state after step ${step}.`;
  return live.etaMs === null ? `Step ${step + 1} of ${maxSteps}.` : `About ${formatDuration(live.etaMs)} left.`;
}

/** How a run that does not work stands. */
function restingSentence(run: RunRecord, elsewhereId: RunStanding['elsewhereId']): string {
  const { state, step, maxSteps, endedEarly, summary, importedFrom } = run;
  const runtime = summary?.['train_runtime'];
  const took = runtime === undefined ? '' : `, ${formatDuration(1000 * runtime)} of work`;
  if (isInterrupted(run, { liveId: elsewhereId, waiting: [] }))
    return `Interrupted at step ${step} of ${maxSteps}: the page was closed, or nothing more could be stored. Every step is stored; it goes on with the next one.`;
  if (state === 'paused') return `Paused at step ${step} of ${maxSteps}.`;
  if (endedEarly) return endedEarly;
  if (state === 'stopped') return `Stopped at step ${step} of ${maxSteps}${took}.`;
  if (state === 'failed' && step === 0) return 'An error ended it before its first step.';
  if (state === 'failed') return `An error ended it after step ${step} of ${maxSteps}; what was stored is below.`;
  return state === 'done' && !importedFrom ? `All ${formatPlural(maxSteps, 'step')} done${took}.` : '';
}

/** What is known of who works on a run. */
export interface RunStanding {
  /** Of this tab or of the one that trains it; null where none does. */
  live: LiveRun | null;
  /** Ids of the runs that wait in this tab. */
  waiting: readonly string[];
  /** The record that another tab works on; undefined until it was looked. */
  elsewhereId: string | null | undefined;
}

export function runSentence(run: RunRecord, { live, waiting, elsewhereId }: RunStanding): string {
  if (waiting.includes(run.id)) return 'Waits for the run in progress.';
  return live ? liveSentence(run, live) : restingSentence(run, elsewhereId);
}

// What happened in a run, newest first, from its stored records. Pure.
import { formatDuration, formatValue } from '../../../components/format.ts';
import type { CheckpointRecord, RunRecord, StepRecord } from '../../../shared/domain/run.ts';

export interface LogLine {
  timestamp: number;
  step: number;
  kind: 'step' | 'probe' | 'checkpoint' | 'end';
  text: string;
}

const SHOWN = ['reward', 'loss', 'kl', 'entropy', 'lm_loss', 'binary_loss', 'grad_norm', 'learning_rate'];
const PROBED = ['eval/acc', 'eval/f1', 'eval/auc', 'eval_reward', 'eval/coverage'];

function figures(metrics: StepRecord['metrics'], names: readonly string[]): string {
  return names.flatMap((name) => (metrics[name] === undefined ? [] : [`${name} ${formatValue(metrics[name])}`])).join(', ');
}

/**
 * At most `limit` lines.
 * @param steps in order; only the newest are read
 */
export function runLog(run: RunRecord, steps: readonly StepRecord[], checkpoints: readonly CheckpointRecord[], limit: number): LogLine[] {
  const newest = steps.slice(-limit).flatMap(({ step, timestamp, metrics, phaseMs }): LogLine[] => {
    const elapsedMs = Object.values(phaseMs).reduce((sum, ms) => sum + ms, 0);
    const probed = figures(metrics, PROBED);
    const line: LogLine = { timestamp, step, kind: 'step', text: `${figures(metrics, SHOWN)}, ${formatDuration(elapsedMs)}` };
    return probed === '' ? [line] : [line, { timestamp, step, kind: 'probe', text: probed }];
  });
  const stored = checkpoints.map(({ createdAt, step, id }): LogLine => {
    return {
      timestamp: createdAt,
      step,
      kind: 'checkpoint',
      text: `stored as ${id}${run.best?.checkpointId === id ? ', the best so far' : ''}`,
    };
  });
  const ends = run.state === 'running' || run.state === 'queued' ? [] : [endLine(run)];
  const order: Record<LogLine['kind'], number> = { step: 0, probe: 1, checkpoint: 2, end: 3 };
  return [...newest, ...stored, ...ends].sort((a, b) => b.step - a.step || order[b.kind] - order[a.kind]).slice(0, limit);
}

function endLine({ updatedAt, step, state, endedEarly, error, skippedSteps }: RunRecord): LogLine {
  const skipped = skippedSteps > 0 ? ` ${skippedSteps} steps were skipped because of numbers that are not finite.` : '';
  return { timestamp: updatedAt, step, kind: 'end', text: `${state}. ${endedEarly ?? error?.message ?? ''}${skipped}`.trim() };
}

// trainer_state.json of Hugging Face's Trainer: the simplest curve file (spec/model.md 7). Its reader refuses unknown keys, so
// nothing of ours is added.
import type { RunRecord } from '../domain/run.ts';
import { CurveBuilder, refusedLog, type CurvePoint } from './curve.ts';
import { parsePythonJson } from './json-text.ts';
import { isRecord } from './jsonl.ts';
import { toTrlName } from './metric-names.ts';

/** What the file says of the run beside its curves. */
export type TrainerRun = Pick<RunRecord, 'maxSteps' | 'config' | 'summary'>;

/** The state after the last of the points. */
export function writeTrainerState(run: TrainerRun, points: readonly CurvePoint[]): string {
  const last = points.at(-1);
  const epochOf = ({ step, metrics }: CurvePoint) => metrics['epoch'] ?? (run.maxSteps > 0 ? step / run.maxSteps : 0);
  const isPolicy = run.config.algorithm === 'grpo' || run.config.algorithm === 'prpo';
  const state = {
    best_global_step: null,
    best_metric: null,
    best_model_checkpoint: null,
    epoch: last ? epochOf(last) : 0,
    eval_steps: run.config.evalSteps || 500,
    global_step: last?.step ?? 0,
    is_hyper_param_search: false,
    is_local_process_zero: true,
    is_world_process_zero: true,
    log_history: [
      ...points.flatMap((point) => rowsOf(point, epochOf(point))),
      ...(last && run.summary ? [{ ...run.summary, epoch: epochOf(last), step: last.step }] : []), // an entry of its own, as there
    ],
    logging_steps: 1,
    max_steps: run.maxSteps,
    num_input_tokens_seen: last?.metrics['num_tokens'] ?? 0,
    num_train_epochs: 1,
    save_steps: run.config.saveSteps,
    stateful_callbacks: {},
    total_flos: run.summary?.['total_flos'] ?? 0,
    train_batch_size: isPolicy
      ? run.config.policy.promptsPerStep * run.config.policy.numGenerations
      : run.config.sft.perDeviceTrainBatchSize,
    trial_name: null,
    trial_params: null,
  };
  return `${JSON.stringify(state, null, 2)}\n`;
}

/** A step's row and, as there, one of its own for what was measured on the probe images. */
function rowsOf({ step, metrics }: CurvePoint, epoch: number): Record<string, number>[] {
  const isProbed = ([name]: [string, number]): boolean => /^eval[_/]/.test(name);
  const entries = Object.entries(metrics);
  const [trained, probed] = [entries.filter((entry) => !isProbed(entry)), entries.filter(isProbed)];
  return [trained, probed].filter(({ length }) => length > 0).map((row) => ({ ...Object.fromEntries(row), epoch, step }));
}

/** Curves of a state file. @throws E-SCHEMA */
export function readTrainerState(text: string): { points: CurvePoint[]; maxSteps: number } {
  const parsed = parsePythonJson(text.replace(/^\uFEFF/, ''));
  if (!parsed.ok) throw refusedLog('E-SCHEMA', `trainer_state.json is not JSON. ${parsed.reason}`);
  const history = isRecord(parsed.value) ? parsed.value['log_history'] : undefined;
  if (!isRecord(parsed.value) || !Array.isArray(history)) throw refusedLog('E-SCHEMA', 'trainer_state.json has no `log_history` list.');
  const builder = new CurveBuilder();
  history.forEach((row: unknown, index) => {
    if (!isRecord(row) || typeof row['step'] !== 'number') throw refusedLog('E-SCHEMA', `Entry ${index} of \`log_history\` has no step.`);
    const { step, ...metrics } = row;
    builder.add(
      step,
      null,
      Object.entries(metrics).map(([name, value]) => [toTrlName(name), value]),
    );
  });
  const { max_steps: maxSteps } = parsed.value;
  const points = builder.points();
  return { points, maxSteps: typeof maxSteps === 'number' && maxSteps > 0 ? maxSteps : (points.at(-1)?.step ?? 0) };
}

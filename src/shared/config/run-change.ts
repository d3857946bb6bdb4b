// Settings that may change while a run is paused. Every change is kept with the run, since its curve then has two parts. Pure.
import type { RunRecord, SettingChange } from '../domain/run.ts';
import { WorkbenchError } from '../errors.ts';
import type { NumberField } from './fields/field.ts';
import { fieldsFor } from './fields.ts';
import { numberProblem } from './validate.ts';

/** Learning rate, and the pull towards the start model where the algorithm has one. */
const CHANGEABLE = ['learning_rate', 'beta'];

/** The fields of a run that can be changed while it is paused. */
export function changeableFields({ config }: Pick<RunRecord, 'config'>): NumberField[] {
  return fieldsFor(config).filter((field): field is NumberField => field.kind === 'number' && CHANGEABLE.includes(field.name));
}

/**
 * The run's settings with one value changed from the next step on.
 * @throws E-CONFIG when the run works, or the value is refused
 */
export function changeSetting(run: RunRecord, name: string, now: number): Pick<RunRecord, 'config' | 'changes'> {
  const field = changeableFields(run).find((one) => one.name === name);
  const problem = !field ? 'This setting holds for the whole run.' : numberProblem(field, now);
  if (!field || problem !== null)
    throw new WorkbenchError('E-CONFIG', `${name}: ${problem}`, {
      safe: 'The run is unchanged.',
      remedy: field ? 'Enter another value.' : 'Start a new run to change it.',
    });
  if (run.state === 'done' || run.state === 'stopped')
    throw new WorkbenchError('E-CONFIG', 'The run has ended.', {
      safe: 'The run is unchanged.',
      remedy: 'Start a new run from its checkpoint.',
    });
  const before = field.get(run.config);
  if (before === now) return { config: run.config, changes: run.changes };
  const change: SettingChange = { step: run.step, name, before, now };
  const others = (run.changes ?? []).filter((one) => one.step !== run.step || one.name !== name);
  const first = run.changes?.find((one) => one.step === run.step && one.name === name);
  const kept = first ? { ...change, before: first.before } : change;
  return { config: field.set(run.config, now), changes: kept.before === kept.now ? others : [...others, kept] };
}

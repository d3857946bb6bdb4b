// What a link to a run may ask for. Pure.
import { formatPlural } from '../../../components/format.ts';
import { oneOf, type LinkRule } from '../../../components/link-values.ts';
import type { RunRecord } from '../../../shared/domain/run.ts';
import { DEFAULT_SMOOTHING, readSmoothing } from './use-run-view.ts';

/** Rules of the run's address. A step that is still to come may be linked: the run gets there. */
export function runLinkRules({ step, maxSteps, state }: RunRecord): LinkRule[] {
  const last = state === 'done' || state === 'stopped' || state === 'failed' ? step : maxSteps;
  return [
    {
      parameter: 'step',
      what: 'the answers of step',
      isKnown: (value) => /^[1-9]\d*$/.test(value) && Number(value) <= last,
      why: `this run does not have: it has ${formatPlural(last, 'step')}`,
      instead: 'the newest step',
    },
    {
      parameter: 'x',
      what: 'charts over',
      isKnown: (value) => oneOf(['step', 'time', 'tokens'], value) !== null,
      instead: 'steps',
    },
    { parameter: 'scale', what: 'the scale', isKnown: (value) => value === 'log', instead: 'the linear one' },
    { parameter: 'metrics', what: 'the metrics', isKnown: (value) => value === 'all', instead: 'the usual ones' },
    {
      parameter: 'smoothing',
      what: 'the smoothing',
      isKnown: (value) => readSmoothing(value) === Number(value),
      why: 'is not between 0 and 0.95',
      instead: String(DEFAULT_SMOOTHING),
    },
  ];
}

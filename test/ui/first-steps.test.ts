import { expect, test } from 'vitest';
import { firstSteps } from '../../src/features/home/first-steps.ts';
import { someDataset, someEval, someRun } from '../support/records.ts';

test('the guided first run leads from an empty browser to a tested checkpoint, one step after the other', () => {
  const datasets = [someDataset({ id: 'demo 3', imageCount: 30 })];
  const running = someRun({ id: 'r', state: 'running', step: 2, datasetId: 'demo 3' });
  const done = { ...running, state: 'done' as const, checkpointIds: ['r-step-8'] };
  const states = (work: Parameters<typeof firstSteps>[0]) => firstSteps(work).map(({ isDone, to }) => [isDone, to]);
  expect(states({ datasets: [], runs: [], evals: [] })).toEqual([[false, null], [false, null], [false, null], [false, null]]); // prettier-ignore
  expect(states({ datasets, runs: [], evals: [] })[1]).toEqual([false, '/train/new?dataset=demo%203']);
  expect(states({ datasets, runs: [running], evals: [] }).slice(2)).toEqual([[false, '/run/r'], [false, null]]); // prettier-ignore
  const tested = states({ datasets, runs: [done], evals: [someEval({ id: 'e', modelId: 'r-step-8', state: 'done' })] });
  expect(tested.map(([isDone]) => isDone)).toEqual([true, true, true, true]);
  expect(tested[3]?.[1]).toBe('/eval/new?model=r-step-8&dataset=demo%203');
  expect(states({ datasets, runs: [done], evals: [someEval({ id: 'e', modelId: 'nano', state: 'done' })] })[3]?.[0]).toBe(false);
});

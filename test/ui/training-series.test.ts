import { describe, expect, it } from 'vitest';
import { groupColumns } from '../../src/components/charts/HeatMap.tsx';
import { niceDomain, niceTicks, plotRows, seriesStyle, summarise } from '../../src/components/charts/series.ts';
import { runFigures } from '../../src/features/training/compare/figures.ts';
import { settingsDiff } from '../../src/features/training/compare/settings-diff.ts';
import {
  describePositions,
  groupCompletions,
  metricPoints,
  otherCharts,
  rewardByPosition,
  seeNames,
} from '../../src/features/training/run/run-series.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import type { StepRecord } from '../../src/shared/domain/run.ts';
import { someCompletion, someRun } from '../support/records.ts';

const step = (number: number, metrics: Record<string, number>): StepRecord => ({
  runId: 'r',
  step: number,
  timestamp: 0,
  metrics,
  phaseMs: {},
});

describe('charts of a run', () => {
  const steps = [
    step(1, { reward: 0.5, 'prpo/reward_by_position/1': 0.8, 'prpo/reward_by_position/3': 0.6, step_time: 3 }),
    step(2, { reward: 0.7, 'prpo/reward_by_position/1': 0.9 }),
  ];

  it('take the points that a step has and no others', () => {
    expect(metricPoints(steps, 'reward')).toEqual([
      { x: 1, y: 0.5 },
      { x: 2, y: 0.7 },
    ]);
    expect(metricPoints(steps, 'step_time')).toHaveLength(1);
  });

  it('look for metric names only in steps that were not seen, and begin anew after a rewind', () => {
    const first = seeNames({ count: 0, last: null, names: new Set() }, [step(1, { a: 1 }), step(2, { b: 1 })]);
    expect([...first.names]).toEqual(['a', 'b']);
    const same = seeNames(first, [step(1, { never: 1 }), step(2, { b: 1 }), step(3, { a: 2 })]);
    expect(same.names).toBe(first.names);
    expect([...seeNames(same, [step(1, { a: 1 })]).names]).toEqual(['a']);
  });

  it('offer every logged metric that has no place of its own', () => {
    expect(otherCharts('prpo', seeNames({ count: 0, last: null, names: new Set() }, steps).names).map(({ metric }) => metric)).toEqual([
      'step_time',
    ]);
  });

  it('show positions that occur, with gaps where a step has none', () => {
    const positions = rewardByPosition(steps, seeNames({ count: 0, last: null, names: new Set() }, steps).names);
    expect(positions.rowNames).toEqual(['paragraph 1', 'paragraph 3']);
    expect(positions.columns[1]?.values).toEqual([0.9, null]);
    expect(describePositions(positions)).toContain('paragraph 1 has the highest mean reward (0.900)');
  });

  it('group completions by image with the best first and the spread of their rewards', () => {
    const rows = [0.2, 0.6, 0.4].map((reward, i) => ({ ...someCompletion('r', 1, i), reward, group: i === 2 ? 1 : 0 }));
    const [first, second] = groupCompletions(rows);
    expect(first?.rows.map(({ reward }) => reward)).toEqual([0.6, 0.2]);
    expect(first?.spread).toBeCloseTo(0.2, 12);
    expect(second?.spread).toBe(0);
  });
});

describe('runs compared', () => {
  it('give the best value and its step, not only the last; for a loss the lowest', () => {
    const steps = [step(1, { reward: 0.5, loss: 3 }), step(2, { reward: 0.9, loss: 1 }), step(3, { reward: 0.7, loss: 2 })];
    expect(runFigures(steps, 'reward')).toMatchObject({ last: 0.7, best: 0.9, bestStep: 2 });
    expect(runFigures(steps, 'loss')).toMatchObject({ last: 2, best: 1, bestStep: 2 });
    expect(runFigures(steps, 'kl')).toMatchObject({ last: null, best: null, bestStep: null });
  });

  it('list exactly the settings that differ', () => {
    const a = someRun({ id: 'a' });
    const config = presetConfig('tiny-demo', 'prpo');
    const b = someRun({ id: 'b', config: { ...config, seed: 7 } });
    expect(settingsDiff([a, b])).toEqual([{ name: 'seed', values: ['42', '7'] }]);
  });
});

describe('chart series', () => {
  it('join series on x and keep at most about 500 rows', () => {
    const points = (count: number) => Array.from({ length: count }, (_, x) => ({ x, y: Math.cos(x) }));
    expect(plotRows([{ id: 'a', name: 'a', points: points(10_000) }], 0.5)).toHaveLength(500);
    const joined = plotRows(
      [
        { id: 'a', name: 'a', points: points(3) },
        { id: 'b', name: 'b', points: points(2) },
      ],
      0,
    );
    expect(joined).toHaveLength(3);
    expect(joined[0]).toMatchObject({ 'a:raw': 1, 'b:raw': 1 });
  });

  it('say in one sentence where a line begins and ends', () => {
    const points = [1, 2, 3, 4].map((y, x) => ({ x, y }));
    expect(summarise('Reward', points, 'step')).toBe('Reward rises: 1 at step 0, 4 at step 3; between 1 and 4.');
    expect(summarise('Reward', [], 'step')).toBe('Reward: no values yet.');
    const uneven = [0.817, 0.7, 0.71, 0.72, 0.8, 0.82, 0.819, 0.812].map((y, x) => ({ x, y }));
    expect(summarise('Reward', uneven, 'step'), 'higher late than early, but lower at the end than at the start').toMatch(
      /^Reward goes up and down: 0.817 at step 0, 0.812 at step 7/,
    );
    const still = [0, 0, 0].map((y, x) => ({ x, y }));
    expect(summarise('Cut answers', still, 'step')).toBe('Cut answers: 0 throughout, step 0 to step 2.');
  });

  it('have round axes, also for equal values', () => {
    expect(niceTicks([0, 1], 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    const [low, high] = niceDomain([0.5, 0.5]);
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.5);
  });

  it('differ in colour and dash', () => {
    expect(seriesStyle(0)).not.toEqual(seriesStyle(1));
    expect(seriesStyle(1).dash).toBeDefined();
  });

  it('average a long heat map into 120 columns whose last stands at the newest step', () => {
    const columns = Array.from({ length: 1000 }, (_, x) => ({ x, values: [x, null] }));
    const grouped = groupColumns(columns);
    expect(grouped).toHaveLength(120);
    expect(grouped.at(-1)?.x).toBe(999);
    expect(grouped[0]?.values[1]).toBeNull();
  });
});

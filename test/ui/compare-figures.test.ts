import { describe, expect, it } from 'vitest';
import { plotRows, runStyles, seriesStyle } from '../../src/components/charts/series.ts';
import { readAddress, writeAddress } from '../../src/features/training/compare/address.ts';
import { groupRuns, runFigures, spreadOf } from '../../src/features/training/compare/figures.ts';
import { buildRow } from '../../src/features/training/compare/run-rows.ts';
import { meanSeries } from '../../src/features/training/compare/seed-band.ts';
import { settingsDiff } from '../../src/features/training/compare/settings-diff.ts';
import { runTable } from '../../src/features/training/compare/table-columns.ts';
import { presetConfig } from '../../src/shared/config/presets.ts';
import { someRun, someStep } from '../support/records.ts';

const seeded = (id: string, seed: number, learningRate?: number) => {
  const config = presetConfig('tiny-demo', 'prpo');
  const optimizer = learningRate === undefined ? config.optimizer : { ...config.optimizer, learningRate };
  return someRun({ id, config: { ...config, seed, optimizer } });
};

describe('figures of a run', () => {
  const steps = [1, 2, 3, 4].map((step) => ({ ...someStep('r', step), metrics: { reward: [0.1, 0.9, 0.4, 0.5][step - 1] ?? 0 } }));
  const withGap = steps.map((step) => (step.step === 3 ? { ...step, metrics: {} } : step));

  it('at a step are those of the newest step before it that logged the metric', () => {
    expect(runFigures(withGap, 'reward', 3)).toMatchObject({ at: 0.9, atStep: 2, last: 0.5, best: 0.9, bestStep: 2 });
    expect(runFigures(withGap, 'reward', 0)).toMatchObject({ at: null, atStep: null });
  });

  it('name their step in a table for a paper where it is not the asked one', () => {
    const run = someRun({ id: 'r', name: 'R', step: 4 });
    const cellsAt = (at: number): unknown[] => {
      const row = buildRow(run, withGap, ['reward'], { ...readAddress(new URLSearchParams()), at });
      const options = { grouped: false, at };
      return runTable([{ key: '', name: '', runs: [run] }], [row], [{ metric: 'reward', kind: 'at' }], options).rows[0]?.slice(4) ?? [];
    };
    expect(cellsAt(4)).toEqual(['0.5']);
    expect(cellsAt(3)).toEqual(['0.9 (step 2)']);
    expect(cellsAt(77)).toEqual(['0.5 (step 4)']);
  });
});

describe('runs that differ only in the seed', () => {
  it('form a group; another learning rate, data or a log made elsewhere does not join', () => {
    const runs = [
      seeded('a', 1),
      seeded('b', 2),
      seeded('c', 3, 0.5),
      { ...seeded('d', 4), datasetHash: 'other' },
      { ...seeded('e', 5), importedFrom: 'x' },
    ];
    expect(groupRuns(runs, 'seeds').map((group) => group.runs.map(({ id }) => id))).toEqual([['a', 'b'], ['c'], ['d'], ['e']]);
    expect(new Set(groupRuns(runs, 'seeds').map(({ name }) => name)).size).toBe(4);
  });

  it('have a mean line with min and max, or one sample deviation, over the steps that all have', () => {
    const series = [
      [{ x: 1, y: 1 }, { x: 2, y: 4 }, { x: 3, y: 9 }],
      [{ x: 1, y: 3 }, { x: 2, y: 8 }],
    ]; // prettier-ignore
    expect(meanSeries(series, 'minmax')).toEqual({
      n: 2,
      points: [{ x: 1, y: 2 }, { x: 2, y: 6 }],
      band: [{ x: 1, low: 1, high: 3 }, { x: 2, low: 4, high: 8 }],
    }); // prettier-ignore
    // Deviation of 1 and 3 with n - 1: sqrt((1 + 1) / 1).
    expect(meanSeries(series, 'sd').band[0]?.high).toBeCloseTo(2 + Math.SQRT2, 12);
    expect(meanSeries(series.slice(0, 1), 'sd').band).toEqual([]);
    expect(spreadOf([1, null, 3])).toEqual({ n: 2, mean: 2, sd: Math.SQRT2 });
    expect(spreadOf([null])).toBeNull();
  });

  it('are drawn with the band in place of the envelope', () => {
    const { points, band } = meanSeries([[{ x: 1, y: 1 }], [{ x: 1, y: 3 }]], 'minmax');
    expect(plotRows([{ id: 's', name: 's', points, band }], 0)[0]).toMatchObject({ 's:raw': 2, 's:range': [1, 3] });
  });
});

describe('the settings diff', () => {
  it('shows only what differs, in both directions, nested values by their path', () => {
    const [a, b] = [seeded('a', 1), seeded('b', 2)];
    b.config.filter = { ...b.config.filter, domains: ['aster'] };
    const other = someRun({ id: 'c', config: presetConfig('tiny-demo', 'sft-stage2') });
    expect(settingsDiff([a, b]).map(({ name, values }) => [name, ...values])).toEqual([
      ['domains', '[]', '["aster"]'],
      ['seed', '1', '2'],
    ]);
    const rows = settingsDiff([a, other]);
    expect(rows.find(({ name }) => name === 'num_generations')?.values[1]).toBe('–');
    expect(rows.find(({ name }) => name === 'binary_loss_weight')?.values[0]).toBe('–');
    expect(settingsDiff([a, { ...a, id: 'd' }])).toEqual([]);
  });
});

describe('styles of runs', () => {
  const runs = Array.from({ length: 14 }, (_, i) => ({ id: `run-${i * 7919}`, createdAt: i }));
  const look = (index: number | undefined) => JSON.stringify(seriesStyle(index ?? -1));

  it('differ for all of the first six by colour, and for all by colour or dash', () => {
    const styles = runStyles(runs);
    expect(new Set(runs.slice(0, 6).map(({ id }) => seriesStyle(styles.get(id) ?? -1).color)).size).toBe(6);
    expect(new Set(runs.map(({ id }) => look(styles.get(id)))).size).toBe(14);
  });

  it('stay as they are when a newer run comes, in whatever order runs are listed', () => {
    const before = runStyles(runs.slice(0, 9));
    const after = runStyles([...runs].reverse());
    for (const [id, style] of before) expect(after.get(id)).toBe(style);
  });
});

describe('the address of a comparison', () => {
  it('restores the whole view', () => {
    const text =
      'runs=a,b&pin=a&hide=b&cols=reward,kl&show=best,at&at=20&sort=rewards/vcr_reward/mean:best:up&group=seeds&lines=mean&band=sd&smooth=0.3&charts=loss&archived=1&a=e1&b=e2&rows=evaluations&tcols=acc@aster&evals=e1,e2&format=latex';
    const view = readAddress(new URLSearchParams(text));
    expect(view).toMatchObject({
      runs: ['a', 'b'],
      figures: ['best', 'at'],
      at: 20,
      sort: { column: 'rewards/vcr_reward/mean', kind: 'best', descending: false },
      groupBy: 'seeds',
      means: true,
      flips: ['e1', 'e2'],
      builder: { rows: 'evaluations', columns: ['acc@aster'], evals: ['e1', 'e2'] },
    });
    expect(readAddress(writeAddress(view))).toEqual(view);
    expect(decodeURIComponent(writeAddress(view).toString())).toBe(text);
  });

  it('of the usual view is empty, and nonsense in it is ignored', () => {
    expect(writeAddress(readAddress(new URLSearchParams())).toString()).toBe('');
    expect(readAddress(new URLSearchParams('show=x&at=abc&group=moon&smooth=9&sort='))).toEqual({
      ...readAddress(new URLSearchParams('smooth=0.95')),
      figures: ['last'],
    });
  });
});

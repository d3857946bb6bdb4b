// The drawn part of a chart: where its lines lie, what the pointer finds, and that one chart of a run looks as it does in Compare.
import { describe, expect, it } from 'vitest';
import { bandPath, linePath, nearestRow, plotScales } from '../../src/components/charts/plot-paths.ts';
import { plotProps } from '../../src/components/charts/plot-props.ts';
import type { PlotRow } from '../../src/components/charts/series.ts';
import { runStyles, seriesStyle, summarise } from '../../src/components/charts/series.ts';

const AREA = { x: 50, y: 10, width: 100, height: 40 };
const ROWS: PlotRow[] = [{ x: 0, 'a:raw': 0, 'a:range': [0, 1] }, { x: 5 }, { x: 10, 'a:raw': 2, 'a:range': [1, 2] }];

describe('paths of a plot', () => {
  const scales = plotScales(AREA, { xDomain: [0, 10], yDomain: [0, 2], yScale: 'linear' });

  it('put the lowest value at the bottom left and the highest at the top right, and pass over rows without one', () => {
    expect(linePath(ROWS, 'a:raw', scales)).toBe('M50,50L150,10');
    expect(linePath(ROWS, 'b:raw', scales)).toBe('');
  });

  it('close a band from its upper edge back along its lower one', () => {
    expect(bandPath(ROWS, 'a:range', scales)).toBe('M50,30L150,10L150,30L50,50Z');
    expect(bandPath(ROWS, 'b:range', scales)).toBe('');
  });

  it('give every power of ten the same height on a logarithmic axis', () => {
    const { y } = plotScales(AREA, { xDomain: [0, 1], yDomain: [0.01, 100], yScale: 'log' });
    expect([0.01, 0.1, 1, 10, 100].map(y)).toEqual([50, 40, 30, 20, 10]);
  });

  it('leave no value undefined where all are the same', () => {
    const flat = plotScales(AREA, { xDomain: [3, 3], yDomain: [1, 1], yScale: 'linear' });
    expect([flat.x(3), flat.y(1)]).toEqual([50, 50]);
  });
});

it('the pointer finds the nearest row, also beyond both ends and in an empty plot', () => {
  expect([-4, 2, 3, 7.5, 8, 99].map((x) => nearestRow(ROWS, x)?.x)).toEqual([0, 0, 5, 5, 10, 10]);
  expect(nearestRow([], 1)).toBeUndefined();
  expect(nearestRow([{ x: 4 }], 1)?.x).toBe(4);
});

describe('the drawing of a chart', () => {
  const points = [1, 10, 1000].map((y, x) => ({ x, y }));
  const series = [{ id: 'run', name: 'Loss', points }];

  it("keeps a run's colour and dashes where it stands alone", () => {
    const runs = ['a', 'b', 'c'].map((id, createdAt) => ({ id, createdAt }));
    const style = runStyles(runs).get('c') ?? 0;
    expect(seriesStyle(style).dash).toBeDefined();
    expect(plotProps({ series: [{ id: 'run', name: 'Loss', points, style }] }).series[0]?.style).toEqual(seriesStyle(style));
    expect(plotProps({ series }).series[0]?.style.dash).toBeUndefined();
  });

  it('spans all finite values, bands included, and only those above 0 on a logarithmic axis', () => {
    const odd = [
      { id: 'run', name: 'Loss', points: [...points, { x: 3, y: Number.NaN }, { x: 4, y: -5 }], band: [{ x: 1, low: -8, high: 1200 }] },
    ];
    expect(plotProps({ series: odd })).toMatchObject({ yDomain: [-100, 1200], xDomain: [0, 4] });
    expect(plotProps({ series: odd, logY: true }).yDomain).toEqual([1, 10_000]);
    expect(plotProps({ series: [] })).toMatchObject({ yDomain: [0, 1], xDomain: [0, 1] });
  });
});

it('the sentence of a chart says where its ends are in words of its axis, without needless digits', () => {
  const points = [0.10351424999994537, 0.4353666].map((x, i) => ({ x, y: i }));
  expect(summarise('Reward', points, 'minutes of work')).toContain('0 at 0.1035 minutes of work, 1 at 0.4354 minutes of work');
  expect(summarise('Reward', [{ x: 123_456, y: 2 }], 'step')).toBe('Reward is 2 at step 123456.');
});

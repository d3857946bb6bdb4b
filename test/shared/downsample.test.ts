import { describe, expect, it } from 'vitest';
import { drawnRows, MAX_DRAWN_POINTS, smoothValues } from '../../src/shared/downsample.ts';

const wave = (count: number) => Array.from({ length: count }, (_, i) => ({ x: i, y: Math.sin(i / 40) }));

describe('drawn rows of a series', () => {
  it('keeps every point of a short series as it is', () => {
    const rows = drawnRows(wave(10));
    expect(rows.map((row) => row.raw)).toEqual(wave(10).map((point) => point.y));
    expect(rows.every((row) => row.low === row.raw && row.high === row.raw)).toBe(true);
  });

  it('draws at most 500 rows of a long series and keeps its first and last point', () => {
    const rows = drawnRows(wave(10_000));
    expect(rows).toHaveLength(MAX_DRAWN_POINTS);
    expect(rows[0]?.x).toBe(0);
    expect(rows.at(-1)?.x).toBe(9999);
  });

  it('never hides a single spike: it is in the line or in the envelope', () => {
    const points = wave(10_000);
    points[5003] = { x: 5003, y: 40 };
    const rows = drawnRows(points);
    expect(Math.max(...rows.map((row) => row.high))).toBe(40);
    expect(Math.max(...rows.map((row) => row.raw))).toBe(40);
  });

  it('covers every raw point with the envelope', () => {
    const points = wave(3001);
    const rows = drawnRows(points, { limit: 50 });
    const low = Math.min(...rows.map((row) => row.low));
    expect(low).toBeCloseTo(Math.min(...points.map((point) => point.y)), 12);
  });

  it('leaves points out that are not finite', () => {
    const rows = drawnRows([
      { x: 0, y: 1 },
      { x: 1, y: Number.NaN },
      { x: 2, y: 3 },
    ]);
    expect(rows.map((row) => row.x)).toEqual([0, 2]);
  });

  it('gives nothing for an empty series', () => {
    expect(drawnRows([])).toEqual([]);
  });
});

describe('smoothing', () => {
  it('leaves a constant series unchanged from the first value on', () => {
    smoothValues([2, 2, 2], 0.9).forEach((value) => expect(value).toBeCloseTo(2, 12));
  });

  it('with weight 0 is the series itself', () => {
    expect(smoothValues([1, 5, -3], 0)).toEqual([1, 5, -3]);
  });

  it('never changes an earlier value when the series grows', () => {
    const values = [1, 4, 2, 8, 5];
    expect(smoothValues([...values, 100], 0.6).slice(0, 5)).toEqual(smoothValues(values, 0.6));
  });

  it('is the weighted mean worked by hand', () => {
    expect(smoothValues([1, 3], 0.5)[1]).toBeCloseTo((0.5 * 0.5 * 1 + 0.5 * 3) / 0.75, 12);
  });
});

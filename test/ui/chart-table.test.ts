import { describe, expect, it } from 'vitest';
import { chartCsv } from '../../src/components/charts/chart-csv.ts';
import { plotProps } from '../../src/components/charts/plot-props.ts';
import { summariseLast, tableRows } from '../../src/components/charts/series.ts';

/** A ROC curve goes straight up wherever only fakes follow. */
const ROC = [
  { x: 0, y: 0 },
  { x: 0, y: 0.4 },
  { x: 0.5, y: 0.4 },
  { x: 0.5, y: 1 },
  { x: 1, y: 1 },
];
const series = [{ id: 'roc', name: 'true positive rate', points: ROC }];

describe('a curve with upright pieces', () => {
  it('keeps every point in its table, its file and its drawing', () => {
    expect(tableRows(series)).toEqual(ROC.map(({ x, y }) => ({ x, values: [y] })));
    expect(chartCsv(series, 'fpr').trim().split(/\r?\n/).slice(1)).toEqual(ROC.map(({ x, y }) => `${x},${y}`));
    const { rows } = plotProps({ series, kind: 'curve' });
    expect(rows.map((row) => [row.x, row['roc:raw']])).toEqual(ROC.map(({ x, y }) => [x, y]));
  });

  it('is joined on x with other lines, which have nothing where they have no point', () => {
    const other = { id: 'o', name: 'other', points: [{ x: 0.5, y: 7 }] };
    expect(tableRows([...series, other]).filter(({ x }) => x === 0.5)).toEqual([
      { x: 0.5, values: [0.4, 7] },
      { x: 0.5, values: [1, null] },
    ]);
  });
});

describe('the sentence about several lines', () => {
  it('says where each ends in figures that can be heard', () => {
    const line = (name: string, x: number) => ({ id: name, name, points: [{ x, y: 0.5 }] });
    expect(summariseLast([line('a', 0.10351666666666667), line('b', 12345)])).toBe('Last values: a 0.5 at 0.1035; b 0.5 at 12345.');
  });
});

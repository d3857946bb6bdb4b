import { afterEach, describe, expect, it } from 'vitest';
import {
  formatDuration,
  formatFigure,
  formatP,
  formatPercent,
  formatPoints,
  formatSigned,
  formatSignificant,
  formatValue,
  setNumberStyle,
} from '../../src/components/format.ts';
import { plainEstimate, plainValue } from '../../src/shared/formats/table-text.ts';

afterEach(() => setNumberStyle({ decimalMark: 'point', extraDigits: 0 }));

describe('numbers as people read them', () => {
  it('carry a sign unless they round to nothing', () => {
    expect([1.204, -0.3, 0.0004, -0.0004].map((value) => formatSigned(value, 2))).toEqual(['+1.20', '−0.30', '0.00', '0.00']);
    expect([formatSigned(null), formatSigned(Number.NaN)]).toEqual(['–', '–']);
  });

  it('say p below one in a thousand without its digits', () => {
    expect([formatP(0.0321), formatP(0.00012)]).toEqual(['p = 0.032', 'p < 0.001']);
  });

  it('have four significant digits in charts, and powers of ten at the ends', () => {
    expect([0.123456, 12, 1234.56, 0.00012, 250_000, null].map(formatValue)).toEqual(['0.1235', '12', '1234.6', '1.20e-4', '2.50e+5', '–']);
    expect([-0.25, -0.00012].map(formatValue), 'a minus as wide as a plus').toEqual(['−0.25', '−1.20e-4']);
    expect(formatFigure(-0.25)).toBe('−0.250');
  });

  it('follow the mark and the digits of the settings, everywhere', () => {
    setNumberStyle({ decimalMark: 'comma', extraDigits: 1 });
    expect(formatFigure(0.5)).toBe('0,5000');
    expect(formatPercent(0.834)).toBe('83,40 %');
    expect(formatPoints(0.031, 1)).toBe('3,10');
    expect(formatSigned(-0.25, 1)).toBe('−0,25');
    expect(formatP(0.0001)).toBe('p < 0,001');
    expect(formatValue(0.123456)).toBe('0,12346');
    expect(formatSignificant(0.1634)).toBe('0,163');
    expect(formatDuration(1500)).toBe('1,5 s');
  });

  it('stay plain in files, whatever the settings say', () => {
    setNumberStyle({ decimalMark: 'comma', extraDigits: 2 });
    expect(plainValue(0.123456)).toBe('0.1235');
    expect(plainEstimate(0.834, { low: 0.8, high: 0.861 }, true)).toBe('83.4 [80.0, 86.1]');
    expect(plainEstimate(0.834, null, false)).toBe('0.834');
    expect(plainEstimate(null, null, true)).toBeNull();
  });
});

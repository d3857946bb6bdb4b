import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/shared/random.ts';

describe('RandomStream', () => {
  it('gives the same numbers for the same text and others for another text', () => {
    const draw = (text: string) =>
      Array.from(
        { length: 4 },
        (
          (stream) => () =>
            stream.nextUint32()
        )(RandomStream.fromText(text)),
      );
    expect(draw('42/a')).toEqual(draw('42/a'));
    expect(draw('42/a')).not.toEqual(draw('42/b'));
  });

  it('continues from a stored state', () => {
    const stream = RandomStream.fromText('resume');
    stream.next();
    const copy = RandomStream.fromState(stream.state);
    expect([copy.next(), copy.next()]).toEqual([stream.next(), stream.next()]);
  });

  it('is uniform enough: mean 1/2 and variance 1/12', () => {
    const stream = RandomStream.fromText('moments');
    const values = Array.from({ length: 20000 }, () => stream.next());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.003);
  });

  it('shuffles without losing or doubling an element', () => {
    const list = Array.from({ length: 50 }, (_, i) => i);
    const shuffled = RandomStream.fromText('shuffle').shuffle(list);
    expect(shuffled).not.toEqual(list);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(list);
  });
});

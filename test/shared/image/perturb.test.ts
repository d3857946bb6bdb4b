import { describe, expect, it } from 'vitest';
import { PERTURBATIONS, perturb, perturbationName } from '../../../src/shared/image/perturb.ts';
import type { RgbImage } from '../../../src/shared/image/rgb-image.ts';
import { drawPicture } from '../../support/pictures.ts';

const PICTURE = drawPicture(61, 45);

describe('a perturbation', () => {
  it('is the same for the same key and leaves the picture it was given alone', () => {
    const before = PICTURE.data.slice();
    for (const { kind, levels } of PERTURBATIONS) {
      for (const level of levels) {
        const once = perturb(PICTURE, { kind, level }, '42/d/a.png');
        expect(perturb(PICTURE, { kind, level }, '42/d/a.png').data).toEqual(once.data);
        expect(once.data).not.toEqual(PICTURE.data);
      }
    }
    expect(PICTURE.data).toEqual(before);
  });

  it('draws other noise for another picture or seed, of the wanted strength', () => {
    const grey: RgbImage = { width: 80, height: 80, data: new Uint8Array(80 * 80 * 3).fill(128) };
    const one = perturb(grey, { kind: 'noise', level: 0.05 }, '1/a');
    expect(perturb(grey, { kind: 'noise', level: 0.05 }, '2/a').data).not.toEqual(one.data);
    const deviation = Math.sqrt(one.data.reduce((sum, value) => sum + (value - 128) ** 2, 0) / one.data.length);
    expect(deviation / 255).toBeCloseTo(0.05, 2);
  });

  it('keeps the brightness when it blurs, and spreads a point by its deviation', () => {
    const dot: RgbImage = { width: 31, height: 31, data: new Uint8Array(31 * 31 * 3) };
    dot.data.fill(255, (15 * 31 + 15) * 3, (15 * 31 + 15) * 3 + 3);
    const { data } = perturb(dot, { kind: 'blur', level: 1 }, '');
    expect((data[(15 * 31 + 15) * 3] ?? 0) / 255).toBeCloseTo(1 / (2 * Math.PI), 2);
    expect((data[(15 * 31 + 16) * 3] ?? 0) / (data[(15 * 31 + 15) * 3] ?? 1)).toBeCloseTo(Math.exp(-0.5), 1);
  });

  it('keeps the size but for a crop, which keeps the middle', () => {
    const sizes = PERTURBATIONS.map(({ kind, levels }) => {
      const { width, height } = perturb(PICTURE, { kind, level: levels.at(-1) ?? 1 }, 'k');
      return [kind, width, height];
    });
    expect(sizes).toEqual([
      ['jpeg', 61, 45],
      ['resize', 61, 45],
      ['blur', 61, 45],
      ['noise', 61, 45],
      ['crop', 31, 23],
    ]);
    const cropped = perturb(PICTURE, { kind: 'crop', level: 0.5 }, 'k');
    expect(cropped.data[0]).toBe(PICTURE.data[(11 * 61 + 15) * 3]);
  });

  it('is named as the metric names have it', () => {
    expect(perturbationName({ kind: 'jpeg', level: 70 })).toBe('jpeg70');
  });
});

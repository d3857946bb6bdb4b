import { describe, expect, it } from 'vitest';
import {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  augment,
  augmentedSize,
  blur,
  flipHorizontally,
  randomResizedCrop,
  rotate,
} from '../../../src/shared/image/augment.ts';
import { resizeBilinear } from '../../../src/shared/image/resample.ts';
import { cropImage } from '../../../src/shared/image/rgb-image.ts';
import { RandomStream } from '../../../src/shared/random.ts';

const image = { width: 20, height: 16, data: Uint8Array.from({ length: 20 * 16 * 3 }, (_, i) => (i * 53 + (i >> 5) * 17) % 256) };
const pixel = (red: number, green: number, blue: number) => ({ width: 1, height: 1, data: Uint8Array.of(red, green, blue) });

describe('augmentation steps', () => {
  it('change nothing at their neutral setting', () => {
    for (const same of [
      adjustBrightness(image, 1),
      adjustContrast(image, 1),
      adjustSaturation(image, 1),
      adjustHue(image, 0),
      rotate(image, 0),
      blur(image, 0.05),
    ]) {
      expect(same.data).toEqual(image.data);
    }
    expect(flipHorizontally(flipHorizontally(image)).data).toEqual(image.data);
  });

  it('turn red to green and blue by thirds of the hue circle', () => {
    expect([...adjustHue(pixel(200, 20, 20), 1 / 3).data]).toEqual([20, 200, 20]);
    expect([...adjustHue(pixel(200, 20, 20), -1 / 3).data]).toEqual([20, 20, 200]);
    expect([...adjustHue(pixel(200, 20, 20), 1 / 6).data]).toEqual([200, 200, 20]);
  });

  it('give grey at saturation 0 and clamp at the ends', () => {
    expect([...adjustSaturation(pixel(255, 0, 0), 0).data]).toEqual([76, 76, 76]);
    expect([...adjustBrightness(pixel(250, 100, 0), 1.3).data]).toEqual([255, 130, 0]);
  });

  it('rotate by a right angle counter-clockwise', () => {
    const square = { width: 2, height: 2, data: Uint8Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4) };
    expect([...rotate(square, 90).data].filter((_, i) => i % 3 === 0)).toEqual([2, 4, 1, 3]);
  });

  it('blur keeps the mean and lowers the contrast', () => {
    const mean = (data: Uint8Array) => data.reduce((sum, value) => sum + value, 0) / data.length;
    const spread = (data: Uint8Array) => data.reduce((sum, value) => sum + Math.abs(value - mean(data)), 0);
    const soft = blur(image, 2).data;
    expect(Math.abs(mean(soft) - mean(image.data))).toBeLessThan(3);
    expect(spread(soft)).toBeLessThan(0.7 * spread(image.data));
  });
});

describe('the random crop', () => {
  const data = Uint8Array.from({ length: 40 * 10 * 3 }, (_, i) => (i * 7) % 256);

  it.each([
    { width: 40, height: 10, left: 13, top: 0, cropWidth: 13, cropHeight: 10 },
    { width: 10, height: 40, left: 0, top: 13, cropWidth: 10, cropHeight: 13 },
  ])(
    'of a picture of $width x $height, where no draw fits, is the largest of an allowed ratio in the middle',
    ({ width, height, left, top, cropWidth, cropHeight }) => {
      const narrow = { width, height, data };
      expect(randomResizedCrop(narrow, RandomStream.fromText('any'), 8)).toEqual(
        resizeBilinear(cropImage(narrow, left, top, cropWidth, cropHeight), 8, 8),
      );
    },
  );
});

describe('augment', () => {
  it('is repeated by the same stream and differs for another', () => {
    const make = (name: string) => augment(image, RandomStream.fromText(name), 12).data;
    expect(make('a')).toEqual(make('a'));
    expect(make('a')).not.toEqual(make('b'));
  });

  it('gives a square of the wanted size, 224 for a model of 320', () => {
    const result = augment(image, RandomStream.fromText('size'), 12);
    expect([result.width, result.height, result.data.length]).toEqual([12, 12, 12 * 12 * 3]);
    expect(augmentedSize(320)).toBe(224);
  });
});

import { describe, expect, it } from 'vitest';
import { resizeBicubic, resizeBilinear } from '../../../src/shared/image/resample.ts';
import { CLIP_MEAN, CLIP_STD, normalise, planCrop, preprocess } from '../../../src/shared/image/transform.ts';
import { runFixture } from '../../parity/runner.ts';
import { fileURLToPath } from 'node:url';

const noise = (width: number, height: number) => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 97 + (i >> 4) * 31) % 256),
});

describe('the image transform', () => {
  it('agrees with Pillow and open_clip on every fixture file, decoding included', async () => {
    const result = await runFixture(fileURLToPath(new URL('../../fixtures/preprocess-a/fixture.json', import.meta.url)), () =>
      Promise.resolve(),
    );
    expect(result.failures).toEqual([]);
    expect(result.checks.length).toBeGreaterThanOrEqual(18 * 6);
  });

  it('rounds crop offsets half to even', () => {
    expect(planCrop(65, 64, 64).window.left).toBe(0);
    expect(planCrop(67, 64, 64).window.left).toBe(2);
    expect(planCrop(64, 69, 64).window.top).toBe(2);
  });

  it('computes only the wanted window, with the same values', () => {
    const image = noise(40, 30);
    const whole = resizeBicubic(image, 17, 13);
    const part = resizeBicubic(image, 17, 13, { left: 5, top: 4, width: 3, height: 2 });
    const wanted = [0, 1].flatMap((row) => [...whole.data.subarray(((4 + row) * 17 + 5) * 3, ((4 + row) * 17 + 8) * 3)]);
    expect([...part.data]).toEqual(wanted);
  });

  it('keeps a flat picture flat, larger or smaller', () => {
    const flat = { width: 9, height: 7, data: new Uint8Array(9 * 7 * 3).fill(131) };
    for (const side of [3, 9, 20]) {
      expect(resizeBicubic(flat, side, side).data.every((value) => value === 131)).toBe(true);
      expect(resizeBilinear(flat, side, side).data.every((value) => value === 131)).toBe(true);
    }
  });

  it('normalises to both layouts and into a batch', () => {
    const image = noise(2, 2);
    const nhwc = normalise(image, 'nhwc');
    const nchw = normalise(image, 'nchw');
    expect(nhwc[4]).toBeCloseTo(((image.data[4] ?? 0) / 255 - CLIP_MEAN[1]) / CLIP_STD[1], 5);
    expect(nchw[4 + 1]).toBe(nhwc[1 * 3 + 1]);
    const batch = normalise(image, 'nhwc', new Float32Array(24), 12);
    expect([...batch.subarray(0, 12)].every((value) => value === 0)).toBe(true);
    expect(batch.subarray(12)).toEqual(nhwc);
    expect(preprocess(noise(50, 80), 16)).toHaveLength(16 * 16 * 3);
  });
});

import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { loseAsJpeg } from '../../../src/shared/image/jpeg-loss.ts';
import { jpegQualityOf, quantisationTables, readQuantisation } from '../../../src/shared/image/jpeg-tables.ts';
import { createImage, cropImage, type RgbImage } from '../../../src/shared/image/rgb-image.ts';
import { RandomStream } from '../../../src/shared/random.ts';
import { decodeFile } from '../../support/decode.ts';
import { drawPicture } from '../../support/pictures.ts';

const PICTURE = drawPicture(61, 45);

async function jpegFile({ width, height, data }: RgbImage, quality: number): Promise<Uint8Array> {
  return new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality, chromaSubsampling: '4:2:0' })
      .toBuffer(),
  );
}

function meanDifference(a: RgbImage, b: RgbImage): number {
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - (b.data[i] ?? 0)), 0) / a.data.length;
}

describe('the loss of JPEG', () => {
  it.each([95, 70, 30, 10])('at quality %i is that of libjpeg within one grey level on average', async (quality) => {
    const { image: real } = await decodeFile(await jpegFile(PICTURE, quality));
    const own = loseAsJpeg(PICTURE, quality);
    expect(meanDifference(own, real)).toBeLessThan(1);
    // The loss itself is much larger than the difference between the two encoders.
    expect(meanDifference(PICTURE, real)).toBeGreaterThan(3 * meanDifference(own, real));
  });

  it.each([
    [57, 42],
    [69, 10],
    [33, 47],
  ])('of %i x %i pixels is that of libjpeg in the blocks that the border cuts, too', async (width, height) => {
    const random = RandomStream.fromText('colours');
    const picture = createImage(width, height);
    picture.data.forEach((_, i) => (picture.data[i] = random.integer(256)));
    const { image: real } = await decodeFile(await jpegFile(picture, 70));
    const own = loseAsJpeg(picture, 70);
    const [top, rows] = [Math.floor(height / 16) * 16, height % 16];
    const [left, columns] = [Math.floor(width / 16) * 16, width % 16];
    expect(meanDifference(cropImage(own, 0, top, width, rows), cropImage(real, 0, top, width, rows))).toBeLessThan(3);
    expect(meanDifference(cropImage(own, left, 0, columns, height), cropImage(real, left, 0, columns, height))).toBeLessThan(3);
  });

  it('grows as the quality falls', () => {
    const losses = [95, 70, 40, 10].map((quality) => meanDifference(PICTURE, loseAsJpeg(PICTURE, quality)));
    expect(losses).toEqual(losses.toSorted((a, b) => a - b));
  });

  it('leaves a grey plane as it is', () => {
    const grey = createImage(20, 12);
    grey.data.fill(128);
    expect(loseAsJpeg(grey, 50).data).toEqual(grey.data);
  });
});

describe('quantisation tables', () => {
  it('of quality 50 are those of the standard, and of 100 all ones', () => {
    expect([...quantisationTables(50).luminance.subarray(0, 8)]).toEqual([16, 11, 10, 16, 24, 40, 51, 61]);
    expect(new Set(quantisationTables(100).chrominance)).toEqual(new Set([1]));
  });

  it.each([30, 75, 92])('of a libjpeg file of quality %i are read and named exactly', async (quality) => {
    const bytes = await jpegFile(PICTURE, quality);
    const read = readQuantisation(bytes);
    expect(read?.tables).toBe(2);
    expect([...(read?.luminance ?? [])]).toEqual([...quantisationTables(quality).luminance]);
    expect(jpegQualityOf(bytes)).toEqual({ quality, isExact: true });
  });

  it('that no libjpeg writes are called rough; a PNG has none', async () => {
    const bytes = await jpegFile(PICTURE, 75);
    const at = bytes.findIndex((value, i) => value === 0xff && bytes[i + 1] === 0xdb);
    const changed = bytes.slice();
    changed[at + 5 + 20] = 200;
    expect(jpegQualityOf(changed)).toMatchObject({ isExact: false });
    expect(jpegQualityOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0))).toBeNull();
  });
});

import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeBmp } from '../../../src/shared/image/bmp.ts';
import { decodeImage } from '../../../src/shared/image/decode.ts';
import { needsOwnReader, readPng } from '../../../src/shared/image/png-reader.ts';
import { withoutTransparentColour, withoutWebpAlpha } from '../../../src/shared/image/opaque.ts';
import { decodeFile } from '../../support/decode.ts';

const read = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(`../../fixtures/preprocess-a/${name}`, import.meta.url)));

/** A picture of 13 x 11 whose colours and alpha all vary. */
function rgbaPicture(): { rgba: Uint8Array; rgb: Uint8Array } {
  const rgba = Uint8Array.from({ length: 13 * 11 * 4 }, (_, i) => (i * 37 + (i >> 3) * 11) % 256);
  return { rgba, rgb: rgba.filter((_, i) => i % 4 !== 3) };
}

const encodeRgba = (rgba: Uint8Array) => sharp(rgba, { raw: { width: 13, height: 11, channels: 4 } });

describe('decoding as stored', () => {
  it('keeps the stored orientation of a JPEG that asks to be turned', async () => {
    const { facts, image } = await decodeFile(await read('orientation6.jpg'));
    expect([facts.exifOrientation, image.width, image.height]).toEqual([6, 120, 80]);
  });

  it('hands bytes without rotation to the platform decoder and leaves the file alone', async () => {
    const bytes = await read('orientation6.jpg');
    const before = bytes.slice();
    let seen = new Uint8Array();
    await decodeImage(bytes, async (given) => {
      seen = given.slice();
      return { width: 120, height: 80, data: new Uint8Array(120 * 80 * 3) };
    });
    expect(seen.filter((value, i) => value !== before[i])).toEqual(Uint8Array.of(1));
    expect(bytes).toEqual(before);
  });

  it('turns a decoder failure into E-IMAGE with the reason', async () => {
    const failing = decodeImage(await read('landscape.png'), () => Promise.reject(new Error('no such filter')));
    await expect(failing).rejects.toMatchObject({ code: 'E-IMAGE', message: 'The PNG file cannot be decoded: no such filter' });
  });

  it('refuses pixels of another size than the header says', async () => {
    const rotated = decodeImage(await read('landscape.png'), async () => ({ width: 97, height: 148, data: new Uint8Array(97 * 148 * 3) }));
    await expect(rotated).rejects.toMatchObject({ code: 'E-IMAGE' });
  });

  it('fails on damaged pixels behind a good header', async () => {
    const bytes = (await read('portrait.png')).slice();
    bytes.fill(0, 200, 3000);
    await expect(decodeFile(bytes)).rejects.toMatchObject({ code: 'E-IMAGE' });
  });
});

describe('the PNG reader', () => {
  it.each([false, true])('gives the stored colours, interlaced: %s', async (progressive) => {
    const { rgba, rgb } = rgbaPicture();
    const png = new Uint8Array(await encodeRgba(rgba).png({ progressive, adaptiveFiltering: true }).toBuffer());
    expect(needsOwnReader(png)).toBe(true);
    expect((await readPng(png)).data).toEqual(rgb);
  });

  it('reads the 16-bit and the grey kind as libvips does', async () => {
    const { rgba } = rgbaPicture();
    const kinds = [encodeRgba(rgba).toColourspace('rgb16').png(), encodeRgba(rgba).greyscale().png()];
    for (const kind of kinds) {
      const png = new Uint8Array(await kind.toBuffer());
      const byLibvips = await sharp(png).toColourspace('srgb').removeAlpha().raw({ depth: 'uchar' }).toBuffer();
      expect((await readPng(png)).data).toEqual(new Uint8Array(byLibvips));
    }
  });

  it('does not scale grey of 16 bits, as Pillow does not', async () => {
    const grey = new Uint16Array([0, 1, 255, 256, 40_000, 65_535]);
    const png = new Uint8Array(
      await sharp(grey, { raw: { width: 6, height: 1, channels: 1 } })
        .toColourspace('grey16')
        .png()
        .toBuffer(),
    );
    expect(needsOwnReader(png)).toBe(true);
    expect([...(await readPng(png)).data].filter((_, i) => i % 3 === 0)).toEqual([0, 1, 255, 255, 255, 255]);
  });

  it('leaves other PNG files to the platform', async () => {
    expect(needsOwnReader(await read('palette.png'))).toBe(false);
  });
});

describe('making a file opaque', () => {
  it('removes the transparency of a palette PNG and nothing else', async () => {
    const { rgba } = rgbaPicture();
    const png = new Uint8Array(await encodeRgba(rgba).png({ palette: true }).toBuffer());
    const opaque = withoutTransparentColour(png);
    expect((await sharp(png).metadata()).hasAlpha).toBe(true);
    expect((await sharp(opaque).metadata()).hasAlpha).toBe(false);
    expect((await decodeFile(opaque)).image.data).toEqual((await decodeFile(png)).image.data);
  });

  it('hides the alpha plane of a lossy WebP', async () => {
    const { rgba } = rgbaPicture();
    const webp = new Uint8Array(await encodeRgba(rgba).webp({ quality: 80 }).toBuffer());
    const opaque = withoutWebpAlpha(webp);
    expect((await sharp(opaque).metadata()).hasAlpha).toBe(false);
    expect((await decodeFile(opaque)).image.data).toEqual((await decodeFile(webp)).image.data);
  });
});

describe('decodeBmp', () => {
  /** A 2 x 2 file of 24 bits; rows are padded to 8 bytes. */
  function tinyBmp(height: number): Uint8Array {
    const bytes = new Uint8Array(54 + 16);
    const view = new DataView(bytes.buffer);
    bytes.set([0x42, 0x4d]);
    view.setUint32(10, 54, true);
    view.setUint32(14, 40, true);
    view.setInt32(18, 2, true);
    view.setInt32(22, height, true);
    view.setUint16(28, 24, true);
    bytes.set([3, 2, 1, 6, 5, 4], 54);
    bytes.set([9, 8, 7, 12, 11, 10], 62);
    return bytes;
  }

  it('reads rows from the bottom, or from the top when the height is negative', () => {
    expect([...decodeBmp(tinyBmp(2)).data]).toEqual([7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6]);
    expect([...decodeBmp(tinyBmp(-2)).data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('reads pictures of one pixel, whose files end where other headers have colour masks', () => {
    const bytes = tinyBmp(1).subarray(0, 58);
    bytes[18] = 1; // wide
    expect(decodeBmp(bytes)).toEqual({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3) });
    const oldHeader = new Uint8Array(30);
    oldHeader.set([0x42, 0x4d]);
    oldHeader.set([26, 0, 0, 0, 12, 0, 0, 0, 1, 0, 1, 0, 1, 0, 24, 0, 3, 2, 1], 10);
    expect(decodeBmp(oldHeader)).toEqual({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3) });
  });

  it('refuses a cut-off and a compressed file', () => {
    expect(() => decodeBmp(tinyBmp(2).subarray(0, 68))).toThrow('cut off');
    expect(() => decodeBmp(tinyBmp(2).subarray(0, 33))).toThrow('cut off');
    const truncated = expect.objectContaining({ details: { fault: 'image-truncated' } });
    expect(() => decodeBmp(tinyBmp(2).subarray(0, 68))).toThrowError(truncated);
    const masked = tinyBmp(2).subarray(0, 60);
    masked.set([32, 0, 3], 28);
    expect(() => decodeBmp(masked)).toThrow('cut off');
    const compressed = tinyBmp(2);
    compressed[30] = 1;
    expect(() => decodeBmp(compressed)).toThrow('compressed');
    const twoBits = tinyBmp(2);
    twoBits[28] = 2;
    expect(() => decodeBmp(twoBits)).toThrow('2 bits per pixel');
  });
});

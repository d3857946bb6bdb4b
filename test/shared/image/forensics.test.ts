import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { describeEdit, editSteps, MASK_FILLS, type ImageEdit } from '../../../src/shared/image/edit.ts';
import { readFileMetadata } from '../../../src/shared/image/file-metadata.ts';
import { errorLevelSteps } from '../../../src/shared/image/forensics/error-level.ts';
import { noiseResidualSteps } from '../../../src/shared/image/forensics/noise-residual.ts';
import { fft, radialProfile, spectrum, spectrumImage } from '../../../src/shared/image/forensics/spectrum.ts';
import { loseAsJpeg } from '../../../src/shared/image/jpeg-loss.ts';
import { decodeBmp } from '../../../src/shared/image/bmp.ts';
import { encodeBmp } from '../../../src/shared/image/bmp-writer.ts';
import { createImage, cropImage, type Region, type RgbImage } from '../../../src/shared/image/rgb-image.ts';
import { RandomStream } from '../../../src/shared/random.ts';
import { drawPicture } from '../../support/pictures.ts';
import { finish } from '../../support/steps.ts';

/** A grey picture by a function of the place. */
function grey(width: number, height: number, value: (x: number, y: number) => number): RgbImage {
  const image = createImage(width, height);
  return { ...image, data: image.data.map((_, i) => Math.round(value(Math.floor(i / 3) % width, Math.floor(i / 3 / width)))) };
}

const PICTURE = drawPicture(64, 48);

const isSame = (a: RgbImage, b: RgbImage) => a.width === b.width && a.height === b.height && Buffer.compare(a.data, b.data) === 0;
const editImage = (image: RgbImage, edit: ImageEdit) => finish(editSteps(image, edit));
const errorLevel = (image: RgbImage, quality: number, gain: number | null) => finish(errorLevelSteps(image, quality, gain));
const noiseResidual = (image: RgbImage, gain: number | null) => finish(noiseResidualSteps(image, gain));

describe('error level analysis', () => {
  it('finds nothing in a flat picture and more in one that was never compressed than in one that was', () => {
    expect(
      errorLevel(
        grey(32, 32, () => 90),
        90,
        20,
      ).most,
    ).toBe(0);
    const fresh = errorLevel(PICTURE, 75, 1).mean;
    const compressed = errorLevel(loseAsJpeg(PICTURE, 75), 75, 1).mean;
    expect(compressed).toBeLessThan(0.35 * fresh);
  });

  it('shows a part that came from elsewhere: fresh grain pasted into a compressed picture', () => {
    const base = loseAsJpeg(drawPicture(128, 128), 60);
    const random = RandomStream.fromText('paste');
    const pasted = { ...base, data: base.data.slice() };
    for (let y = 32; y < 64; y++)
      for (let x = 32; x < 64; x++) pasted.data.fill(random.integer(256), (y * 128 + x) * 3, (y * 128 + x) * 3 + 3);
    const { image } = errorLevel(pasted, 60, 1);
    const meanOf = (left: number, top: number): number => {
      let sum = 0;
      for (let y = top; y < top + 32; y++) for (let x = left; x < left + 32; x++) sum += image.data[(y * 128 + x) * 3] ?? 0;
      return sum / 1024;
    };
    expect(meanOf(32, 32)).toBeGreaterThan(5 * meanOf(96, 96));
  });

  it('chooses a gain that fills the range: strong for a fine JPEG, weak for a fresh picture, 1 % at white', () => {
    const share = (image: RgbImage) => image.data.filter((value) => value === 255).length / image.data.length;
    const fine = errorLevel(loseAsJpeg(PICTURE, 97), 97, null);
    const fresh = errorLevel(PICTURE, 30, null);
    expect(fine.gain).toBeGreaterThan(2 * fresh.gain);
    for (const level of [fine, fresh]) {
      expect(level.gain).toBe(Math.floor(255 / level.nearlyMost));
      expect(share(level.image)).toBeLessThan(0.03);
      expect(Math.max(...level.image.data)).toBeGreaterThan(200);
    }
    expect(
      errorLevel(
        grey(32, 32, () => 90),
        90,
        null,
      ).gain,
    ).toBeGreaterThan(0);
  });

  it('of a picture in several parts equals that of the whole recompressed picture', () => {
    const tall = drawPicture(40, 300);
    const whole = loseAsJpeg(tall, 40);
    const want = { ...tall, data: tall.data.map((value, i) => Math.abs(value - (whole.data[i] ?? 0))) };
    expect(isSame(errorLevel(tall, 40, 1).image, want)).toBe(true);
  });

  it('multiplies by the gain and stops at white', () => {
    const once = errorLevel(PICTURE, 50, 1);
    const ten = errorLevel(PICTURE, 50, 10);
    expect([...ten.image.data.subarray(0, 30)]).toEqual([...once.image.data.subarray(0, 30)].map((value) => Math.min(255, 10 * value)));
    expect(ten.mean).toBe(once.mean);
  });
});

describe('the noise residual', () => {
  it('of a ramp is nothing, of grain is the grain', () => {
    expect(
      noiseResidual(
        grey(40, 30, (x) => 4 * x),
        8,
      ).deviation,
    ).toBeLessThan(0.3);
    const random = RandomStream.fromText('grain');
    const noisy = noiseResidual(
      grey(40, 30, () => 120 + random.integer(21) - 10),
      1,
    );
    expect(noisy.deviation).toBeGreaterThan(3);
  });

  it('is brightness minus the middle of nine, whatever their order', () => {
    const { image } = noiseResidual(PICTURE, 1);
    const level = (x: number, y: number): number => {
      const at = (Math.min(47, Math.max(0, y)) * 64 + Math.min(63, Math.max(0, x))) * 3;
      const [red = 0, green = 0, blue = 0] = PICTURE.data.subarray(at, at + 3);
      return Math.fround(0.299 * red + 0.587 * green + 0.114 * blue);
    };
    for (let y = 0; y < 48; y++) {
      for (let x = 0; x < 64; x++) {
        const around = Array.from({ length: 9 }, (_, k) => level(x + (k % 3) - 1, y + Math.floor(k / 3) - 1)).sort((a, b) => a - b);
        const want = Math.min(255, Math.max(0, 128 + level(x, y) - (around[4] ?? 0)));
        expect(Math.abs((image.data[(y * 64 + x) * 3] ?? 0) - want)).toBeLessThanOrEqual(0.501);
      }
    }
  });

  it('keeps a lone bright pixel, drawn around mid grey', () => {
    const dot = grey(9, 9, (x, y) => (x === 4 && y === 4 ? 110 : 100));
    const { image } = noiseResidual(dot, 2);
    expect(image.data[(4 * 9 + 4) * 3]).toBe(148);
    expect(image.data[0]).toBe(128);
  });
});

describe('the Fourier transform', () => {
  it('equals the sum it stands for', () => {
    const random = RandomStream.fromText('fft');
    const values = Array.from({ length: 16 }, () => random.uniform(-1, 1));
    const re = Float64Array.from(values);
    const im = new Float64Array(16);
    fft(re, im);
    for (let k = 0; k < 16; k++) {
      const real = values.reduce((sum, value, n) => sum + value * Math.cos((2 * Math.PI * k * n) / 16), 0);
      const imaginary = values.reduce((sum, value, n) => sum - value * Math.sin((2 * Math.PI * k * n) / 16), 0);
      expect(re[k]).toBeCloseTo(real, 10);
      expect(im[k]).toBeCloseTo(imaginary, 10);
    }
  });

  it('of a cosine grid peaks at its two frequencies', () => {
    const [across, down] = [12, 5];
    const waves = spectrum(grey(64, 64, (x, y) => 128 + 60 * Math.cos((2 * Math.PI * (across * x + down * y)) / 64)));
    expect(waves.size).toBe(64);
    const order = [...waves.magnitude.keys()].toSorted((a, b) => (waves.magnitude[b] ?? 0) - (waves.magnitude[a] ?? 0));
    const places = order.slice(0, 2).map((i) => [(i % 64) - 32, Math.floor(i / 64) - 32]);
    expect(places.sort(([a = 0], [b = 0]) => a - b)).toEqual([
      [-across, -down],
      [across, down],
    ]);
    const profile = radialProfile(waves);
    expect(profile.toSorted((a, b) => b.y - a.y)[0]?.x).toBeCloseTo(Math.hypot(across, down) / 64, 1);
  });

  it('takes the largest power of two that fits and draws it from black to white', () => {
    const image = spectrumImage(spectrum(drawPicture(100, 70)));
    expect(image.width).toBe(64);
    expect(Math.max(...image.data)).toBe(255);
    expect(Math.min(...image.data)).toBe(0);
  });
});

describe('an edited copy', () => {
  const region: Region = { left: 10, top: 8, width: 16, height: 12 };
  const isInside = (i: number): boolean => {
    const [x, y] = [Math.floor(i / 3) % 64, Math.floor(i / 3 / 64)];
    return x >= 10 && x < 26 && y >= 8 && y < 20;
  };

  it.each(MASK_FILLS)('masked with %s changes the region only', (fill) => {
    const before = PICTURE.data.slice();
    const edited = editImage(PICTURE, { kind: 'mask', fill, region });
    const changed = [...edited.data.keys()].filter((i) => edited.data[i] !== PICTURE.data[i]);
    expect(changed.length).toBeGreaterThan(100);
    expect(changed.every(isInside)).toBe(true);
    expect(PICTURE.data).toEqual(before);
  });

  it('recompressed in a region is the recompressed picture there', () => {
    const edited = editImage(PICTURE, { kind: 'jpeg', quality: 20, region });
    const whole = loseAsJpeg(PICTURE, 20);
    expect(edited.data.every((value, i) => value === (isInside(i) ? whole.data[i] : PICTURE.data[i]))).toBe(true);
  });

  it('recompressed in a region is the recompressed picture there, in several parts, at the border and across blocks alike', () => {
    const tall = drawPicture(70, 300);
    const whole = loseAsJpeg(tall, 35);
    for (const part of [
      { left: 5, top: 3, width: 60, height: 290 },
      { left: 0, top: 0, width: 70, height: 300 },
      { left: 33, top: 127, width: 1, height: 2 },
      { left: 61, top: 280, width: 9, height: 20 },
    ]) {
      const edited = cropImage(editImage(tall, { kind: 'jpeg', quality: 35, region: part }), part.left, part.top, part.width, part.height);
      expect(isSame(edited, cropImage(whole, part.left, part.top, part.width, part.height))).toBe(true);
    }
  });

  it('blurred in a region does not hang on what lies further away than the blur reaches', () => {
    const big = drawPicture(120, 100);
    const part = { left: 50, top: 40, width: 16, height: 20 }; // radius 4, twice
    const edited = editImage(big, { kind: 'mask', fill: 'blur', region: part });
    const near = cropImage(big, 42, 32, 32, 36);
    const alone = editImage(near, { kind: 'mask', fill: 'blur', region: { ...part, left: 8, top: 8 } });
    expect(cropImage(edited, 50, 40, 16, 20)).toEqual(cropImage(alone, 8, 8, 16, 20));
  });

  it('is written and read again without a difference', () => {
    for (const [width, height] of [
      [64, 48],
      [5, 3],
      [1, 1],
    ] as const) {
      const picture = drawPicture(width, height);
      expect(decodeBmp(encodeBmp(picture))).toEqual(picture);
    }
  });

  it('cropped has the size of the region, which is cut at the border', () => {
    const edited = editImage(PICTURE, { kind: 'crop', region: { left: 50, top: -5, width: 100, height: 20 } });
    expect([edited.width, edited.height]).toEqual([14, 20]);
    expect(describeEdit({ kind: 'crop', region })).toBe('cropped to 16 × 12 pixels at 10, 8');
  });

  it('masked with the mean has the mean', () => {
    const edited = editImage(
      grey(20, 20, (x) => 10 * x),
      { kind: 'mask', fill: 'mean', region: { left: 0, top: 0, width: 20, height: 20 } },
    );
    expect(edited.data[0]).toBe(95);
  });
});

describe('the metadata of a file', () => {
  const pipeline = () => sharp(PICTURE.data, { raw: { width: 64, height: 48, channels: 3 } });

  it('gives quality, layout and EXIF of a JPEG, and names a position without giving it', async () => {
    const exif = {
      IFD0: { Make: 'Testcam', Model: 'T 1000', Software: 'by hand' },
      IFD2: { ExposureTime: '1/250' },
      IFD3: { GPSLatitude: '52/1 31/1 0/1' },
    };
    const bytes = new Uint8Array(
      await pipeline().jpeg({ quality: 80, progressive: true, chromaSubsampling: '4:2:0' }).withExif(exif).toBuffer(),
    );
    const metadata = readFileMetadata(bytes);
    expect(metadata).toMatchObject({ format: 'jpeg', width: 64, height: 48, sizeBytes: bytes.length });
    expect(metadata.jpeg).toEqual({ quality: 80, isExact: true, isProgressive: true, isChromaHalved: true });
    const values = Object.fromEntries(metadata.fields.map(({ name, value }) => [name, value]));
    expect(values).toMatchObject({ 'Camera maker': 'Testcam', 'Camera model': 'T 1000', Software: 'by hand', 'Exposure time': '1/250' });
    expect(values['GPS position']).toBe('present (not shown)');
    expect(JSON.stringify(metadata.fields)).not.toContain('52');
  });

  it.each([
    ['ExposureTime', 'Exposure time', '8/10', '0.8'],
    ['ExposureTime', 'Exposure time', '10/600', '1/60'],
    ['ExposureTime', 'Exposure time', '16667/1000000', '1/60'],
    ['ExposureTime', 'Exposure time', '3/10', '0.3'],
    ['ExposureTime', 'Exposure time', '25/10', '2.5'],
    ['FNumber', 'F-number', '95/100', '0.95'],
  ])('writes %s as a part of one only where it is one: %s %s is %s', async (tag, name, given, value) => {
    const bytes = new Uint8Array(
      await pipeline()
        .jpeg()
        .withExif({ IFD2: { [tag]: given } })
        .toBuffer(),
    );
    expect(readFileMetadata(bytes).fields).toContainEqual({ name, value });
  });

  it('says whether there is an alpha channel, in every format that can have one', async () => {
    const rgba = () => sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0.5 } } });
    const isAlpha = async (made: Sharp) => readFileMetadata(new Uint8Array(await made.toBuffer())).hasAlpha;
    expect(await isAlpha(rgba().png())).toBe(true);
    expect(await isAlpha(rgba().png({ palette: true }))).toBe(true);
    expect(await isAlpha(rgba().webp({ lossless: true }))).toBe(true);
    expect(await isAlpha(rgba().webp({ quality: 80 }))).toBe(true);
    expect(await isAlpha(pipeline().png())).toBe(false);
    expect(await isAlpha(pipeline().webp({ lossless: true }))).toBe(false);
    expect(await isAlpha(pipeline().webp())).toBe(false);
    expect(await isAlpha(pipeline().jpeg())).toBe(false);
  });

  it('of a bare PNG is its size; a text in it is shown', async () => {
    const bytes = new Uint8Array(await pipeline().png().toBuffer());
    expect(readFileMetadata(bytes)).toMatchObject({ format: 'png', jpeg: null, fields: [], blocks: [] });
    const text = new TextEncoder().encode('parameters\0a drawn face, steps 20');
    const chunk = new Uint8Array(12 + text.length);
    new DataView(chunk.buffer).setUint32(0, text.length);
    chunk.set(new TextEncoder().encode('tEXt'), 4);
    chunk.set(text, 8);
    const withText = new Uint8Array([...bytes.subarray(0, 33), ...chunk, ...bytes.subarray(33)]);
    expect(readFileMetadata(withText).fields).toEqual([{ name: 'PNG text “parameters”', value: 'a drawn face, steps 20' }]);
  });

  it('of a grey JPEG name no halved colour, whatever sampling its only component has', async () => {
    const bytes = new Uint8Array(await pipeline().greyscale().toColourspace('b-w').jpeg().toBuffer());
    const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
    bytes[frame + 11] = 0x22; // as jpegtran leaves it
    expect(readFileMetadata(bytes).jpeg).toMatchObject({ isChromaHalved: false });
  });

  it('reads every directory of EXIF once, also where they point to each other in a circle', async () => {
    const entries = [[0x8769, 4, 1, 8], [0x8769, 4, 1, 8], [0x0131, 2, 2, 0x4100_0000]]; // prettier-ignore
    const exif = new DataView(new ArrayBuffer(8 + 2 + entries.length * 12 + 4));
    exif.setUint32(0, 0x4d4d002a);
    exif.setUint32(4, 8);
    exif.setUint16(8, entries.length);
    entries.forEach(([tag = 0, type = 0, count = 0, value = 0], i) => {
      exif.setUint16(10 + i * 12, tag);
      exif.setUint16(12 + i * 12, type);
      exif.setUint32(14 + i * 12, count);
      exif.setUint32(18 + i * 12, value);
    });
    const chunk = new Uint8Array(12 + exif.byteLength);
    new DataView(chunk.buffer).setUint32(0, exif.byteLength);
    chunk.set(new TextEncoder().encode('eXIf'), 4);
    chunk.set(new Uint8Array(exif.buffer), 8);
    const bytes = new Uint8Array(await pipeline().png().toBuffer());
    const withExif = new Uint8Array([...bytes.subarray(0, 33), ...chunk, ...bytes.subarray(33)]);
    expect(readFileMetadata(withExif).fields).toEqual([{ name: 'Software', value: 'A' }]);
  });

  it('survives damaged EXIF', async () => {
    const bytes = new Uint8Array(
      await pipeline()
        .jpeg()
        .withExif({ IFD0: { Make: 'Testcam' } })
        .toBuffer(),
    );
    const at = bytes.findIndex((_, i) => bytes[i] === 0x45 && bytes[i + 1] === 0x78 && bytes[i + 2] === 0x69 && bytes[i + 3] === 0x66);
    bytes.fill(0xee, at + 10, at + 30);
    expect(() => readFileMetadata(bytes)).not.toThrow();
  });
});

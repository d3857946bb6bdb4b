import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { sniffImage } from '../../../src/shared/image/sniff.ts';

const read = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(`../../fixtures/preprocess-a/${name}`, import.meta.url)));

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'E-IMAGE') return error.message;
    throw error;
  }
  return 'nothing was thrown';
}

describe('sniffImage', () => {
  it.each([
    ['landscape.png', 'png', 148, 97],
    ['progressive.jpg', 'jpeg', 150, 113],
    ['lossless.webp', 'webp', 99, 70],
    ['rows-padded.bmp', 'bmp', 85, 64],
  ])('reads format and size of %s', async (name, format, width, height) => {
    expect(sniffImage(await read(name))).toMatchObject({ format, width, height, exifOrientation: 1 });
  });

  it('reads the EXIF orientation and gives the stored size', async () => {
    expect(sniffImage(await read('orientation6.jpg'))).toMatchObject({ width: 120, height: 80, exifOrientation: 6 });
  });

  it('says that an empty file is empty', () => {
    expect(messageOf(() => sniffImage(new Uint8Array()))).toBe('The file is empty.');
  });

  it('is not fooled by a name: text is not an image', () => {
    expect(messageOf(() => sniffImage(new TextEncoder().encode('hello, I am a text file named .png')))).toContain(
      'is not a PNG, JPEG, WebP or BMP',
    );
  });

  it.each(['landscape.png', 'q75-420.jpg', 'lossless.webp'])('says that %s is cut off, wherever it was cut', async (name) => {
    const bytes = await read(name);
    for (const share of [0.2, 0.6, 0.98]) {
      expect(messageOf(() => sniffImage(bytes.subarray(0, Math.floor(bytes.length * share))))).toContain('cut off');
    }
  });

  it('refuses a picture too large to decode', async () => {
    const bytes = (await read('landscape.png')).slice();
    new DataView(bytes.buffer).setUint32(16, 2_000_000);
    expect(messageOf(() => sniffImage(bytes))).toContain('at most 100 million');
  });
});

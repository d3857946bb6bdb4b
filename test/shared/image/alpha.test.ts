import { expect, it } from 'vitest';
import { hasAlphaChannel } from '../../../src/shared/image/alpha.ts';

/** The header of a 32-bit BMP. */
function bmp(headerSize: number, compression: number, alphaMask: number): Uint8Array {
  const bytes = new Uint8Array(14 + Math.max(headerSize, 108) + 8);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(10, 14 + headerSize, true);
  view.setUint32(14, headerSize, true);
  view.setUint16(28, 32, true);
  view.setUint32(30, compression, true);
  [0xff0000, 0xff00, 0xff, alphaMask].forEach((mask, i) => view.setUint32(54 + 4 * i, mask, true));
  return bytes;
}

it('finds the alpha channel of a BMP where its header has a mask for it, and only there', () => {
  expect(hasAlphaChannel(bmp(108, 3, 0xff000000))).toBe(true);
  expect(hasAlphaChannel(bmp(124, 3, 0xff000000))).toBe(true);
  expect(hasAlphaChannel(bmp(108, 3, 0))).toBe(false);
  expect(hasAlphaChannel(bmp(108, 0, 0xff000000))).toBe(false); // masks do not count without bit fields
  expect(hasAlphaChannel(bmp(40, 3, 0xff000000))).toBe(false); // pixels begin where the mask would be
  expect(hasAlphaChannel(new Uint8Array([0x42, 0x4d, 0, 0]))).toBe(false);
});

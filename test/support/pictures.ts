// Drawn pictures for image code: smooth shades, edges and fine texture in all three channels.
import type { RgbImage } from '../../src/shared/image/rgb-image.ts';
import { RandomStream } from '../../src/shared/random.ts';

/** The same picture for the same size. */
export function drawPicture(width: number, height: number): RgbImage {
  const random = RandomStream.fromText(`picture/${width}x${height}`);
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const isInside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 3) ** 2;
    const texture = random.integer(24);
    data[i * 3] = isInside ? 190 + texture : (200 * x) / width;
    data[i * 3 + 1] = isInside ? 140 + texture : (180 * y) / height + texture;
    data[i * 3 + 2] = isInside ? 110 : 60 + texture;
  }
  return { width, height, data };
}

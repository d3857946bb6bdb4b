// One process of images.ts: draws its share, sends the bytes back and ends.
import { resizeAndCrop } from '../../../src/shared/image/transform.ts';
import { renderPortrait } from '../../data/demo/portrait.ts';
import { sampleOf, type ImageKey } from './image-keys.ts';

process.once('message', (message) => {
  const { keys, size } = message as { keys: ImageKey[]; size: number };
  const pixels = new Uint8Array(keys.length * size * size * 3);
  for (const [i, key] of keys.entries()) pixels.set(resizeAndCrop(renderPortrait(sampleOf(key).spec), size).data, i * size * size * 3);
  process.send?.(pixels, () => process.disconnect());
});

// A pixel decoder in Node, for tests. The page has its own; see src/shared/image/browser-decoder.ts.
import sharp from 'sharp';
import { decodeImage, type DecodedImage, type PixelDecoder } from '../../src/shared/image/decode.ts';

/** Four inks to colours without a profile, as Pillow and Chromium do; libvips would use a profile of its own. @param cmyk 255 = full ink */
function colours(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3);
  for (let i = 0; i < rgb.length; i++) {
    const pixel = Math.floor(i / 3) * 4;
    const light = 255 - (cmyk[pixel + 3] ?? 0);
    rgb[i] = light - Math.round(((cmyk[pixel + (i % 3)] ?? 0) * light) / 255);
  }
  return rgb;
}

/** Decodes with libvips: embedded profiles ignored, grey and palette expanded, alpha dropped without compositing. */
const decodeWithSharp: PixelDecoder = async (bytes) => {
  const file = sharp(bytes, { ignoreIcc: true, failOn: 'truncated' });
  if ((await file.metadata()).space === 'cmyk') {
    const { data, info } = await file.pipelineColourspace('cmyk').toColourspace('cmyk').raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: colours(data) };
  }
  const pipeline = file.toColourspace('srgb').removeAlpha().raw({ depth: 'uchar' });
  const { data, info } = await pipeline.toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
};

/**
 * Decodes an image file in Node.
 * @throws WorkbenchError E-IMAGE
 */
export async function decodeFile(bytes: Uint8Array): Promise<DecodedImage> {
  return await decodeImage(bytes, decodeWithSharp);
}

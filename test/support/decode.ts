// A pixel decoder in Node, for tests. The page has its own; see src/shared/image/browser-decoder.ts.
import sharp from 'sharp';
import { decodeImage, type DecodedImage, type PixelDecoder } from '../../src/shared/image/decode.ts';

/** Decodes with libvips: embedded profiles ignored, grey and palette expanded, alpha dropped without compositing. */
const decodeWithSharp: PixelDecoder = async (bytes) => {
  const pipeline = sharp(bytes, { ignoreIcc: true, failOn: 'truncated' }).toColourspace('srgb').removeAlpha().raw({ depth: 'uchar' });
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

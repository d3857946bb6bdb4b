// Views and changed copies of one picture: decode, compute, encode as PNG. No tensors; nothing is stored.
import { encode } from 'fast-png';
import { sha256Hex } from '../../src/shared/hash.ts';
import type { DecodedImage } from '../../src/shared/image/decode.ts';
import { editImage } from '../../src/shared/image/edit.ts';
import { readFileMetadata } from '../../src/shared/image/file-metadata.ts';
import { errorLevel } from '../../src/shared/image/forensics/error-level.ts';
import { noiseResidual } from '../../src/shared/image/forensics/noise-residual.ts';
import { radialProfile, spectrum, spectrumImage } from '../../src/shared/image/forensics/spectrum.ts';
import type { RgbImage } from '../../src/shared/image/rgb-image.ts';
import type { DrawnView, ForensicView, PictureApi, PictureSource } from '../../src/shared/picture-api.ts';
import type { Handlers } from '../../src/shared/rpc.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { getImage } from '../../src/shared/storage/samples.ts';

/** What the handlers need of the browser. */
export interface PicturePlatform {
  openDb: () => Promise<Database>;
  /** To RGB as stored. @throws E-IMAGE */
  decode: (bytes: Uint8Array) => Promise<DecodedImage>;
}

/** The calls of PictureApi. All throw E-IMAGE for what is no picture and E-MISSING for what is not stored. */
export function createPictureHandlers({ openDb, decode }: PicturePlatform): Handlers<PictureApi> {
  const bytesOf = async ({ sampleId, image }: PictureSource): Promise<Uint8Array<ArrayBuffer>> => {
    const file = image ?? (await getImage(await openDb(), sampleId));
    return new Uint8Array(await file.arrayBuffer());
  };
  const pictureOf = async (source: PictureSource): Promise<RgbImage> => (await decode(await bytesOf(source))).image;
  return {
    pictureMetadata: async ({ source }) => {
      const bytes = await bytesOf(source);
      return { ...readFileMetadata(bytes), sha256: await sha256Hex(bytes) };
    },
    forensicView: async ({ source, view }) => drawView(await pictureOf(source), view),
    editPicture: async ({ source, edit }) => png(editImage(await pictureOf(source), edit)),
  };
}

function png({ width, height, data }: RgbImage): Blob {
  return new Blob([encode({ width, height, data, channels: 3, depth: 8 }).slice()], { type: 'image/png' });
}

function drawView(picture: RgbImage, view: ForensicView): DrawnView {
  if (view.kind === 'error-level') {
    const { image, mean, most } = errorLevel(picture, view.quality, view.gain);
    return drawn(image, [
      { name: 'Mean difference', value: mean, unit: 'grey levels' },
      { name: 'Largest difference', value: most, unit: 'grey levels' },
    ]);
  }
  if (view.kind === 'noise') {
    const { image, deviation } = noiseResidual(picture, view.gain);
    return drawn(image, [{ name: 'Residual, root mean square', value: deviation, unit: 'grey levels' }]);
  }
  const waves = spectrum(picture);
  return {
    ...drawn(spectrumImage(waves), [{ name: 'Side of the middle square', value: waves.size, unit: 'pixels' }]),
    profile: radialProfile(waves),
  };
}

function drawn(image: RgbImage, figures: DrawnView['figures']): DrawnView {
  return { image: png(image), width: image.width, height: image.height, figures };
}

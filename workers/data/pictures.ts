// Views and changed copies of one picture: decode, compute, encode. No tensors; nothing is stored.
import { sha256Hex } from '../../src/shared/hash.ts';
import { encodeBmp } from '../../src/shared/image/bmp-writer.ts';
import type { DecodedImage } from '../../src/shared/image/decode.ts';
import { editSteps } from '../../src/shared/image/edit.ts';
import { readFileMetadata } from '../../src/shared/image/file-metadata.ts';
import { errorLevelSteps } from '../../src/shared/image/forensics/error-level.ts';
import { noiseResidualSteps } from '../../src/shared/image/forensics/noise-residual.ts';
import { radialProfile, spectrum, spectrumImage } from '../../src/shared/image/forensics/spectrum.ts';
import type { RgbImage } from '../../src/shared/image/rgb-image.ts';
import type { DrawnView, ForensicView, PictureApi, PictureSource } from '../../src/shared/picture-api.ts';
import type { CallContext, Handlers } from '../../src/shared/rpc.ts';
import { finishUnlessAborted } from '../../src/shared/steps.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { getImage } from '../../src/shared/storage/samples.ts';

/** What the handlers need of the browser. */
export interface PicturePlatform {
  openDb: () => Promise<Database>;
  /** To RGB as stored. @throws E-IMAGE */
  decode: (bytes: Uint8Array) => Promise<DecodedImage>;
  /** Lossless. */
  encodePng: (image: RgbImage) => Promise<Blob>;
}

/** The calls of PictureApi. All throw E-IMAGE for what is no picture and E-MISSING for what is not stored. */
export function createPictureHandlers({ openDb, decode, encodePng }: PicturePlatform): Handlers<PictureApi> {
  const bytesOf = async ({ sampleId, image }: PictureSource): Promise<Uint8Array<ArrayBuffer>> => {
    const file = image ?? (await getImage(await openDb(), sampleId));
    return new Uint8Array(await file.arrayBuffer());
  };
  const pictureOf = rememberPicture(decode);
  return {
    pictureMetadata: async ({ source }) => {
      const bytes = await bytesOf(source);
      return { ...readFileMetadata(bytes), sha256: await sha256Hex(bytes) };
    },
    forensicView: async ({ source, view }, { signal, progress }) => {
      const { image, ...facts } = await drawView(await pictureOf(await bytesOf(source)), view, { signal, progress });
      return { image: await encodePng(image), width: image.width, height: image.height, ...facts };
    },
    // A PNG of a large picture takes seconds to write; the copy lives only until the next change.
    editPicture: async ({ source, edit }, { signal, progress }) => {
      const picture = await pictureOf(await bytesOf(source));
      const copy = await finishUnlessAborted(editSteps(picture, edit), signal, progress);
      return new Blob([encodeBmp(copy)], { type: 'image/bmp' });
    },
  };
}

/** Decodes; the last picture is held as long as memory allows, because one is looked at in many ways in turn. */
function rememberPicture(decode: PicturePlatform['decode']): (bytes: Uint8Array<ArrayBuffer>) => Promise<RgbImage> {
  let last: { sha256: string; picture: WeakRef<RgbImage> } | null = null;
  return async (bytes) => {
    const sha256 = await sha256Hex(bytes);
    const known = last?.sha256 === sha256 ? last.picture.deref() : undefined;
    if (known) return known;
    const { image } = await decode(bytes);
    last = { sha256, picture: new WeakRef(image) };
    return image;
  };
}

type View = Pick<DrawnView, 'gain' | 'figures' | 'profile'> & { image: RgbImage };

async function drawView(picture: RgbImage, view: ForensicView, { signal, progress }: CallContext<number>): Promise<View> {
  const grey = (name: string, value: number) => ({ name, value, unit: 'grey levels' });
  if (view.kind === 'error-level') {
    const steps = errorLevelSteps(picture, view.quality, view.gain);
    const { image, gain, mean, nearlyMost, most } = await finishUnlessAborted(steps, signal, progress);
    return {
      image,
      gain,
      figures: [grey('Mean difference', mean), grey('99 % are at most', nearlyMost), grey('Largest difference', most)],
    };
  }
  if (view.kind === 'noise') {
    const steps = noiseResidualSteps(picture, view.gain);
    const { image, gain, deviation, nearlyMost } = await finishUnlessAborted(steps, signal, progress);
    return { image, gain, figures: [grey('Residual, root mean square', deviation), grey('99 % are within ±', nearlyMost)] };
  }
  const waves = spectrum(picture);
  return {
    image: spectrumImage(waves),
    figures: [{ name: 'Side of the middle square', value: waves.size, unit: 'pixels' }],
    profile: radialProfile(waves),
  };
}

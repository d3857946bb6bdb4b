// Pictures for the model: read, decode, transform, and the vision tower's tokens. Each picture goes through the tower on its
// own, so that its tokens never depend on what else was in a batch; they are kept on the host, where a lost device cannot
// take them.
import { concat, tensor, tidy } from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../src/shared/errors.ts';
import type { RgbImage } from '../../src/shared/image/rgb-image.ts';
import { augment, augmentedSize } from '../../src/shared/image/augment.ts';
import { perturb, perturbationName, type Perturbation } from '../../src/shared/image/perturb.ts';
import { preprocess } from '../../src/shared/image/transform.ts';
import { RandomStream } from '../../src/shared/random.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { getImage, getSample } from '../../src/shared/storage/samples.ts';
import type { Detector, EncodedImages } from '../ml/model/detector.ts';
import type { LoadedModel } from './load-model.ts';
import { BoundedCache } from './bounded-cache.ts';
import type { EnginePlatform } from './platform.ts';

/** One picture after the tower. */
export interface HostImage {
  /** [S * D] */
  tokens: Float32Array;
  /** CLIP features, unit length; null without a CLIP. */
  features: Float32Array | null;
}

/** A perturbation and the seed of what is random in it. */
export interface PictureChange {
  perturbation: Perturbation;
  seed: number;
}

const MOST_PICTURE_BYTES = 64 * 2 ** 20;
const MOST_TOKEN_BYTES = 64 * 2 ** 20;

export class ImageSource {
  readonly #db: Database;
  readonly #decode: EnginePlatform['decode'];
  readonly #pictures = new BoundedCache<RgbImage>(MOST_PICTURE_BYTES);
  readonly #encoded = new BoundedCache<HostImage>(MOST_TOKEN_BYTES);

  constructor(db: Database, decode: EnginePlatform['decode']) {
    this.#db = db;
    this.#decode = decode;
  }

  /** @throws E-IMAGE, E-MISSING */
  async #picture(sampleId: string, key: string): Promise<RgbImage> {
    const known = this.#pictures.get(key);
    if (known) return known;
    const image = await this.pictureOf(await getImage(this.#db, sampleId));
    this.#pictures.set(key, image, image.data.byteLength);
    return image;
  }

  /** What is kept belongs to the bytes of a picture: a re-scan puts others under the same id. */
  async #keyOf(sampleId: string): Promise<string> {
    return `${sampleId}|${(await getSample(this.#db, sampleId))?.sha256 ?? ''}`;
  }

  /** @throws E-IMAGE */
  async pictureOf(file: Blob): Promise<RgbImage> {
    return (await this.#decode(new Uint8Array(await file.arrayBuffer()))).image;
  }

  /**
   * A stored picture as this model's tower sees it.
   * @param change made to the picture first; its seed and the sample decide what is random in it
   * @throws E-IMAGE, E-MISSING
   */
  async encoded(model: LoadedModel, sampleId: string, change?: PictureChange): Promise<HostImage> {
    const pictureKey = await this.#keyOf(sampleId);
    const key = `${model.id}|${pictureKey}${change ? `|${perturbationName(change.perturbation)}|${change.seed}` : ''}`;
    const known = this.#encoded.get(key);
    if (known) return known;
    const picture = await this.#picture(sampleId, pictureKey);
    const seen = change ? perturb(picture, change.perturbation, `${change.seed}/${sampleId}`) : picture;
    const image = await encodePicture(model.detector, seen);
    this.#encoded.set(key, image, image.tokens.byteLength + (image.features?.byteLength ?? 0));
    return image;
  }

  /** A randomly changed copy; the same key gives the same copy. @throws E-IMAGE, E-MISSING */
  async augmented(model: LoadedModel, sampleId: string, key: string): Promise<HostImage> {
    const picture = await this.#picture(sampleId, await this.#keyOf(sampleId));
    const copy = augment(picture, RandomStream.fromText(key), augmentedSize(model.config.vision.imageSize));
    return encodePicture(model.detector, copy);
  }
}

/** A stored sample, or the bytes of a file, after the tower. @throws E-CONFIG with neither; E-IMAGE, E-MISSING */
export async function hostImage(
  images: ImageSource,
  model: LoadedModel,
  { sampleId, image }: { sampleId?: string; image?: Blob },
): Promise<HostImage> {
  if (sampleId !== undefined) return images.encoded(model, sampleId);
  if (image) return encodePicture(model.detector, await images.pictureOf(image));
  throw new WorkbenchError('E-CONFIG', 'No picture was given.', { safe: 'Nothing was started.', remedy: 'Choose an image.' });
}

/** Transform, tower and CLIP head of one picture. */
async function encodePicture(detector: Detector, picture: RgbImage): Promise<HostImage> {
  const { imageSize } = detector.model.config.vision;
  const pixels = tensor(preprocess(picture, imageSize), [1, imageSize, imageSize, 3]);
  try {
    const { visionTokens, features } = await detector.encodeImages(pixels);
    const tokens = await visionTokens.data<'float32'>().finally(() => visionTokens.dispose());
    return { tokens: Float32Array.from(tokens), features: features[0] ?? null };
  } finally {
    pixels.dispose();
  }
}

/** A batch for the model. @returns [I, S, D] and the features; the tensor is owned by the caller */
export function batchOf(detector: Detector, images: readonly HostImage[]): EncodedImages {
  const { dims } = detector.model.config.vision;
  const shape: [number, number, number] = [1, detector.model.numVisionTokens, dims.at(-1) ?? 0];
  const visionTokens = tidy(() =>
    concat(
      images.map(({ tokens }) => tensor(tokens, shape)),
      0,
    ),
  );
  return { visionTokens, features: images.map(({ features }) => features) };
}

// A picture set after the frozen vision tower: tokens and CLIP features in host memory, so that the tower runs once.
import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { Detector, EncodedImages } from '../../ml/model/detector.ts';
import { batchPixels, type ImageSet } from './images.ts';

/** Pictures per call of the tower. */
const BATCH = 128;

export interface EncodedSet extends ImageSet {
  /** [N, S, D] */
  tokens: Float32Array;
  /** [S, D] */
  tokenShape: [number, number];
  features: (Float32Array | null)[];
}

/** Runs the tower over a set. */
export async function encodeSet(detector: Detector, set: ImageSet): Promise<EncodedSet> {
  const parts: Float32Array[] = [];
  const features: (Float32Array | null)[] = [];
  let tokenShape: [number, number] = [0, 0];
  for (let start = 0; start < set.keys.length; start += BATCH) {
    const indices = Array.from({ length: Math.min(BATCH, set.keys.length - start) }, (_, i) => start + i);
    const pixels = tensor(batchPixels(set, indices), [indices.length, set.size, set.size, 3]);
    const encoded = await detector.encodeImages(pixels);
    const [, S = 0, D = 0] = encoded.visionTokens.shape;
    tokenShape = [S, D];
    parts.push(Float32Array.from(await encoded.visionTokens.data<'float32'>()));
    features.push(...encoded.features);
    pixels.dispose();
    encoded.visionTokens.dispose();
  }
  return { ...set, tokens: joined(parts), tokenShape, features };
}

function joined(parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Vision tokens of some pictures. @returns [B, S, D], owned by the caller */
export function tokensOf(set: EncodedSet, indices: readonly number[]): Tensor {
  const [S, D] = set.tokenShape;
  const batch = new Float32Array(indices.length * S * D);
  for (const [row, index] of indices.entries()) batch.set(set.tokens.subarray(index * S * D, (index + 1) * S * D), row * S * D);
  return tensor(batch, [indices.length, S, D]);
}

/** Some pictures as the trainers take them. `visionTokens` is owned by the caller. */
export function imagesOf(set: EncodedSet, indices: readonly number[]): EncodedImages {
  return { visionTokens: tokensOf(set, indices), features: indices.map((index) => set.features[index] ?? null) };
}

// To which lengths a trainer pads its batches.
import { getBackend } from '@tensorflow/tfjs-core';

const WEBGPU_BUCKET = 32;

/**
 * webgpu pools its buffers by exact size, so that lengths which vary fill the pool with buffers nobody asks for again: there,
 * lengths are rounded up. The memory of simd merges, so that padding would only cost time.
 */
export function lengthBucket(): number {
  return lengthBucketOf(getBackend());
}

/** Of a backend by its name. */
export function lengthBucketOf(backend: string): number {
  return backend === 'webgpu' ? WEBGPU_BUCKET : 1;
}

/** The next multiple, at least one. */
export function roundUp(length: number, multipleOf = 1): number {
  return Math.max(1, Math.ceil(length / multipleOf)) * multipleOf;
}

// What a dataset takes of this browser's storage. Pure.
import type { DatasetRecord } from './domain/sample.ts';

/** Measured sizes of 160 px thumbnails and sample records, rounded up. */
export const EXTRA_BYTES_PER_IMAGE = 12_000;

/** Bytes that deleting a dataset sets free: those of its pictures, or, where these are not stored here, about those of its thumbnails. */
export function storedBytes({ pictures, sizeBytes, imageCount }: Pick<DatasetRecord, 'pictures' | 'sizeBytes' | 'imageCount'>): number {
  return pictures === undefined ? sizeBytes : imageCount * EXTRA_BYTES_PER_IMAGE;
}

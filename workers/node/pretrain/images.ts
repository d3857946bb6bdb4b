// Rendered and resized demo images as one byte array per set, cached on disk: rendering is half of a cold start.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { ArtefactRecord } from '../../../src/shared/domain/sample.ts';
import { normalise } from '../../../src/shared/image/transform.ts';
import { sampleOf, type ImageKey } from './image-keys.ts';

const DEMO_SOURCES = fileURLToPath(new URL('../../data/demo/', import.meta.url));
const CACHE = fileURLToPath(new URL('../../../.cache/images/', import.meta.url));

/** A set of pictures as the model's transform leaves them. */
export interface ImageSet {
  keys: readonly ImageKey[];
  /** [N, size, size, 3] bytes. */
  pixels: Uint8Array;
  artefacts: ArtefactRecord[][];
  size: number;
}

/**
 * Draws the pictures on all cores, or reads them from `.cache` when the generator has not changed.
 * @param size side of the model's input, pixels
 */
export async function renderImages(keys: readonly ImageKey[], size: number): Promise<ImageSet> {
  const file = `${CACHE}${cacheName(keys, size)}.bin`;
  const artefacts = keys.map((key) => sampleOf(key).artefacts);
  if (existsSync(file)) return { keys, pixels: new Uint8Array(readFileSync(file)), artefacts, size };
  const pixels = await renderInProcesses(keys, size);
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(`${file}.part`, pixels);
  renameSync(`${file}.part`, file);
  return { keys, pixels, artefacts, size };
}

/** Changes with every source file that decides how the generator's pictures look. */
export function drawingHash(): string {
  const hash = createHash('sha256');
  const drawing = readdirSync(DEMO_SOURCES).filter((file) => !/grammar|phrases|rows|README/.test(file));
  for (const file of drawing.toSorted()) hash.update(readFileSync(DEMO_SOURCES + file));
  return hash.digest('hex');
}

function cacheName(keys: readonly ImageKey[], size: number): string {
  return createHash('sha256')
    .update(JSON.stringify([keys, size]))
    .update(drawingHash())
    .digest('hex')
    .slice(0, 24);
}

async function renderInProcesses(keys: readonly ImageKey[], size: number): Promise<Uint8Array> {
  const share = Math.ceil(keys.length / Math.max(1, availableParallelism()));
  const starts = Array.from({ length: Math.ceil(keys.length / share) }, (_, i) => i * share);
  const parts = await Promise.all(starts.map((start) => renderPart(keys.slice(start, start + share), size)));
  return Buffer.concat(parts);
}

/** Forked processes, because Node 20 runs TypeScript in them (flags are inherited) and not in its threads. */
function renderPart(keys: readonly ImageKey[], size: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./render-process.ts', import.meta.url)), { serialization: 'advanced' });
    child.once('message', (pixels) => resolve(pixels as Uint8Array));
    child.once('exit', (code) => reject(new Error(`The render process ended with ${code} before it answered.`)));
    child.send({ keys, size });
  });
}

/**
 * A batch as the model takes it.
 * @param flips mirrors row i where true
 * @returns [B, size, size, 3], normalised
 */
export function batchPixels(set: ImageSet, indices: readonly number[], flips?: readonly boolean[]): Float32Array {
  const length = set.size * set.size * 3;
  const batch = new Float32Array(indices.length * length);
  for (const [row, index] of indices.entries()) {
    const bytes = set.pixels.subarray(index * length, (index + 1) * length);
    const data = flips?.[row] === true ? mirrored(bytes, set.size) : bytes;
    normalise({ width: set.size, height: set.size, data }, 'nhwc', batch, row * length);
  }
  return batch;
}

function mirrored(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) out.set(bytes.subarray((y * size + x) * 3, (y * size + x) * 3 + 3), (y * size + size - 1 - x) * 3);
  }
  return out;
}

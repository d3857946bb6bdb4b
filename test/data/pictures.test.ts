import { encode } from 'fast-png';
import { expect, it } from 'vitest';
import type { RgbImage } from '../../src/shared/image/rgb-image.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { putSamples } from '../../src/shared/storage/samples.ts';
import { createPictureHandlers } from '../../workers/data/pictures.ts';
import { decodeFile } from '../support/decode.ts';
import { openTestDatabase } from '../support/database.ts';
import { drawPicture } from '../support/pictures.ts';
import { someDataset, someSample } from '../support/records.ts';

const PICTURE = drawPicture(40, 32);
const FILE = new Blob([encode({ ...PICTURE, channels: 3, depth: 8 }).slice()]);
const context = { signal: new AbortController().signal, progress: () => undefined };
const pixelsOf = async (blob: Blob) => (await decodeFile(new Uint8Array(await blob.arrayBuffer()))).image;

const encodePng = async (image: RgbImage) => new Blob([encode({ ...image, channels: 3, depth: 8 }).slice()]);

async function setUp() {
  const db = await openTestDatabase();
  const sample = someSample({ datasetId: 'd', path: 'a.png' });
  await putSamples(db, [{ sample, image: FILE, thumbnail: FILE }], someDataset({ id: 'd' }));
  return { handlers: createPictureHandlers({ openDb: () => Promise.resolve(db), decode: decodeFile, encodePng }), id: sample.id };
}

it('a changed copy comes back lossless, of a stored picture and of a loose one alike', async () => {
  const { handlers, id } = await setUp();
  const edit = { kind: 'crop', region: { left: 4, top: 6, width: 10, height: 8 } } as const;
  const stored = await pixelsOf(await handlers.editPicture({ source: { sampleId: id }, edit }, context));
  const loose = await pixelsOf(await handlers.editPicture({ source: { image: FILE }, edit }, context));
  expect([stored.width, stored.height]).toEqual([10, 8]);
  expect([...stored.data.subarray(0, 3)]).toEqual([...PICTURE.data.subarray((6 * 40 + 4) * 3, (6 * 40 + 4) * 3 + 3)]);
  expect(loose.data).toEqual(stored.data);
});

it('each view is a picture with what was measured', async () => {
  const { handlers, id } = await setUp();
  const view = (one: Parameters<typeof handlers.forensicView>[0]['view']) =>
    handlers.forensicView({ source: { sampleId: id }, view: one }, context);
  const level = await view({ kind: 'error-level', quality: 80, gain: 15 });
  expect(await pixelsOf(level.image)).toMatchObject({ width: 40, height: 32 });
  expect(level.figures[0]?.value).toBeGreaterThan(0.5);
  expect((await view({ kind: 'noise', gain: 6 })).figures[0]?.value).toBeGreaterThan(1);
  expect(level.gain).toBe(15);
  const waves = await view({ kind: 'spectrum' });
  expect([waves.width, waves.profile?.length]).toEqual([32, 16]);
});

it('metadata carries the hash of the file; what is not here or no picture is refused', async () => {
  const { handlers, id } = await setUp();
  const facts = await handlers.pictureMetadata({ source: { sampleId: id } }, context);
  expect(facts).toMatchObject({ format: 'png', width: 40, sizeBytes: FILE.size });
  expect(facts.sha256).toMatch(/^[0-9a-f]{64}$/);
  const missing = handlers.forensicView({ source: { sampleId: 'd/none.png' }, view: { kind: 'spectrum' } }, context);
  await expect(missing).rejects.toMatchObject({ code: 'E-MISSING' });
  const broken = handlers.pictureMetadata({ source: { image: new Blob(['x']) } }, context);
  await expect(broken).rejects.toMatchObject({ code: 'E-IMAGE' });
});

it('a change that is cancelled is given up between its parts', async () => {
  const { handlers, id } = await setUp();
  const controller = new AbortController();
  const edit = { kind: 'jpeg', quality: 20, region: { left: 0, top: 0, width: 40, height: 32 } } as const;
  const made = handlers.editPicture({ source: { sampleId: id }, edit }, { ...context, signal: controller.signal });
  controller.abort(new WorkbenchError('E-CANCELLED', 'Stopped.'));
  await expect(made).rejects.toMatchObject({ code: 'E-CANCELLED' });
});

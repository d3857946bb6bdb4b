// A dataset of a bundle on its way in: records, pictures, thumbnails and settings.
import * as v from 'valibot';
import type { SampleRecord } from '../../../src/shared/domain/sample.ts';
import { LEFT_OUT_PATH } from '../../../src/shared/formats/bundle-manifest.ts';
import { checkRecord } from '../../../src/shared/formats/records/check-record.ts';
import { DATASET_SCHEMA, SAMPLE_SCHEMA } from '../../../src/shared/formats/records/dataset-schemas.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { deleteDatasetSettings } from '../../../src/shared/storage/dataset-settings.ts';
import { deleteDatasetRecord, getDataset, putDataset } from '../../../src/shared/storage/datasets.ts';
import { deleteSamples, type NewSample, putSamples } from '../../../src/shared/storage/samples.ts';
import { DATASET_EXTRAS_SCHEMA, putDatasetExtras } from './bundle-extras.ts';
import { assertOwn, batchesOf, type BundlePart, copyOf, optionalJson, recordsOf, whole } from './bundle-part.ts';
import type { Bundle } from './open-bundle.ts';

const LEFT_OUT_SCHEMA = v.object({ path: v.string(), reason: v.string() });

/** null when the bundle was made without pictures. */
export async function datasetPart(bundle: Bundle, db: Database, folder: string): Promise<BundlePart | null> {
  // The pictures are in the bundle, wherever they were before.
  const { pictures: _, ...dataset } = checkRecord(DATASET_SCHEMA, await bundle.json(`${folder}/dataset.json`), `${folder}/dataset.json`);
  const { id } = dataset;
  const read = () => recordsOf(bundle, `${folder}/samples.jsonl`, SAMPLE_SCHEMA, whole);
  const samples = await read();
  if (samples.length > 0 && !bundle.paths.some((path) => path.startsWith(`${folder}/images/`))) return null;
  const extras = await optionalJson(bundle, `${folder}/settings.json`, DATASET_EXTRAS_SCHEMA);
  const leftOut = await leftOutOf(bundle, folder);
  const check = async () => {
    for (const { id: sampleId, datasetId, path } of samples) {
      assertOwn(datasetId === id && sampleId === `${id}/${path}`, `${folder}/samples.jsonl, ${sampleId}`);
      if (!leftOut.has(path) && !bundle.has(`${folder}/images/${path}`)) await bundle.read(`${folder}/images/${path}`); // throws: it is not there
    }
  };
  const store = async () => {
    for (const batch of batchesOf(samples)) {
      const pictures = batch.map((sample) => storedSample(bundle, folder, sample, leftOut));
      await putSamples(db, await Promise.all(pictures), { ...dataset, state: 'partial' });
    }
    await putDataset(db, dataset);
    if (extras) await putDatasetExtras(db, id, extras);
  };
  const remove = async () => {
    await deleteDatasetSettings(db, id);
    await deleteSamples(db, id, () => undefined);
    await deleteDatasetRecord(db, id);
  };
  return { id, list: 'datasets', picturesLeftOut: leftOut.size, exists: () => getDataset(db, id), check, store, remove };
}

/** Paths of the pictures that could not be read when the bundle was made. */
async function leftOutOf(bundle: Bundle, folder: string): Promise<ReadonlySet<string>> {
  const file = `${folder}/${LEFT_OUT_PATH}`;
  if (!bundle.has(file)) return new Set();
  return new Set((await recordsOf(bundle, file, LEFT_OUT_SCHEMA, whole)).map(({ path }) => path));
}

/** What was left out is stored without its picture; a re-scan can link it. */
async function storedSample(
  bundle: Bundle,
  folder: string,
  { linkedPath, ...sample }: SampleRecord,
  leftOut: ReadonlySet<string>,
): Promise<NewSample> {
  const small = `${folder}/thumbnails/${sample.path}`;
  const thumbnail = bundle.has(small) ? await copyOf(await bundle.read(small), 'image/webp') : null;
  if (leftOut.has(sample.path))
    return { sample: { ...sample, linkedPath: linkedPath ?? sample.path }, image: null, thumbnail: thumbnail ?? new Blob() };
  const image = await copyOf(await bundle.read(`${folder}/images/${sample.path}`), `image/${sample.format}`);
  return { sample, image, thumbnail: thumbnail ?? image };
}

// Finds the stored images that a foreign file speaks of, so that its answers can be looked at beside them.
import type { DatasetRecord } from '../../../src/shared/domain/sample.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { listDatasets } from '../../../src/shared/storage/datasets.ts';
import { listSampleIds } from '../../../src/shared/storage/samples.ts';
import { ImageIndex } from '../join.ts';
import { normalisePath } from '../paths.ts';

/** Stands for dataset and model of answers that came from a file. */
export const IMPORTED = 'imported';

export interface ImagePlace {
  /** A stored sample, or `imported/<path>`. */
  sampleId: string;
  path: string;
}

export interface ImagePlaces {
  /** null where none fits. */
  dataset: DatasetRecord | null;
  of: (image: string) => ImagePlace;
}

/** Less than this share of the names found is chance, for example equal base names. */
const LEAST_SHARE = 0.5;

/**
 * Chooses the dataset that holds most of the named images, if any holds at least half of them.
 * @param preferred wins where others hold as many
 */
export async function placeImages(db: Database, images: readonly (string | null)[], preferred?: string): Promise<ImagePlaces> {
  const names = images.flatMap((image) => (image === null ? [] : [normalisePath(image)]));
  let best: { dataset: DatasetRecord; index: ImageIndex; found: number } | null = null;
  const datasets = await listDatasets(db);
  for (const dataset of datasets.toSorted((a, b) => Number(b.id === preferred) - Number(a.id === preferred))) {
    const ids = await listSampleIds(db, dataset.id);
    const index = new ImageIndex(ids.map((id) => id.slice(dataset.id.length + 1)));
    const found = names.filter((image) => index.find({ image, id: undefined }).status === 'matched').length;
    if (found > (best?.found ?? 0)) best = { dataset, index, found };
  }
  const chosen = best && best.found >= LEAST_SHARE * names.length ? best : null;
  const of = (image: string): ImagePlace => {
    const path = normalisePath(image);
    const match = chosen?.index.find({ image: path, id: undefined });
    if (!chosen || match?.status !== 'matched') return { sampleId: `${IMPORTED}/${path}`, path };
    const found = chosen.index.pathOf(match.image);
    return { sampleId: `${chosen.dataset.id}/${found}`, path: found };
  };
  return { dataset: chosen?.dataset ?? null, of };
}

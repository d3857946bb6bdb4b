// Pictures for one look: held in this page's memory, stored nowhere, gone with the tab. Views see them as samples of a dataset.
import { createStore } from 'zustand/vanilla';
import type { DatasetRecord, SampleRecord } from '../shared/domain/sample.ts';
import { toErrorRecord } from '../shared/errors.ts';
import { sha256Hex } from '../shared/hash.ts';
import { loadPart } from '../shared/load-part.ts';
import { applyEdit, type SampleEdit } from '../shared/storage/sample-edits.ts';
import { createStoreContext } from './store-context.tsx';

/** In the place of a dataset id in addresses. */
export const PRIVATE_CASE_ID = 'private-case';

/** More pictures than this are a dataset. */
export const MOST_CASE_IMAGES = 50;

export interface PrivateCaseState {
  /** In the order they came. */
  samples: SampleRecord[];
  /** Files that were not taken, with the reason. */
  refused: { name: string; reason: string }[];
  /** Takes image files; the same file twice counts once. */
  add: (files: readonly File[]) => Promise<void>;
  /** Forgets everything. */
  clear: () => void;
  imageOf: (sampleId: string) => Blob | undefined;
  /** @returns the edits that undo these */
  edit: (edits: readonly SampleEdit[]) => SampleEdit[];
}

export const PrivateCaseStore = createStoreContext<PrivateCaseState>('private case');

/** The case as a dataset record; it exists only in memory. */
export function caseDataset(samples: readonly SampleRecord[]): DatasetRecord {
  return {
    id: PRIVATE_CASE_ID,
    name: 'Private case (not stored)',
    createdAt: 0,
    source: 'files',
    synthetic: false,
    state: 'ready',
    contentHash: '',
    imageCount: samples.length,
    annotationCount: 0,
    sizeBytes: samples.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    counts: [{ domain: '', split: 'none', label: null, count: samples.length }],
  };
}

/** A file as a sample. @throws E-IMAGE, E-MISSING */
async function readSample(file: File): Promise<SampleRecord> {
  const { sniffImage } = await loadPart(() => import('../shared/image/sniff.ts'));
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { orientationAt: _, ...facts } = sniffImage(bytes);
  const sha256 = await sha256Hex(bytes);
  const path = `${sha256.slice(0, 8)}/${file.name}`; // the folder keeps two files of one name apart
  return {
    id: `${PRIVATE_CASE_ID}/${path}`,
    datasetId: PRIVATE_CASE_ID,
    path,
    domain: '',
    split: 'none',
    label: null,
    ...facts,
    sizeBytes: bytes.length,
    sha256,
    problems: [],
    tags: [],
  };
}

/** The private case; nothing of it is persisted. */
export function createPrivateCaseStore() {
  const images = new Map<string, Blob>();
  /** Rises when the case is forgotten: what was being read then is not taken any more. */
  let round = 0;
  return createStore<PrivateCaseState>((set, get) => {
    const take = async (file: File, own: number) => {
      if (get().samples.length >= MOST_CASE_IMAGES)
        throw new Error(`A case holds at most ${MOST_CASE_IMAGES} images; import a folder for more.`);
      const sample = await readSample(file);
      if (images.has(sample.id) || own !== round) return;
      images.set(sample.id, file);
      set(({ samples }) => ({ samples: [...samples, sample] }));
    };
    return {
      samples: [],
      refused: [],
      add: async (files) => {
        const own = round;
        set({ refused: [] });
        for (const file of files) {
          if (own !== round) return;
          await take(file, own).catch((error: unknown) =>
            set(({ refused }) => ({ refused: [...refused, { name: file.name, reason: toErrorRecord(error).message }] })),
          );
        }
      },
      clear: () => {
        round++;
        images.clear();
        set({ samples: [], refused: [] });
      },
      imageOf: (sampleId) => images.get(sampleId),
      edit: (edits) => {
        const { samples } = get();
        const undo = edits.flatMap(({ id }) => {
          const sample = samples.find((one) => one.id === id);
          return sample ? [{ id, tags: sample.tags, note: sample.note ?? '', rating: sample.rating ?? null }] : [];
        });
        const byId = new Map(edits.map((edit) => [edit.id, edit]));
        set({ samples: samples.map((sample) => applyEdit(sample, byId.get(sample.id) ?? { id: sample.id })) });
        return undo;
      },
    };
  });
}

// What is known and being computed about one image: stored answers, explanations asked for now, views and changed copies.
import { createStore } from 'zustand/vanilla';
import { toErrorRecord } from '../shared/errors.ts';
import type { PictureSource } from '../shared/picture-api.ts';
import type { Database } from '../shared/storage/database.ts';
import { getEval, listAnswersOfSample } from '../shared/storage/evals.ts';
import { listCompletionsOfSample } from '../shared/storage/runs.ts';
import { similarityKey } from './explanation-key.ts';
import { asking, keeping, sampleReplacedAt } from './inspection-answers.ts';
import type { InspectionDeps, InspectionParts, InspectionState, StoredAnswer } from './inspection-state.ts';
import { createStoreContext } from './store-context.tsx';

export const InspectionStore = createStoreContext<InspectionState>('inspection');

async function readStored(db: Database, sampleId: string): Promise<StoredAnswer[]> {
  const answers = await listAnswersOfSample(db, sampleId);
  const pairs = await Promise.all(answers.map(async (answer) => ({ answer, evaluation: await getEval(db, answer.evalId) })));
  const changedAt = await sampleReplacedAt(db, sampleId);
  return pairs
    .flatMap(({ answer, evaluation }) => {
      if (!evaluation || answer.failure) return [];
      return { answer, evaluation, isEarlier: (answer.answeredAt ?? evaluation.createdAt) < changedAt };
    })
    .sort((a, b) => b.evaluation.createdAt - a.evaluation.createdAt);
}

/** The actions on the picture itself. */
function picturing({
  engine,
  pictures,
  get,
  set,
  sourceOf,
}: InspectionParts): Pick<InspectionState, 'loadSimilarity' | 'drawView' | 'readMetadata' | 'editPicture'> {
  return {
    loadSimilarity: async (modelId, sampleId, text) => {
      const key = similarityKey(modelId, sampleId, text);
      const known = get().similarity[key];
      if (known === 'loading' || (known && !('code' in known))) return; // what failed is tried again
      const put = (value: InspectionState['similarity'][string]) => set({ similarity: { ...get().similarity, [key]: value } });
      put('loading');
      try {
        const { gridSize, cosines } = await engine.patchSimilarity({ modelId, ...sourceOf(sampleId), texts: [text] });
        put({ gridSize, cosines: cosines[0] ?? [] });
      } catch (error) {
        put(toErrorRecord(error));
      }
    },
    drawView: (sampleId, view, watch) => pictures.forensicView({ source: sourceOf(sampleId), view }, watch),
    readMetadata: (sampleId) => pictures.pictureMetadata({ source: sourceOf(sampleId) }),
    editPicture: (sampleId, edit, watch) => pictures.editPicture({ source: sourceOf(sampleId), edit }, watch),
  };
}

/** The inspection store. Answers about stored images are persisted: single ones, groups, and those about changed copies. */
export function createInspectionStore(deps: InspectionDeps) {
  const { database, unstoredImage, codeVersion } = deps;
  const sourceOf = (sampleId: string): PictureSource => {
    const image = unstoredImage(sampleId);
    return image ? { image } : { sampleId };
  };
  return createStore<InspectionState>((set, get) => {
    const parts: InspectionParts = { ...deps, get, set, sourceOf };
    return {
      appVersion: codeVersion,
      stored: {},
      explanations: {},
      similarity: {},
      kept: {},
      keptTotal: null,
      loadStored: async (sampleId) => {
        const stored = unstoredImage(sampleId) ? [] : await readStored(await database(), sampleId);
        set({ stored: { ...get().stored, [sampleId]: stored } });
      },
      readCompletions: async (runId, sampleId) => listCompletionsOfSample(await database(), runId, sampleId),
      ...asking(parts),
      ...keeping(parts),
      ...picturing(parts),
    };
  });
}

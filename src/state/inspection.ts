// What is known and being computed about one image: stored answers, explanations asked for now, views and changed copies.
import { createStore } from 'zustand/vanilla';
import type { AnswerRecord } from '../shared/domain/answer.ts';
import type { CompletionRecord, EvalRecord } from '../shared/domain/run.ts';
import type { SampleRecord } from '../shared/domain/sample.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';
import type { ImageEdit } from '../shared/image/edit.ts';
import type { DrawnView, ForensicView, PictureApi, PictureSource } from '../shared/picture-api.ts';
import type { EngineApi, ExplainParams, Explanation } from '../shared/engine-api.ts';
import type { CallOptions, Calls } from '../shared/rpc.ts';
import type { Database } from '../shared/storage/database.ts';
import { getEval, listAnswersOfSample } from '../shared/storage/evals.ts';
import { listCompletionsOfSample } from '../shared/storage/runs.ts';
import { similarityKey } from './explanation-key.ts';
import { asking, keeping } from './inspection-answers.ts';
import { createStoreContext } from './store-context.tsx';

/** A stored answer with the evaluation that gave it. */
export interface StoredAnswer {
  answer: AnswerRecord;
  evaluation: EvalRecord;
}

/** Everything that decides an explanation. */
export interface ExplainRequest extends Omit<ExplainParams, 'image'> {
  sampleId: string;
  /** A changed copy of the picture to ask about instead. */
  variant?: { edit: ImageEdit; image: Blob };
}

/** An explanation in progress or done. */
export interface ExplainState {
  phase: 'loading' | 'generating' | 'done' | 'failed';
  /** Model files, bytes or parts. */
  loaded: { done: number; total: number } | null;
  pFakeHead: number | null;
  text: string;
  tokenCount: number;
  result: Explanation | null;
  /** What was changed in the picture; null: nothing. */
  edit: ImageEdit | null;
  /** When the result was there, milliseconds. */
  finishedAt: number | null;
  /** The answer is not kept beyond this page, although it was to be. */
  keepError: ErrorRecord | null;
  error: ErrorRecord | null;
}

/** Of work on a picture: how to stop it, and who is told the share that is done. */
export type PictureWatch = CallOptions<number>;

export interface InspectionState {
  /** For reports. */
  appVersion: string;
  /** Newest first, by sample; undefined while loading. */
  stored: Readonly<Record<string, StoredAnswer[]>>;
  /** By `explanationKey`. */
  explanations: Readonly<Record<string, ExplainState>>;
  /** Cosine maps, by `similarityKey`. */
  similarity: Readonly<Record<string, { gridSize: number; cosines: number[] } | 'loading' | ErrorRecord>>;
  loadStored: (sampleId: string) => Promise<void>;
  /** Answers kept of earlier visits, by `explanationKey`; null: there is none; undefined: not looked for. */
  kept: Readonly<Record<string, AnswerRecord | null>>;
  /**
   * Runs the model; a second call with the same key while one runs does nothing.
   * @param weights tell the model's weights from others of the same id; with them the answer is kept, if its image is stored
   */
  explain: (request: ExplainRequest, weights?: string) => Promise<void>;
  /** Looks for the answer kept of an earlier visit. */
  loadKept: (request: ExplainRequest, weights: string) => Promise<void>;
  /** Looks for the answers kept about changed copies of the picture. @param request about the unchanged one */
  loadKeptChanges: (request: ExplainRequest, weights: string) => Promise<void>;
  /** Removes all answers about changed copies of the picture, kept or not. @param request about the unchanged one */
  forgetChanges: (request: ExplainRequest) => Promise<void>;
  /** Of all answers kept of the inspector; null until `loadKeptTotal`. */
  keptTotal: { count: number; bytes: number; newestAt: number } | null;
  loadKeptTotal: () => Promise<void>;
  /** Removes them all; what was asked on this page stays on it. */
  forgetAllKept: () => Promise<void>;
  cancel: (key: string) => void;
  loadSimilarity: (modelId: string, sampleId: string, text: string) => Promise<void>;
  /** What a run said about an image while it trained. */
  readCompletions: (runId: string, sampleId: string) => Promise<CompletionRecord[]>;
  /** The answer kept of this model, or undefined. `weights` tells its weights from others of the same id. */
  readKept: (request: ExplainRequest, weights: string) => Promise<AnswerRecord | undefined>;
  /** Asks the model once and keeps its answer. @throws as the engine does; E-CANCELLED */
  askAndKeep: (request: ExplainRequest, weights: string, sample: SampleRecord, signal: AbortSignal) => Promise<AnswerRecord>;
  drawView: (sampleId: string, view: ForensicView, watch?: PictureWatch) => Promise<DrawnView>;
  readMetadata: (sampleId: string) => Promise<PictureApi['pictureMetadata']['result']>;
  /** A changed copy; stored nowhere. */
  editPicture: (sampleId: string, edit: ImageEdit, watch?: PictureWatch) => Promise<Blob>;
}

export const InspectionStore = createStoreContext<InspectionState>('inspection');

export interface InspectionDeps {
  engine: Pick<Calls<EngineApi>, 'explain' | 'patchSimilarity'>;
  pictures: Calls<PictureApi>;
  database: () => Promise<Database>;
  /** The bytes of a picture that is in memory only. */
  unstoredImage: (sampleId: string) => Blob | undefined;
  codeVersion: string;
}

async function readStored(db: Database, sampleId: string): Promise<StoredAnswer[]> {
  const answers = await listAnswersOfSample(db, sampleId);
  const pairs = await Promise.all(answers.map(async (answer) => ({ answer, evaluation: await getEval(db, answer.evalId) })));
  return pairs
    .flatMap(({ answer, evaluation }) => (evaluation && !answer.failure ? [{ answer, evaluation }] : []))
    .sort((a, b) => b.evaluation.createdAt - a.evaluation.createdAt);
}

/** What the parts of the store share. */
export interface InspectionParts extends InspectionDeps {
  get: () => InspectionState;
  set: (patch: Partial<InspectionState>) => void;
  sourceOf: (sampleId: string) => PictureSource;
  paramsOf: (request: ExplainRequest) => ExplainParams;
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
      if (get().similarity[key]) return;
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
  const paramsOf = ({ variant, sampleId, ...rest }: ExplainRequest): ExplainParams => ({
    ...rest,
    ...(variant ? { image: variant.image } : sourceOf(sampleId)),
  });
  return createStore<InspectionState>((set, get) => {
    const parts: InspectionParts = { ...deps, get, set, sourceOf, paramsOf };
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

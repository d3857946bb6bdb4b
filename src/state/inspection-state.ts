// What the inspection store holds and does, and what its parts share.
import type { AnswerRecord } from '../shared/domain/answer.ts';
import type { CompletionRecord, EvalRecord } from '../shared/domain/run.ts';
import type { SampleRecord } from '../shared/domain/sample.ts';
import type { EngineApi, ExplainParams, Explanation } from '../shared/engine-api.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import type { ImageEdit } from '../shared/image/edit.ts';
import type { DrawnView, ForensicView, PictureApi, PictureSource } from '../shared/picture-api.ts';
import type { CallOptions, Calls } from '../shared/rpc.ts';
import type { Database } from '../shared/storage/database.ts';

/** A stored answer with the evaluation that gave it. */
export interface StoredAnswer {
  answer: AnswerRecord;
  evaluation: EvalRecord;
  /** A re-scan has changed the image since. */
  isEarlier: boolean;
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
  /** Answers kept of earlier visits, by `explanationKey`; null: there is none; undefined: not looked for. */
  kept: Readonly<Record<string, AnswerRecord | null>>;
  /** Of all answers kept of the inspector; null until `loadKeptTotal`. */
  keptTotal: { count: number; bytes: number; newestAt: number } | null;
  loadStored: (sampleId: string) => Promise<void>;
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
  loadKeptTotal: () => Promise<void>;
  /** Removes them all; what was asked on this page stays on it. */
  forgetAllKept: () => Promise<void>;
  cancel: (key: string) => void;
  /** Takes all that was said about the images of a dataset off this page, and ends what is being said; what is stored stays. */
  forgetDataset: (datasetId: string) => void;
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

export interface InspectionDeps {
  engine: Pick<Calls<EngineApi>, 'explain' | 'patchSimilarity'>;
  pictures: Calls<PictureApi>;
  database: () => Promise<Database>;
  /** The bytes of a picture that is in memory only. */
  unstoredImage: (sampleId: string) => Blob | undefined;
  codeVersion: string;
}

/** What the parts of the store share. */
export interface InspectionParts extends InspectionDeps {
  get: () => InspectionState;
  set: (patch: Partial<InspectionState>) => void;
  sourceOf: (sampleId: string) => PictureSource;
}

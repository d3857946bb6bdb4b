// What is known and being computed about one image: stored answers, explanations asked for now, views and changed copies.
import { createStore } from 'zustand/vanilla';
import type { AnswerRecord } from '../shared/domain/answer.ts';
import type { CompletionRecord, EvalRecord } from '../shared/domain/run.ts';
import type { SampleRecord } from '../shared/domain/sample.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord, WorkbenchError } from '../shared/errors.ts';
import { describeEdit, type ImageEdit } from '../shared/image/edit.ts';
import type { DrawnView, ForensicView, PictureApi, PictureSource } from '../shared/picture-api.ts';
import type { EngineApi, ExplainParams, Explanation } from '../shared/engine-api.ts';
import type { CallOptions, Calls } from '../shared/rpc.ts';
import type { Database } from '../shared/storage/database.ts';
import { getEval, listAnswersOfSample } from '../shared/storage/evals.ts';
import {
  deleteAllKept,
  deleteKeptAnswers,
  getKeptAnswer,
  keepAnswer,
  keptId,
  listKeptChanges,
  sizeOfAllKept,
} from '../shared/storage/kept-answers.ts';
import { listCompletionsOfSample } from '../shared/storage/runs.ts';
import { getSample } from '../shared/storage/samples.ts';
import { createPublisher } from './publisher.ts';
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

/** What tells one explanation from another: model, precision of its weights, image, change of it and number of answers. */
export type ExplanationPlace = Pick<ExplainRequest, 'modelId' | 'sampleId' | 'numGenerations'> & {
  variant?: { edit: ImageEdit };
  decoding?: Pick<ExplainRequest['decoding'], 'precision'>;
};

export function explanationKey({ modelId, sampleId, numGenerations, variant, decoding }: ExplanationPlace): string {
  const weights = `${modelId}${decoding?.precision ? `@${decoding.precision}` : ''}`;
  return `${weights}|${numGenerations}|${sampleId}${variant ? `|${describeEdit(variant.edit)}` : ''}`;
}

/** How the keys of explanations about changed copies begin. @param place of the unchanged picture */
export function changesPrefix(place: ExplanationPlace): string {
  return `${explanationKey(place)}|`;
}

export function similarityKey(modelId: string, sampleId: string, text: string): string {
  return `${modelId}|${sampleId}|${text}`;
}

const WAITING: ExplainState = {
  phase: 'loading',
  loaded: null,
  pFakeHead: null,
  text: '',
  tokenCount: 0,
  result: null,
  edit: null,
  finishedAt: null,
  keepError: null,
  error: null,
};

const withoutPrefix = <Value>(all: Readonly<Record<string, Value>>, prefix: string): Record<string, Value> =>
  Object.fromEntries(Object.entries(all).filter(([key]) => !key.startsWith(prefix)));

async function readStored(db: Database, sampleId: string): Promise<StoredAnswer[]> {
  const answers = await listAnswersOfSample(db, sampleId);
  const pairs = await Promise.all(answers.map(async (answer) => ({ answer, evaluation: await getEval(db, answer.evalId) })));
  return pairs
    .flatMap(({ answer, evaluation }) => (evaluation && !answer.failure ? [{ answer, evaluation }] : []))
    .sort((a, b) => b.evaluation.createdAt - a.evaluation.createdAt);
}

/** An explanation as a record beside those of evaluations, with its tokens, which are most of it; a group has them in its answers. */
function answerOf(evalId: string, { id, path, domain, label }: SampleRecord, explanation: Explanation, edit?: ImageEdit) {
  const { readouts, elapsedMs, completions, engine, gridSize } = explanation;
  const [first] = completions;
  if (!first) return null;
  const { advantage: _advantage, tokens, ...scored } = first;
  const { pFakeHead, pFakeToken } = readouts;
  const place = { evalId, sampleId: id, index: 0, path, domain, label };
  const texts = completions.length > 1 ? { group: completions } : { tokens };
  const made = { elapsedMs, engine, gridSize, answeredAt: Date.now(), ...(edit ? { edit } : {}) };
  return { ...scored, ...place, ...texts, pFakeHead, pFakeToken, ...made } satisfies AnswerRecord;
}

const questionOf = ({ variant, ...question }: ExplainRequest) => ({ ...question, ...(variant ? { edit: variant.edit } : {}) });

/** The inspection store. Answers about stored images are persisted: single ones, groups, and those about changed copies. */
export function createInspectionStore({ engine, pictures, database, unstoredImage, codeVersion }: InspectionDeps) {
  const running = new Map<string, AbortController>();
  const sourceOf = (sampleId: string): PictureSource => {
    const image = unstoredImage(sampleId);
    return image ? { image } : { sampleId };
  };
  const paramsOf = ({ variant, sampleId, ...rest }: ExplainRequest): ExplainParams => ({
    ...rest,
    ...(variant ? { image: variant.image } : sourceOf(sampleId)),
  });
  return createStore<InspectionState>((set, get) => {
    const publish = (key: string, state: ExplainState) => set({ explanations: { ...get().explanations, [key]: state } });
    const run = async (key: string, request: ExplainRequest, signal: AbortSignal) => {
      let state: ExplainState = { ...WAITING, edit: request.variant?.edit ?? null };
      const publisher = createPublisher(() => publish(key, state), 100);
      publisher.request();
      try {
        const result = await engine.explain(paramsOf(request), {
          signal,
          onProgress: (progress) => {
            if (progress.kind === 'loading') state = { ...state, loaded: progress };
            else if (progress.kind === 'head') state = { ...state, phase: 'generating', pFakeHead: progress.pFakeHead };
            else state = { ...state, phase: 'generating', text: progress.text, tokenCount: progress.tokenCount };
            publisher.request();
          },
        });
        publisher.finish();
        state = { ...state, phase: 'done', result, finishedAt: Date.now() };
        publish(key, state);
        return result;
      } catch (error) {
        publisher.finish();
        publish(key, { ...state, phase: 'failed', error: toErrorRecord(error) });
        return null;
      }
    };
    const keep = async (key: string, request: ExplainRequest, weights: string, result: Explanation) => {
      if (unstoredImage(request.sampleId)) return;
      try {
        const db = await database();
        const sample = await getSample(db, request.sampleId);
        const answer =
          sample && answerOf(await keptId(request.modelId, weights, questionOf(request)), sample, result, request.variant?.edit);
        if (!answer) return;
        await keepAnswer(db, answer);
        set({ kept: { ...get().kept, [key]: answer } });
      } catch (error) {
        const state = get().explanations[key];
        if (state) publish(key, { ...state, keepError: toErrorRecord(error) });
      }
    };
    return {
      appVersion: codeVersion,
      stored: {},
      explanations: {},
      similarity: {},
      loadStored: async (sampleId) => {
        const stored = unstoredImage(sampleId) ? [] : await readStored(await database(), sampleId);
        set({ stored: { ...get().stored, [sampleId]: stored } });
      },
      kept: {},
      explain: async (request, weights) => {
        const key = explanationKey(request);
        if (running.has(key)) return;
        const controller = new AbortController();
        running.set(key, controller);
        const result = await run(key, request, controller.signal);
        running.delete(key);
        if (result && weights !== undefined) await keep(key, request, weights, result);
      },
      loadKept: async (request, weights) => {
        const answer = unstoredImage(request.sampleId) ? undefined : await get().readKept(request, weights);
        set({ kept: { ...get().kept, [explanationKey(request)]: answer ?? null } });
      },
      loadKeptChanges: async (request, weights) => {
        const { modelId, sampleId } = request;
        const found = unstoredImage(sampleId) ? [] : await listKeptChanges(await database(), modelId, weights, request, sampleId);
        const byKey = found.flatMap((answer) => {
          const { edit } = answer;
          return edit ? [[explanationKey({ ...request, variant: { edit } }), answer] as const] : [];
        });
        set({ kept: { ...withoutPrefix(get().kept, changesPrefix(request)), ...Object.fromEntries(byKey) } });
      },
      forgetChanges: async (request) => {
        const prefix = changesPrefix(request);
        const answers = Object.entries(get().kept).flatMap(([key, answer]) => (key.startsWith(prefix) && answer ? [answer] : []));
        if (answers.length > 0) await deleteKeptAnswers(await database(), answers);
        const { kept, explanations } = get();
        set({ kept: withoutPrefix(kept, prefix), explanations: withoutPrefix(explanations, prefix) });
      },
      keptTotal: null,
      loadKeptTotal: async () => set({ keptTotal: await sizeOfAllKept(await database()) }),
      forgetAllKept: async () => {
        await deleteAllKept(await database());
        set({ kept: {} });
        await get().loadKeptTotal();
      },
      cancel: (key) => running.get(key)?.abort(),
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
      readCompletions: async (runId, sampleId) => listCompletionsOfSample(await database(), runId, sampleId),
      readKept: async (request, weights) =>
        getKeptAnswer(await database(), await keptId(request.modelId, weights, questionOf(request)), request.sampleId),
      askAndKeep: async (request, weights, sample, signal) => {
        const explanation = await engine.explain(paramsOf(request), { signal });
        const answer = answerOf(await keptId(request.modelId, weights, request), sample, explanation);
        if (!answer) throw new WorkbenchError('E-INTERNAL', 'The model gave no answer.');
        const { tokens: _tokens, ...lighter } = answer; // of many checkpoints nobody asks for tokens
        await keepAnswer(await database(), lighter);
        return lighter;
      },
      drawView: (sampleId, view, watch) => pictures.forensicView({ source: sourceOf(sampleId), view }, watch),
      readMetadata: (sampleId) => pictures.pictureMetadata({ source: sourceOf(sampleId) }),
      editPicture: (sampleId, edit, watch) => pictures.editPicture({ source: sourceOf(sampleId), edit }, watch),
    };
  });
}

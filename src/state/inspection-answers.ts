// The model is asked about an image, and its answers are kept for later visits.
import type { AnswerRecord } from '../shared/domain/answer.ts';
import { datasetIdOf, type SampleRecord } from '../shared/domain/sample.ts';
import type { EngineApi, ExplainParams, Explanation } from '../shared/engine-api.ts';
import { toErrorRecord, WorkbenchError } from '../shared/errors.ts';
import type { ImageEdit } from '../shared/image/edit.ts';
import {
  deleteAllKept,
  deleteKeptAnswers,
  getKeptAnswer,
  keepAnswer,
  keptId,
  listKeptChanges,
  sizeOfAllKept,
} from '../shared/storage/kept-answers.ts';
import type { Database } from '../shared/storage/database.ts';
import { replacedAt } from '../shared/storage/replaced-pictures.ts';
import { getSample } from '../shared/storage/samples.ts';
import { changesPrefix, explanationKey } from './explanation-key.ts';
import type { ExplainRequest, ExplainState, InspectionParts, InspectionState } from './inspection-state.ts';
import { createPublisher } from './publisher.ts';

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

function progressed(state: ExplainState, progress: EngineApi['explain']['progress']): ExplainState {
  if (progress.kind === 'loading') return { ...state, loaded: progress };
  if (progress.kind === 'head') return { ...state, phase: 'generating', pFakeHead: progress.pFakeHead };
  return { ...state, phase: 'generating', text: progress.text, tokenCount: progress.tokenCount };
}

const withoutPrefix = <Value>(all: Readonly<Record<string, Value>>, prefix: string): Record<string, Value> =>
  Object.fromEntries(Object.entries(all).filter(([key]) => !key.startsWith(prefix)));

/** The dataset stands in every key before the path of the image, behind a bar. */
const isAbout = (key: string, datasetId: string): boolean => key.includes(`|${datasetId}/`);

const withoutDataset = <Value>(all: Readonly<Record<string, Value>>, datasetId: string): Record<string, Value> =>
  Object.fromEntries(Object.entries(all).filter(([key]) => !isAbout(key, datasetId)));

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

/** What the engine is asked. */
const paramsOf = ({ variant, sampleId, ...rest }: ExplainRequest, sourceOf: InspectionParts['sourceOf']): ExplainParams => ({
  ...rest,
  ...(variant ? { image: variant.image } : sourceOf(sampleId)),
});

/** Under which id the answer is kept. */
const keptIdOf = ({ variant, ...question }: ExplainRequest, weights: string): Promise<string> =>
  keptId(question.modelId, weights, { ...question, ...(variant ? { edit: variant.edit } : {}) });

/** The actions that ask the model, show what it writes, and keep its answer. */
export function asking(parts: InspectionParts): Pick<InspectionState, 'explain' | 'cancel' | 'forgetDataset'> {
  const { engine, database, unstoredImage, get, set, sourceOf } = parts;
  const running = new Map<string, AbortController>();
  const publish = (key: string, state: ExplainState) => set({ explanations: { ...get().explanations, [key]: state } });
  const run = async (key: string, request: ExplainRequest, controller: AbortController) => {
    const { signal } = controller;
    let state: ExplainState = { ...WAITING, edit: request.variant?.edit ?? null };
    /** Nothing of a run that was forgotten meanwhile. */
    const show = (shown: ExplainState) => {
      if (running.get(key) === controller) publish(key, shown);
    };
    const publisher = createPublisher(() => show(state), 100);
    publisher.request();
    try {
      const result = await engine.explain(paramsOf(request, sourceOf), {
        signal,
        onProgress: (progress) => {
          state = progressed(state, progress);
          publisher.request();
        },
      });
      publisher.finish();
      show({ ...state, phase: 'done', result, finishedAt: Date.now() });
      return result;
    } catch (error) {
      publisher.finish();
      show({ ...state, phase: 'failed', error: toErrorRecord(error) });
      return null;
    }
  };
  const keep = async (key: string, request: ExplainRequest, weights: string, result: Explanation) => {
    if (unstoredImage(request.sampleId)) return;
    try {
      const db = await database();
      const sample = await getSample(db, request.sampleId);
      const answer = sample && answerOf(await keptIdOf(request, weights), sample, result, request.variant?.edit);
      if (!answer) return;
      await keepAnswer(db, answer);
      set({ kept: { ...get().kept, [key]: answer } });
    } catch (error) {
      const state = get().explanations[key];
      if (state) publish(key, { ...state, keepError: toErrorRecord(error) });
    }
  };
  return {
    explain: async (request, weights) => {
      const key = explanationKey(request);
      if (running.has(key)) return;
      const controller = new AbortController();
      running.set(key, controller);
      const result = await run(key, request, controller);
      if (running.get(key) === controller) running.delete(key);
      if (result && weights !== undefined) await keep(key, request, weights, result);
    },
    cancel: (key) => running.get(key)?.abort(),
    forgetDataset: (datasetId) => {
      for (const [key, controller] of running) {
        if (!isAbout(key, datasetId)) continue;
        running.delete(key);
        controller.abort();
      }
      const { explanations, similarity, kept } = get();
      set({
        explanations: withoutDataset(explanations, datasetId),
        similarity: withoutDataset(similarity, datasetId),
        kept: withoutDataset(kept, datasetId),
      });
    },
  };
}

type KeptActions = 'loadKept' | 'loadKeptChanges' | 'forgetChanges' | 'loadKeptTotal' | 'forgetAllKept' | 'readKept' | 'askAndKeep';

/** When a re-scan changed a sample last; 0 where none did. */
export function sampleReplacedAt(db: Database, sampleId: string): Promise<number> {
  const datasetId = datasetIdOf(sampleId);
  return replacedAt(db, datasetId, sampleId.slice(datasetId.length + 1));
}

/** What was kept of the image as it is; answers from before a re-scan changed it are about another one. */
async function sinceReplaced(db: Database, sampleId: string, answers: readonly AnswerRecord[]): Promise<AnswerRecord[]> {
  const changedAt = await sampleReplacedAt(db, sampleId);
  return answers.filter(({ answeredAt = 0 }) => answeredAt >= changedAt);
}

/** The actions on answers of earlier visits. */
export function keeping({ engine, database, unstoredImage, get, set, sourceOf }: InspectionParts): Pick<InspectionState, KeptActions> {
  return {
    loadKept: async (request, weights) => {
      const answer = unstoredImage(request.sampleId) ? undefined : await get().readKept(request, weights);
      set({ kept: { ...get().kept, [explanationKey(request)]: answer ?? null } });
    },
    loadKeptChanges: async (request, weights) => {
      const { modelId, sampleId } = request;
      const db = await database();
      const all = unstoredImage(sampleId) ? [] : await listKeptChanges(db, modelId, weights, request, sampleId);
      const found = await sinceReplaced(db, sampleId, all);
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
    loadKeptTotal: async () => set({ keptTotal: await sizeOfAllKept(await database()) }),
    forgetAllKept: async () => {
      await deleteAllKept(await database());
      set({ kept: {} });
      await get().loadKeptTotal();
    },
    readKept: async (request, weights) => {
      const db = await database();
      const answer = await getKeptAnswer(db, await keptIdOf(request, weights), request.sampleId);
      const [current] = await sinceReplaced(db, request.sampleId, answer ? [answer] : []);
      return current;
    },
    askAndKeep: async (request, weights, sample, signal) => {
      const explanation = await engine.explain(paramsOf(request, sourceOf), { signal });
      const answer = answerOf(await keptIdOf(request, weights), sample, explanation);
      if (!answer) throw new WorkbenchError('E-INTERNAL', 'The model gave no answer.');
      const { tokens: _tokens, ...lighter } = answer; // of many checkpoints nobody asks for tokens
      await keepAnswer(await database(), lighter);
      return lighter;
    },
  };
}

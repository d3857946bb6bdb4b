// What is known and being computed about one image: stored answers, and explanations asked for now.
import { createStore } from 'zustand/vanilla';
import type { TemplateName, DecodingConfig, RewardConfig } from '../shared/config/config.ts';
import type { AnswerRecord, AnswerParser } from '../shared/domain/answer.ts';
import type { EvalRecord } from '../shared/domain/run.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import { toErrorRecord } from '../shared/errors.ts';
import type { EngineApi, Explanation } from '../shared/protocol.ts';
import type { Calls } from '../shared/rpc.ts';
import type { Database } from '../shared/storage/database.ts';
import { getEval, listAnswersOfSample } from '../shared/storage/evals.ts';
import { createPublisher } from './publisher.ts';
import { createStoreContext } from './store-context.tsx';

/** A stored answer with the evaluation that gave it. */
export interface StoredAnswer {
  answer: AnswerRecord;
  evaluation: EvalRecord;
}

/** Everything that decides an explanation. */
export interface ExplainRequest {
  modelId: string;
  sampleId: string;
  prompt: string;
  template: TemplateName;
  decoding: DecodingConfig;
  parser: AnswerParser;
  reward: RewardConfig;
  numGenerations: number;
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
  error: ErrorRecord | null;
}

export interface InspectionState {
  /** Newest first, by sample; undefined while loading. */
  stored: Readonly<Record<string, StoredAnswer[]>>;
  /** By `explanationKey`. */
  explanations: Readonly<Record<string, ExplainState>>;
  /** Cosine maps, by `similarityKey`. */
  similarity: Readonly<Record<string, { gridSize: number; cosines: number[] } | 'loading' | ErrorRecord>>;
  loadStored: (sampleId: string) => Promise<void>;
  /** Runs the model; a second call with the same key while one runs does nothing. */
  explain: (request: ExplainRequest) => Promise<void>;
  cancel: (key: string) => void;
  loadSimilarity: (modelId: string, sampleId: string, text: string) => Promise<void>;
}

export const InspectionStore = createStoreContext<InspectionState>('inspection');

export interface InspectionDeps {
  engine: Pick<Calls<EngineApi>, 'explain' | 'patchSimilarity'>;
  database: () => Promise<Database>;
}

/** One explanation per model, image and number of answers is kept. */
export function explanationKey({
  modelId,
  sampleId,
  numGenerations,
}: Pick<ExplainRequest, 'modelId' | 'sampleId' | 'numGenerations'>): string {
  return `${modelId}|${numGenerations}|${sampleId}`;
}

export function similarityKey(modelId: string, sampleId: string, text: string): string {
  return `${modelId}|${sampleId}|${text}`;
}

const WAITING: ExplainState = { phase: 'loading', loaded: null, pFakeHead: null, text: '', tokenCount: 0, result: null, error: null };

async function readStored(db: Database, sampleId: string): Promise<StoredAnswer[]> {
  const answers = await listAnswersOfSample(db, sampleId);
  const pairs = await Promise.all(answers.map(async (answer) => ({ answer, evaluation: await getEval(db, answer.evalId) })));
  return pairs
    .flatMap(({ answer, evaluation }) => (evaluation && !answer.failure ? [{ answer, evaluation }] : []))
    .sort((a, b) => b.evaluation.createdAt - a.evaluation.createdAt);
}

/** The inspection store; nothing of it is persisted. */
export function createInspectionStore({ engine, database }: InspectionDeps) {
  const running = new Map<string, AbortController>();
  return createStore<InspectionState>((set, get) => {
    const publish = (key: string, state: ExplainState) => set({ explanations: { ...get().explanations, [key]: state } });
    const run = async (key: string, request: ExplainRequest, signal: AbortSignal) => {
      let state = WAITING;
      const publisher = createPublisher(() => publish(key, state), 100);
      publisher.request();
      try {
        const result = await engine.explain(request, {
          signal,
          onProgress: (progress) => {
            if (progress.kind === 'loading') state = { ...state, loaded: progress };
            else if (progress.kind === 'head') state = { ...state, phase: 'generating', pFakeHead: progress.pFakeHead };
            else state = { ...state, phase: 'generating', text: progress.text, tokenCount: progress.tokenCount };
            publisher.request();
          },
        });
        publisher.finish();
        publish(key, { ...state, phase: 'done', result });
      } catch (error) {
        publisher.finish();
        publish(key, { ...state, phase: 'failed', error: toErrorRecord(error) });
      }
    };
    return {
      stored: {},
      explanations: {},
      similarity: {},
      loadStored: async (sampleId) => {
        const stored = await readStored(await database(), sampleId);
        set({ stored: { ...get().stored, [sampleId]: stored } });
      },
      explain: async (request) => {
        const key = explanationKey(request);
        if (running.has(key)) return;
        const controller = new AbortController();
        running.set(key, controller);
        await run(key, request, controller.signal);
        running.delete(key);
      },
      cancel: (key) => running.get(key)?.abort(),
      loadSimilarity: async (modelId, sampleId, text) => {
        const key = similarityKey(modelId, sampleId, text);
        if (get().similarity[key]) return;
        const put = (value: InspectionState['similarity'][string]) => set({ similarity: { ...get().similarity, [key]: value } });
        put('loading');
        try {
          const { gridSize, cosines } = await engine.patchSimilarity({ modelId, sampleId, texts: [text] });
          put({ gridSize, cosines: cosines[0] ?? [] });
        } catch (error) {
          put(toErrorRecord(error));
        }
      },
    };
  });
}

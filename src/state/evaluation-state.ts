// What the evaluation store holds and does, and what its parts share.
import type { StoreApi } from 'zustand/vanilla';
import type { EvalConfig } from '../shared/config/config.ts';
import type { AnswerRecord, AnswerScores } from '../shared/domain/answer.ts';
import type { CheckpointRecord, EvalRecord, Preference } from '../shared/domain/run.ts';
import type { DatasetRecord } from '../shared/domain/sample.ts';
import type { EngineApi } from '../shared/engine-api.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import type { Perturbation } from '../shared/image/perturb.ts';
import type { Calls } from '../shared/rpc.ts';
import type { Database } from '../shared/storage/database.ts';
import type { JobsState } from './jobs.ts';
import type { NoticesState } from './notices.ts';

/** What a new evaluation needs. */
export interface EvaluationDraft {
  dataset: DatasetRecord;
  model: Pick<CheckpointRecord, 'id' | 'name'>;
  config: EvalConfig;
}

/** The evaluation that runs in this tab. */
export interface LiveEvaluation {
  evalId: string;
  done: number;
  total: number;
  etaMs: number | null;
  /** A pause or stop was asked for; it ends after the current sample. */
  stopping: boolean;
}

export interface EvaluationState {
  /** Newest first; null until listed. */
  evals: EvalRecord[] | null;
  /** Answers of opened evaluations, in sample order. */
  answers: Readonly<Record<string, AnswerRecord[]>>;
  /** Decisions and scores of evaluations that others are compared with; `at` is the record's `updatedAt` when they were read. */
  scores: Readonly<Record<string, { at: number; answers: readonly AnswerScores[] }>>;
  live: LiveEvaluation | null;
  /** Ids that wait for the live one, in order. */
  waiting: readonly string[];
  error: ErrorRecord | null;
  refresh: () => Promise<void>;
  /** Loads one evaluation with its answers. Resolves to false where there is none with this id. */
  open: (evalId: string) => Promise<boolean>;
  /** Reads decisions and scores of evaluations where they are not known yet or old. */
  loadScores: (records: readonly EvalRecord[]) => Promise<void>;
  /** Stores a new evaluation and starts it; resolves to its id as soon as it is stored. */
  create: (draft: EvaluationDraft) => Promise<string>;
  /** Starts or continues at the next unanswered sample; `takeOver` takes it from another tab. Settles when it ends. */
  resume: (evalId: string, options?: { takeOver: boolean }) => Promise<void>;
  /** Asks the failed samples again and no others. */
  retryFailed: (evalId: string) => Promise<void>;
  /** Starts an evaluation of the validation images that may choose a threshold for this one; resolves to its id. */
  validate: (evalId: string) => Promise<string>;
  /** Starts one evaluation per perturbation on the same images; resolves to their ids. */
  sweep: (evalId: string, perturbations: readonly Perturbation[]) => Promise<string[]>;
  pause: () => Promise<void>;
  /** Takes waiting ones back and pauses the live one if it is among them. */
  pauseAll: (evalIds: readonly string[]) => Promise<void>;
  stop: () => Promise<void>;
  /** Changes what the user decides about an evaluation; the engine never writes these fields. */
  change: (evalId: string, fields: Pick<Partial<EvalRecord>, 'name' | 'threshold' | 'trainedOn'>) => Promise<void>;
  /** Adds a blind judgement of two answers to this evaluation's; a second one on the same pair takes the first one's place. */
  prefer: (evalId: string, preference: Preference) => Promise<void>;
  /** Deletes an evaluation with its answers and the rows of its robustness sweep. */
  remove: (evalId: string) => Promise<void>;
}

export interface EvaluationDeps {
  engine: Pick<Calls<EngineApi>, 'evaluate' | 'control'>;
  database: () => Promise<Database>;
  jobs: StoreApi<JobsState>;
  notices: StoreApi<NoticesState>;
  codeVersion: string;
}

/** What the parts of the store share. */
export interface EvaluationParts extends EvaluationDeps {
  get: () => EvaluationState;
  set: (patch: Partial<EvaluationState>) => void;
}

// What the run store holds and does, and what its parts share.
import type { StoreApi } from 'zustand/vanilla';
import type { TrainConfig } from '../shared/config/config.ts';
import type { CheckpointRecord, CompletionRecord, RunRecord, StepPhase, StepRecord } from '../shared/domain/run.ts';
import type { DatasetRecord } from '../shared/domain/sample.ts';
import type { EngineApi } from '../shared/engine-api.ts';
import type { ErrorRecord } from '../shared/errors.ts';
import type { Calls } from '../shared/rpc.ts';
import type { Database } from '../shared/storage/database.ts';
import type { JobsState } from './jobs.ts';
import type { NoticesState } from './notices.ts';

/** What a new run needs. */
export interface RunDraft {
  dataset: DatasetRecord;
  model: Pick<CheckpointRecord, 'id' | 'name'>;
  config: TrainConfig;
  name?: string;
}

/** What the user may write on a run at any time, also while it works. */
export type RunLabels = Pick<Partial<RunRecord>, 'name' | 'notes' | 'tags' | 'group' | 'archived'>;

/** The run that works in this tab. */
export interface LiveRun {
  runId: string;
  /** What the step in progress does; null before the first phase. */
  phase: { step: number; phase: StepPhase; done: number; total: number } | null;
  /** Of the phase in progress, at most; null or absent before its first piece is done. */
  phaseLeftMs?: number | null;
  etaMs: number | null;
  stopping: boolean;
}

export interface RunState {
  /** Newest first; null until listed. */
  runs: RunRecord[] | null;
  /** Steps of opened runs, in order. */
  steps: Readonly<Record<string, StepRecord[]>>;
  /** Completions by `completionsKey`; loaded when a step is looked at. */
  completions: Readonly<Record<string, CompletionRecord[]>>;
  /** Of opened runs, newest first. */
  checkpoints: Readonly<Record<string, CheckpointRecord[]>>;
  live: LiveRun | null;
  /** Ids that wait for the live run, in order. */
  waiting: readonly string[];
  error: ErrorRecord | null;
  refresh: () => Promise<void>;
  /** Loads one run with steps and checkpoints. Resolves to false where there is none with this id. */
  open: (runId: string) => Promise<boolean>;
  loadCompletions: (runId: string, step: number) => Promise<void>;
  /** Stores a new run and starts it; resolves to its id as soon as it is stored. */
  create: (draft: RunDraft) => Promise<string>;
  /** Stores a GRPO run and a PRPO run with the same data, seed and budget; the second starts when the first ends. */
  createPair: (drafts: readonly [RunDraft, RunDraft]) => Promise<readonly [string, string]>;
  /** Starts, or continues from the last state; `takeOver` takes it from another tab. Settles when it ends. */
  resume: (runId: string, options?: { takeOver: boolean }) => Promise<void>;
  /** Reads what another tab has stored of an opened run since. */
  follow: (runId: string) => Promise<void>;
  /** Takes a waiting run out of the queue; it can be resumed later. */
  dequeue: (runId: string) => void;
  /** Asks the live run to pause, stop, or store a checkpoint after the current step. */
  control: (action: 'pause' | 'stop' | 'checkpoint') => Promise<void>;
  /** All completions of a run, one JSON line each, as TRL's tables or verl's rollouts name things (spec/formats.md 4). */
  completionsFile: (runId: string, dialect: 'trl' | 'verl') => Promise<Blob>;
  /** What a run with these settings would cost. */
  preflight: (config: TrainConfig, modelId: string, datasetId?: string) => Promise<EngineApi['preflight']['result']>;
  update: (runId: string, patch: RunLabels) => Promise<void>;
  /** Changes a setting of a paused run from its next step on. */
  changeSetting: (runId: string, name: string, value: number) => Promise<void>;
  /** Takes a run out of the list; its steps and answers go a few seconds later, unless the user takes it back. */
  remove: (runId: string) => void;
}

/** Key of one step's completions in `RunState`. */
export function completionsKey(runId: string, step: number): string {
  return `${runId}#${step}`;
}

export interface RunDeps {
  engine: Pick<Calls<EngineApi>, 'train' | 'control' | 'preflight'>;
  database: () => Promise<Database>;
  jobs: StoreApi<JobsState>;
  notices: StoreApi<NoticesState>;
  codeVersion: string;
}

/** What the parts of the store share. */
export interface RunParts extends RunDeps {
  get: () => RunState;
  set: (patch: Partial<RunState>) => void;
}

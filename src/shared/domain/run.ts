// Evaluations, training runs and checkpoints as stored. Metric names: spec/metrics.md.
import type { ErrorRecord } from '../errors.ts';
import type { EvalConfig, TrainConfig } from '../config/config.ts';
import type { ScoredCompletion } from './answer.ts';
import type { ImportProblem, Label } from './sample.ts';

export type JobState = 'queued' | 'running' | 'paused' | 'done' | 'stopped' | 'failed';

/** Which engine computed a result; part of every record so that it can be repeated. */
export interface EngineStamp {
  backend: 'webgpu' | 'simd';
  adapter: string;
  threads: number;
}

/** One evaluation. Its answers are in the store `answers` under `evalId`. */
export interface EvalRecord {
  id: string;
  name: string;
  createdAt: number;
  updatedAt: number;
  state: JobState;
  config: EvalConfig;
  datasetId: string;
  datasetName: string;
  datasetHash: string;
  /** Model or checkpoint id; `imported` for an answers.jsonl made elsewhere. */
  modelId: string;
  modelName: string;
  synthetic: boolean;
  /** The samples in order; fixed at the start so that a resume continues at the next unanswered one. */
  sampleIds: string[];
  engine?: EngineStamp;
  codeVersion: string;
  error?: ErrorRecord;
  /** Only for an answers.jsonl made elsewhere. */
  imported?: ImportedAnswers;
}

/** Where imported answers came from and what was wrong with them. */
export interface ImportedAnswers {
  fileName: string;
  /** The question file that was dropped with it, or null. */
  questionFile: string | null;
  /** Lines that are not blank, good or bad. */
  rows: number;
  problems: ImportProblem[];
}

export type Algorithm = 'sft-stage1' | 'sft-stage2' | 'grpo' | 'prpo';

/** One training run. Steps and completions are in their own stores under `runId`. */
export interface RunRecord {
  id: string;
  name: string;
  createdAt: number;
  updatedAt: number;
  state: JobState;
  algorithm: Algorithm;
  config: TrainConfig;
  datasetId: string;
  datasetName: string;
  datasetHash: string;
  baseModelId: string;
  baseModelName: string;
  /** Optimizer steps finished and stored. */
  step: number;
  maxSteps: number;
  /** Newest first. */
  checkpointIds: string[];
  engine?: EngineStamp;
  codeVersion: string;
  /** Steps skipped because of a non-finite loss or gradient. */
  skippedSteps: number;
  error?: ErrorRecord;
  /** The other run of a "GRPO vs PRPO" pair. */
  pairedRunId?: string;
  notes?: string;
  tags?: string[];
  /** The user's own grouping, such as one experiment. */
  group?: string;
  archived?: boolean;
  /** File name of a log made elsewhere; its settings, data and model are not known. */
  importedFrom?: string;
}

export type StepPhase = 'generate' | 'reward' | 'logprobs' | 'update' | 'checkpoint' | 'probe';

/** One optimizer step's scalars under their TRL names. */
export interface StepRecord {
  runId: string;
  step: number;
  timestamp: number;
  metrics: Record<string, number>;
  phaseMs: Partial<Record<StepPhase, number>>;
}

/** One completion of a training step. */
export interface CompletionRecord extends ScoredCompletion {
  runId: string;
  step: number;
  /** Position in the step's batch. */
  index: number;
  /** Which prompt (image) of the batch. */
  group: number;
  sampleId: string;
  path: string;
  label: Label | null;
  text: string;
  /** Mean advantage over the completion tokens. */
  advantage: number;
  tokenCount: number;
  /** Ended by end-of-text, not by the length limit. */
  terminated: boolean;
  /** Tokens that belong to no kept paragraph. */
  unassignedTokens: number;
}

export type CheckpointKind = 'built-in' | 'full' | 'lora' | 'imported';

/** A model that can be chosen. Files are in the store `checkpointFiles` under `checkpointId` (not for built-in ones). */
export interface CheckpointRecord {
  id: string;
  name: string;
  kind: CheckpointKind;
  createdAt: number;
  /** Run and step that made it; null for imported ones. */
  runId: string | null;
  step: number;
  /** The model it started from. */
  parentId: string | null;
  sizeBytes: number;
  /** Hex SHA-256 over the file hashes in order. */
  sha256: string;
  /** Committed last: a record without it is not offered. */
  complete: boolean;
  /** Holds optimizer, RNG and data cursor, so that the run can resume from it. */
  resumable: boolean;
  files: { path: string; sizeBytes: number; sha256: string }[];
  metrics: Record<string, number>;
  /** Tiny models are always called that. */
  tiny: boolean;
  note?: string;
  tags?: string[];
}

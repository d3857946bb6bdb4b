// Evaluations, training runs and checkpoints as stored. Metric names: spec/metrics.md.
import type { ErrorRecord } from '../errors.ts';
import type { Algorithm, EvalConfig, TrainConfig } from '../config/config.ts';
import type { ScoredCompletion, ScoreSource } from './answer.ts';
import type { EngineStamp } from './engine-stamp.ts';
import type { ImportProblem, Label } from './sample.ts';

export type JobState = 'queued' | 'running' | 'paused' | 'done' | 'stopped' | 'failed';

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
  /** Chosen on a validation evaluation of the same model, then left alone. */
  threshold?: FrozenThreshold;
  /** The clean evaluation whose robustness sweep this one is a row of. */
  sweepOf?: string;
  /** What the figures depend on, as SHA-256; written at the start. */
  parity?: ParityHashes;
  /** Judged blind against other evaluations of the same images. */
  preferences?: Preference[];
  /** Domains the model was trained on, as the user says; only where no training run of this browser tells it. */
  trainedOn?: string[];
  /** Who may write answers and state, as with a run's. */
  writer?: string;
}

/** Which of two answers to an image was found better by a reader who did not know whose they were. */
export interface Preference {
  /** The other evaluation. */
  otherId: string;
  sampleId: string;
  /** `here` is the answer of the evaluation that holds the record. */
  better: 'here' | 'there' | 'tie';
  /** Milliseconds. */
  at: number;
}

/** Counts of a probability cut at a threshold; fake is positive. */
export interface ThresholdCounts {
  tp: number;
  fp: number;
  tn: number;
  fn: number;
}

export type ThresholdRule = 'max-f1' | 'max-balanced-accuracy' | 'fpr-5';

/** A threshold that was chosen on other images than those it is applied to. */
export interface FrozenThreshold {
  source: ScoreSource;
  /** P(fake) from which an image counts as fake. */
  value: number;
  rule: ThresholdRule;
  /** The validation evaluation that it comes from, and its counts at the threshold. */
  from: { evalId: string; name: string; datasetName: string; datasetHash: string; counts: ThresholdCounts };
  /** Of this evaluation at the threshold. */
  measured: ThresholdCounts;
  /** Temperature by which the scores' logits are divided, fitted on the same validation evaluation; null where it could not be. */
  temperature: number | null;
  frozenAt: number;
}

/** SHA-256 (hex) of everything that decides an answer. Two evaluations with equal hashes were asked in the same way. */
export interface ParityHashes {
  weights: string;
  tokenizer: string;
  template: string;
  preprocessing: string;
  decoding: string;
}

/** Where imported answers came from and what was wrong with them. */
export interface ImportedAnswers {
  fileName: string;
  /** The question file that was dropped with it, or null. */
  questionFile: string | null;
  /** SHA-256 of both files, so that a figure says exactly what it was measured on. Absent in records of earlier versions. */
  sha256?: { answers: string; questions: string | null };
  /** Lines that are not blank, good or bad. */
  rows: number;
  problems: ImportProblem[];
  /** Images of the question file without a usable answer, by domain. Absent in records of earlier versions. */
  unanswered?: Record<string, number>;
}

/** Settings of a run that ran out of memory, changed so that they are estimated to fit. */
export interface SmallerSettings {
  /** What is changed, e.g. "micro-batch 4 instead of 16". */
  text: string;
  /** Estimated, at the peak. */
  memoryBytes: number;
  config: TrainConfig;
}

/** A setting that was changed while a run was paused: it holds from the step after `step` on. */
export interface SettingChange {
  step: number;
  /** Name of the field. */
  name: string;
  before: number;
  now: number;
}

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
  /** Offered after the memory ran out. */
  smaller?: SmallerSettings[];
  /** The other run of a "GRPO vs PRPO" pair. */
  pairedRunId?: string;
  notes?: string;
  tags?: string[];
  /** The user's own grouping, such as one experiment. */
  group?: string;
  archived?: boolean;
  /** Of the probe, where the run keeps its best checkpoint. */
  best?: { step: number; metric: string; value: number; checkpointId: string };
  /** What was changed while it was paused, in order. */
  changes?: SettingChange[];
  /** Why the run ended before its last step, one sentence. */
  endedEarly?: string;
  /** What is logged once, at its end: `train_runtime`, `train_loss` and so on. */
  summary?: Record<string, number>;
  /** File name of a log made elsewhere; its settings, data and model are not known. */
  importedFrom?: string;
  /** Who may write steps: a new name with every start, so that a tab whose run was taken over can store nothing more. */
  writer?: string;
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

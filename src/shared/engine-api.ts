// Calls that the engine worker answers: everything that needs a model. Types only: the wire is rpc.ts.
import type { AnswerRecord, GroupAnswer } from './domain/answer.ts';
import type { CompletionRecord, EvalRecord, RunRecord, SmallerSettings, StepPhase, StepRecord } from './domain/run.ts';
import type { AnswerSource, DryRunReport, MaskRow, RewardPreview } from './domain/preview.ts';
import type { TextStatistics } from './domain/text-statistics.ts';
import type { Label } from './domain/sample.ts';
import type { AnswerParser, DecodingConfig, RewardConfig, TemplateName, TrainConfig } from './config/config.ts';

export type BackendName = 'webgpu' | 'simd';

/** What the device chip shows. */
export interface EngineStatus {
  backend: BackendName;
  /** Adapter or CPU description in plain words. */
  adapter: string;
  /** WebGPU offered only a software adapter. */
  fallbackAdapter: boolean;
  threads: number;
  crossOriginIsolated: boolean;
  relaxedSimd: boolean;
  shaderF16: boolean;
  /** Why this backend, one sentence. */
  reason: string;
  /** How often the graphics device was lost since the engine started; absent means never. */
  deviceLosses?: number;
  /** What the graphics adapter offers, also where the CPU engine computes; absent where there is none. */
  gpu?: GpuFacts;
}

/** Of a WebGPU adapter, as it says itself. */
export interface GpuFacts {
  /** In plain words. */
  adapter: string;
  /** Times of single passes can be measured. */
  timestampQuery: boolean;
  /** Bytes. */
  maxBufferSize: number;
  /** Bytes that one binding of a shader sees. */
  maxStorageBufferBindingSize: number;
  /** Bytes that a workgroup shares. */
  maxComputeWorkgroupStorageSize: number;
  maxComputeInvocationsPerWorkgroup: number;
}

export interface MemoryStatus {
  numTensors: number;
  liveBytes: number;
  reservedBytes: number;
}

/** The three readouts of spec/model.md 8. */
export interface Readouts {
  pFakeHead: number | null;
  pFakeToken: number | null;
  /** Tokens used for pFakeToken, as text. */
  tokenNames: { real: string[]; fake: string[] };
  predict: Label | null;
  parseRule: string;
}

export interface ExplainParams {
  modelId: string;
  /** Either a stored sample or the bytes of an image. */
  sampleId?: string;
  image?: Blob;
  prompt: string;
  template: TemplateName;
  decoding: DecodingConfig;
  parser: AnswerParser;
  reward: RewardConfig;
  /** Number of completions: 1, or G for the group view. */
  numGenerations: number;
}

export interface Explanation {
  readouts: Readouts;
  completions: GroupAnswer[];
  elapsedMs: number;
  tokensPerSecond: number;
  /** Model S x S grid side. */
  gridSize: number;
  engine: { backend: BackendName; adapter: string; threads: number };
}

export type ExplainProgress =
  | { kind: 'loading'; done: number; total: number }
  | { kind: 'head'; pFakeHead: number }
  /** Text so far of completion 0. */
  | { kind: 'text'; text: string; tokenCount: number };

export interface EvalProgress {
  state: EvalRecord['state'];
  done: number;
  total: number;
  etaMs: number | null;
  /** The newest answer. */
  last?: AnswerRecord;
}

export type TrainProgress =
  | { kind: 'state'; run: RunRecord }
  | { kind: 'phase'; step: number; phase: StepPhase; done: number; total: number }
  | { kind: 'step'; step: StepRecord; completions: CompletionRecord[]; etaMs: number | null }
  | { kind: 'checkpoint'; checkpointId: string; step: number };

/** What a run leaves in storage, and what it needs there while it works. */
export interface StorageEstimate {
  /** Kept at the end, the best one included. */
  checkpoints: number;
  checkpointsBytes: number;
  /** Answers of the whole run; 0 for supervised training. */
  answers: number;
  /** Answers and curves. */
  recordsBytes: number;
  /** The states it goes on from after an interruption; given back at its end. */
  workingBytes: number;
}

export interface LoadReport {
  matched: number;
  missing: string[];
  unexpected: string[];
  newlyInitialised: string[];
  shapeClashes: { name: string; expected: number[]; got: number[] }[];
}

/** Calls that the engine worker answers. One job at a time; a second waits in the queue. */
export interface EngineApi {
  init: { params: { backend?: BackendName }; result: EngineStatus; progress: { message: string } };
  memory: { params: Record<string, never>; result: MemoryStatus; progress: never };
  /** Loads a model into memory; later calls with the same id are free. */
  loadModel: { params: { modelId: string }; result: LoadReport; progress: { done: number; total: number } };
  explain: { params: ExplainParams; result: Explanation; progress: ExplainProgress };
  /** Reports the engine's state after each change, until it is cancelled. */
  watch: { params: Record<string, never>; result: null; progress: EngineStatus };
  /** Runs a stored EvalRecord from its next unanswered sample; writes answers and state itself. `takeOver`: from another tab. */
  evaluate: { params: { evalId: string; takeOver?: boolean }; result: { state: EvalRecord['state'] }; progress: EvalProgress };
  /** Runs a stored RunRecord from its last state; writes steps, completions, checkpoints and state itself. `takeOver`: from another tab. */
  train: { params: { runId: string; takeOver?: boolean }; result: { state: RunRecord['state'] }; progress: TrainProgress };
  /** Asks the running job to end after the current sample or step. pause keeps it resumable; stop ends it. */
  control: { params: { jobId: string; action: 'pause' | 'stop' | 'checkpoint' }; result: { accepted: boolean }; progress: never };
  /** Cosine of one text with each of the S patches of one image, row-major. */
  patchSimilarity: {
    /** Either a stored sample or the bytes of an image. */
    params: { modelId: string; sampleId?: string; image?: Blob; texts: string[] };
    result: { gridSize: number; cosines: number[][] };
    progress: never;
  };
  /** Lengths of a dataset's training rows in the model's tokens. */
  textStatistics: { params: { datasetId: string; modelId: string }; result: TextStatistics; progress: { done: number; total: number } };
  /** Estimates before a start. */
  preflight: {
    /** Without a dataset the lengths of answers are taken from the settings. */
    params: { config: TrainConfig; modelId: string; datasetId?: string };
    result: {
      /** At the peak of the run, weights included, for answers as long as they are expected. */
      memoryBytes: number;
      /** If every answer is as long as it may be. */
      mostMemoryBytes?: number;
      /** What the engine can take; absent where the device does not tell. */
      limitBytes?: number;
      /** Where the run is estimated to need more than that: up to three settings that fit. */
      smaller?: SmallerSettings[];
      /** Of GRPO and PRPO: tokens that the model's context leaves for an answer behind the prompt; a longer limit ends the run at once. */
      answerRoom?: number;
      stepMs: number | null;
      checkpointBytes: number;
      storage?: StorageEstimate;
    };
    progress: never;
  };
  /** What training does with each token of the run's first samples. */
  maskPreview: { params: { config: TrainConfig; modelId: string; datasetId: string }; result: MaskRow[]; progress: never };
  /** The run's first answers with their scores; `generated` are those of its first step. */
  rewardPreview: {
    params: { config: TrainConfig; modelId: string; datasetId: string; source: AnswerSource };
    result: RewardPreview;
    progress: never;
  };
  /** Runs one batch and throws it away; waits for a running job. */
  dryRun: {
    params: { config: TrainConfig; modelId: string; datasetId: string };
    result: DryRunReport;
    progress: { phase: StepPhase; done: number; total: number };
  };
  selfTest: {
    params: Record<string, never>;
    result: { name: string; ok: boolean; detail: string }[];
    progress: { done: number; total: number };
  };
}

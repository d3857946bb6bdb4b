// Runs, completions and checkpoints as they come out of a bundle. Fields that a newer version added are kept.
import * as v from 'valibot';
import type { CheckpointRecord, CompletionRecord, RunRecord } from '../../domain/run.ts';
import type { RecordSchema } from './check-record.ts';
import { Engine, Failure, Id, JobState, Label, SCORED } from './parts.ts';
import { TrainSettings } from './settings.ts';

export const RUN_SCHEMA: RecordSchema<RunRecord> = v.looseObject({
  id: Id,
  name: v.string(),
  createdAt: v.number(),
  updatedAt: v.number(),
  state: JobState,
  algorithm: v.picklist(['sft-stage1', 'sft-stage2', 'grpo', 'prpo']),
  config: TrainSettings,
  datasetId: v.string(),
  datasetName: v.string(),
  datasetHash: v.string(),
  baseModelId: v.string(),
  baseModelName: v.string(),
  step: v.number(),
  maxSteps: v.number(),
  checkpointIds: v.array(v.string()),
  engine: v.optional(Engine),
  codeVersion: v.string(),
  skippedSteps: v.number(),
  smaller: v.optional(v.array(v.looseObject({ text: v.string(), memoryBytes: v.number(), config: TrainSettings }))),
  error: v.optional(Failure),
  pairedRunId: v.optional(v.string()),
  notes: v.optional(v.string()),
  tags: v.optional(v.array(v.string())),
  group: v.optional(v.string()),
  archived: v.optional(v.boolean()),
  best: v.optional(v.looseObject({ step: v.number(), metric: v.string(), value: v.number(), checkpointId: v.string() })),
  changes: v.optional(v.array(v.looseObject({ step: v.number(), name: v.string(), before: v.number(), now: v.number() }))),
  endedEarly: v.optional(v.string()),
  summary: v.optional(v.record(v.string(), v.number())),
  importedFrom: v.optional(v.string()),
  writer: v.optional(v.string()),
});

export const COMPLETION_SCHEMA: RecordSchema<CompletionRecord> = v.looseObject({
  ...SCORED,
  runId: Id,
  step: v.number(),
  index: v.number(),
  group: v.number(),
  sampleId: v.string(),
  path: v.string(),
  label: v.nullable(Label),
  text: v.string(),
  advantage: v.number(),
  tokenCount: v.number(),
  terminated: v.boolean(),
  unassignedTokens: v.number(),
});

const Numbers = v.record(v.string(), v.number());

export const CHECKPOINT_SCHEMA: RecordSchema<CheckpointRecord> = v.looseObject({
  id: Id,
  name: v.string(),
  kind: v.picklist(['built-in', 'full', 'lora', 'imported']),
  createdAt: v.number(),
  runId: v.nullable(v.string()),
  step: v.number(),
  parentId: v.nullable(v.string()),
  sizeBytes: v.number(),
  sha256: v.string(),
  complete: v.boolean(),
  resumable: v.boolean(),
  files: v.array(v.looseObject({ path: v.string(), sizeBytes: v.number(), sha256: v.string() })),
  metrics: Numbers,
  tiny: v.boolean(),
  note: v.optional(v.string()),
  tags: v.optional(v.array(v.string())),
});

// The stored records as they come out of a bundle: checked in form before anything of them is stored. Fields that a newer version
// added are kept.
import * as v from 'valibot';
import type { EvalConfig, TrainConfig } from '../config/config.ts';
import type { AnswerRecord, ScoredCompletion } from '../domain/answer.ts';
import type { CheckpointRecord, CompletionRecord, EvalRecord, RunRecord } from '../domain/run.ts';
import type { DatasetRecord, SampleRecord } from '../domain/sample.ts';
import { ERROR_CODES, WorkbenchError } from '../errors.ts';

/** A stored kind of record that a bundle holds. */
export type RecordSchema<Value> = v.GenericSchema<unknown, Value>;

const Id = v.pipe(v.string(), v.nonEmpty(), v.excludes('/'));
const Label = v.picklist(['real', 'fake']);
const Split = v.picklist(['train', 'val', 'test', 'none']);
const JobState = v.picklist(['queued', 'running', 'paused', 'done', 'stopped', 'failed']);
const Numbers = v.record(v.string(), v.number());
const Failure = v.looseObject({ code: v.picklist(ERROR_CODES), message: v.string() });
const Engine = v.looseObject({ backend: v.picklist(['webgpu', 'simd']), adapter: v.string(), threads: v.number() });
const Problem = v.looseObject({
  code: v.string(),
  path: v.string(),
  reason: v.string(),
  action: v.picklist(['left-out', 'kept', 'fixed']),
  count: v.optional(v.number()),
});

/** Settings are checked for the parts that the pages read without asking. */
const DecodingShape = v.looseObject({ temperature: v.number(), topP: v.number(), maxNewTokens: v.number(), seed: v.number() });
const FilterShape = v.looseObject({
  domains: v.array(v.string()),
  splits: v.array(Split),
  labels: v.array(v.string()),
  predicted: v.array(v.string()),
});
const EvalShape = v.looseObject({
  filter: FilterShape,
  decoding: DecodingShape,
  prompt: v.string(),
  reward: v.looseObject({ alpha: v.number(), beta: v.number() }),
});
const TrainShape = v.looseObject({
  algorithm: v.string(),
  preset: v.string(),
  filter: FilterShape,
  seed: v.number(),
  maxSteps: v.number(),
  optimizer: v.looseObject({ learningRate: v.number() }),
  policy: v.looseObject({
    numGenerations: v.number(),
    promptsPerStep: v.number(),
    epsilon: v.number(),
    beta: v.number(),
    objective: v.string(),
  }),
  reward: v.looseObject({ alpha: v.number(), beta: v.number() }),
  sft: v.looseObject({ perDeviceTrainBatchSize: v.number() }),
});
const EvalSettings = v.custom<EvalConfig>((value) => v.is(EvalShape, value), 'settings of an evaluation');
const TrainSettings = v.custom<TrainConfig>((value) => v.is(TrainShape, value), 'settings of a training run');

const Hit = v.looseObject({
  term: v.string(),
  list: Label,
  start: v.number(),
  end: v.number(),
  weight: v.number(),
  negator: v.nullable(v.string()),
});
const Paragraph = v.looseObject({
  index: v.number(),
  text: v.string(),
  start: v.number(),
  end: v.number(),
  keyword: v.string(),
  cosine: v.nullable(v.number()),
  vcr: v.number(),
  pcr: v.number(),
  reward: v.number(),
  vote: Label,
  confidence: v.number(),
  realScore: v.number(),
  fakeScore: v.number(),
  hits: v.array(Hit),
  isFinal: v.boolean(),
  matchesFinalAnswer: v.boolean(),
  hasImage: v.boolean(),
  advantage: v.nullable(v.number()),
});
const SCORED = {
  paragraphs: v.array(Paragraph),
  cutParagraphs: v.number(),
  predict: v.nullable(Label),
  parseRule: v.string(),
  formatScore: v.picklist([0, 1]),
  reward: v.number(),
  votes: v.nullable(v.looseObject({ real: v.number(), fake: v.number() })),
} satisfies Record<keyof ScoredCompletion, v.GenericSchema>;

export const DATASET_SCHEMA: RecordSchema<DatasetRecord> = v.looseObject({
  id: Id,
  name: v.string(),
  createdAt: v.number(),
  source: v.picklist(['folder', 'files', 'demo', 'bundle']),
  synthetic: v.boolean(),
  state: v.picklist(['importing', 'ready', 'partial']),
  contentHash: v.string(),
  imageCount: v.number(),
  annotationCount: v.number(),
  sizeBytes: v.number(),
  counts: v.array(v.looseObject({ domain: v.string(), split: Split, label: v.nullable(Label), count: v.number() })),
  pictures: v.optional(v.picklist(['linked', 'thumbnails'])),
});

export const SAMPLE_SCHEMA: RecordSchema<SampleRecord> = v.looseObject({
  id: v.string(),
  datasetId: Id,
  path: v.string(),
  domain: v.string(),
  split: Split,
  label: v.nullable(Label),
  width: v.number(),
  height: v.number(),
  sizeBytes: v.number(),
  format: v.picklist(['png', 'jpeg', 'webp', 'bmp']),
  exifOrientation: v.number(),
  sha256: v.string(),
  annotation: v.optional(
    v.looseObject({ question: v.string(), answer: v.string(), binaryLabel: v.optional(v.picklist([0, 1])), source: v.string() }),
  ),
  questionId: v.optional(v.number()),
  questionText: v.optional(v.string()),
  linkedPath: v.optional(v.string()),
  problems: v.array(v.string()),
  tags: v.array(v.string()),
  note: v.optional(v.string()),
  rating: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5))),
  checks: v.optional(
    v.looseObject({
      perceptualHash: v.nullable(v.string()),
      hasExif: v.boolean(),
      jpegQuality: v.nullable(v.number()),
      chroma: v.nullable(v.string()),
    }),
  ),
  artefacts: v.optional(v.array(v.looseObject({ kind: v.string(), strength: v.number() }))),
});

const Counts = v.looseObject({ tp: v.number(), fp: v.number(), tn: v.number(), fn: v.number() });
const Threshold = v.looseObject({
  source: v.picklist(['head', 'token']),
  value: v.number(),
  rule: v.picklist(['max-f1', 'max-balanced-accuracy', 'fpr-5']),
  from: v.looseObject({
    evalId: v.string(),
    name: v.string(),
    datasetName: v.string(),
    datasetHash: v.string(),
    counts: Counts,
  }),
  measured: Counts,
  temperature: v.nullable(v.number()),
  frozenAt: v.number(),
});
const Parity = v.looseObject({
  weights: v.string(),
  tokenizer: v.string(),
  template: v.string(),
  preprocessing: v.string(),
  decoding: v.string(),
});

export const EVAL_SCHEMA: RecordSchema<EvalRecord> = v.looseObject({
  id: Id,
  name: v.string(),
  createdAt: v.number(),
  updatedAt: v.number(),
  state: JobState,
  config: EvalSettings,
  datasetId: v.string(),
  datasetName: v.string(),
  datasetHash: v.string(),
  modelId: v.string(),
  modelName: v.string(),
  synthetic: v.boolean(),
  sampleIds: v.array(v.string()),
  engine: v.optional(Engine),
  codeVersion: v.string(),
  error: v.optional(Failure),
  imported: v.optional(
    v.looseObject({
      fileName: v.string(),
      questionFile: v.nullable(v.string()),
      sha256: v.optional(v.object({ answers: v.string(), questions: v.nullable(v.string()) })),
      rows: v.number(),
      problems: v.array(Problem),
    }),
  ),
  threshold: v.optional(Threshold),
  sweepOf: v.optional(v.string()),
  parity: v.optional(Parity),
  trainedOn: v.optional(v.array(v.string())),
  writer: v.optional(v.string()),
});

const Token = v.looseObject({
  id: v.number(),
  start: v.number(),
  end: v.number(),
  logProbability: v.number(),
  entropy: v.number(),
  paragraph: v.nullable(v.number()),
});

const Sampled = v.looseObject({
  text: v.string(),
  predict: v.nullable(Label),
  parseRule: v.string(),
  reward: v.number(),
  pFakeToken: v.nullable(v.number()),
  truncated: v.boolean(),
  tokenCount: v.number(),
});

export const ANSWER_SCHEMA: RecordSchema<AnswerRecord> = v.looseObject({
  ...SCORED,
  evalId: Id,
  sampleId: v.string(),
  index: v.number(),
  path: v.string(),
  domain: v.string(),
  label: v.nullable(Label),
  text: v.string(),
  pFakeHead: v.nullable(v.number()),
  pFakeToken: v.nullable(v.number()),
  truncated: v.boolean(),
  tokens: v.optional(v.array(Token)),
  tokenCount: v.number(),
  elapsedMs: v.number(),
  sampled: v.optional(v.array(Sampled)),
  engine: v.optional(Engine),
  failure: v.optional(Failure),
});

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

/**
 * The value as a record.
 * @param place file and line, for the message
 * @throws E-SCHEMA naming place and field
 */
export function checkRecord<Value>(schema: RecordSchema<Value>, value: unknown, place: string): Value {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? 'the record';
  throw new WorkbenchError('E-SCHEMA', `${place}: ${field} should be ${issue.expected ?? 'valid'}; it is ${issue.received}.`, {
    safe: 'Nothing was stored.',
  });
}

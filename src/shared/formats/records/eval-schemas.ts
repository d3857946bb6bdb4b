// Evaluations and answers as they come out of a bundle. Fields that a newer version added are kept.
import * as v from 'valibot';
import type { AnswerRecord } from '../../domain/answer.ts';
import type { EvalRecord } from '../../domain/run.ts';
import { MASK_FILLS } from '../../image/edit.ts';
import type { RecordSchema } from './check-record.ts';
import { Engine, Failure, Id, JobState, Label, Problem, SCORED } from './parts.ts';
import { EvalSettings } from './settings.ts';

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
      unanswered: v.optional(v.record(v.string(), v.number())),
    }),
  ),
  threshold: v.optional(Threshold),
  sweepOf: v.optional(v.string()),
  parity: v.optional(Parity),
  preferences: v.optional(
    v.array(v.looseObject({ otherId: v.string(), sampleId: v.string(), better: v.picklist(['here', 'there', 'tie']), at: v.number() })),
  ),
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

const GroupMember = v.looseObject({
  ...SCORED,
  text: v.string(),
  tokens: v.array(Token),
  truncated: v.boolean(),
  tokenCount: v.number(),
  advantage: v.number(),
});

const Region = v.looseObject({ left: v.number(), top: v.number(), width: v.number(), height: v.number() });

const Edit = v.variant('kind', [
  v.looseObject({ kind: v.literal('mask'), fill: v.picklist(MASK_FILLS), region: Region }),
  v.looseObject({ kind: v.literal('jpeg'), quality: v.number(), region: Region }),
  v.looseObject({ kind: v.literal('crop'), region: Region }),
]);

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
  answeredAt: v.optional(v.number()),
  edit: v.optional(Edit),
  group: v.optional(v.array(GroupMember)),
  gridSize: v.optional(v.number()),
  failure: v.optional(Failure),
});

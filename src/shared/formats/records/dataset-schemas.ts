// Datasets and samples as they come out of a bundle. Fields that a newer version added are kept.
import * as v from 'valibot';
import type { DatasetRecord, SampleRecord } from '../../domain/sample.ts';
import type { RecordSchema } from './check-record.ts';
import { Id, Label, Split } from './parts.ts';

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
      hasAlpha: v.optional(v.boolean()),
      jpegQuality: v.nullable(v.number()),
      chroma: v.nullable(v.string()),
    }),
  ),
  artefacts: v.optional(v.array(v.looseObject({ kind: v.string(), strength: v.number() }))),
});

// Parts that several kinds of stored records have.
import * as v from 'valibot';
import type { ScoredCompletion } from '../../domain/answer.ts';
import { ERROR_CODES } from '../../errors.ts';

export const Id = v.pipe(v.string(), v.nonEmpty(), v.excludes('/'));

export const Label = v.picklist(['real', 'fake']);

export const Split = v.picklist(['train', 'val', 'test', 'none']);

export const JobState = v.picklist(['queued', 'running', 'paused', 'done', 'stopped', 'failed']);

export const Failure = v.looseObject({ code: v.picklist(ERROR_CODES), message: v.string() });

export const Engine = v.looseObject({ backend: v.picklist(['webgpu', 'simd']), adapter: v.string(), threads: v.number() });

export const Problem = v.looseObject({
  code: v.string(),
  path: v.string(),
  reason: v.string(),
  action: v.picklist(['left-out', 'kept', 'fixed']),
  count: v.optional(v.number()),
});

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

/** What is known of a text once it was scored. */
export const SCORED = {
  paragraphs: v.array(Paragraph),
  cutParagraphs: v.number(),
  predict: v.nullable(Label),
  parseRule: v.string(),
  formatScore: v.picklist([0, 1]),
  reward: v.number(),
  votes: v.nullable(v.looseObject({ real: v.number(), fake: v.number() })),
} satisfies Record<keyof ScoredCompletion, v.GenericSchema>;

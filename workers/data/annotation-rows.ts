// One row of an annotation file: LLaVA training row, question row or answer row. Forms: spec/formats.md 1 and 2.
import * as v from 'valibot';
import { TEXT_NAMES as ANSWER_TEXTS } from '../../src/shared/formats/answer-names.ts';
import { normalisePath } from './paths.ts';

/** What a user marked an image with, as this project's exports carry it under `workbench`. */
export interface Marks {
  tags: string[];
  note?: string;
  rating?: number;
}

/** What a row gives its image. `marks` rows carry nothing but marks. */
export type TextKind = 'train' | 'question' | 'marks';

/** Kinds of rows that are joined to images. A `metadata` row of an imagefolder gives one of the other three. */
export type JoinedKind = TextKind | 'metadata';

/** A row that may be joined to an image. */
export interface TextRow {
  kind: TextKind;
  /** File and row: `train.json#12`. */
  source: string;
  image: string | undefined;
  id: string | undefined;
  /** The human turn or the question, as found. */
  question: string;
  answer: string | undefined;
  binaryLabel: 0 | 1 | undefined;
  /** Label named by a question row. */
  label: 'real' | 'fake' | undefined;
  questionId: number | undefined;
  /** What is odd about the row though it is usable: code and one sentence. */
  remarks: { code: string; reason: string }[];
  marks?: Marks;
}

export type RowKind = JoinedKind | 'answer' | 'unknown';

const Identifier = v.pipe(v.union([v.string(), v.number()]), v.transform(String));
const TrainSchema = v.object({
  id: v.optional(Identifier),
  image: v.optional(v.nullable(v.string())),
  conversations: v.pipe(v.array(v.object({ from: v.string(), value: v.string() })), v.minLength(1)),
  binary_label: v.optional(v.unknown()),
  workbench: v.optional(v.unknown()),
});
const QuestionSchema = v.object({
  question_id: v.optional(v.pipe(v.number(), v.integer())),
  image: v.string(),
  text: v.string(),
  label: v.optional(v.nullable(v.string())),
  workbench: v.optional(v.unknown()),
});
const MarksSchema = v.object({
  tags: v.optional(v.array(v.pipe(v.string(), v.nonEmpty())), []),
  note: v.optional(v.string()),
  rating: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5))),
});
const MarksRowSchema = v.object({ image: v.string(), workbench: MarksSchema });

/** As this project's imagefolder export writes it; empty texts stand for none. */
const MetadataSchema = v.object({
  file_name: v.pipe(v.string(), v.nonEmpty()),
  question: v.optional(v.nullable(v.string()), ''),
  answer: v.optional(v.nullable(v.string()), ''),
  tags: v.optional(v.nullable(v.string()), ''),
  label: v.optional(v.unknown()),
});
/** Said by the folders, and by the file itself. */
const METADATA_FACTS = ['domain', 'sha256'];

/** Keys that are read, per kind; others are reported as unused. */
export const KNOWN_KEYS: Record<JoinedKind, ReadonlySet<string>> = {
  marks: new Set(Object.keys(MarksRowSchema.entries)),
  train: new Set(Object.keys(TrainSchema.entries)),
  question: new Set(Object.keys(QuestionSchema.entries)),
  metadata: new Set([...Object.keys(MetadataSchema.entries), ...METADATA_FACTS]),
};

/** The keys that tell what a value is. */
export const TELLING_KEYS: ReadonlySet<string> = new Set([
  ...Object.keys(TrainSchema.entries),
  ...Object.keys(QuestionSchema.entries),
  ...Object.keys(MetadataSchema.entries),
  'answer_id',
  'predict',
  'prompt',
  ...ANSWER_TEXTS,
]);

/** Under which other scripts, and the official result files, write an answer. */
const isOtherAnswer = (row: Record<string, unknown>): boolean =>
  ANSWER_TEXTS.some((key) => key in row) && ['question_id', 'index', 'id'].some((key) => key in row);

/** What a value looks like, from its keys alone. */
export function kindOfRow(row: unknown): RowKind {
  if (!isRecord(row)) return 'unknown';
  if ('conversations' in row) return 'train';
  if (isOtherAnswer(row)) return 'answer';
  if ('answer_id' in row || 'predict' in row || ('question_id' in row && 'prompt' in row)) return 'answer';
  if (typeof row['file_name'] === 'string' && ['question', 'answer', 'tags', 'label'].some((key) => key in row)) return 'metadata';
  if ('text' in row && ('image' in row || 'question_id' in row)) return 'question';
  if ('workbench' in row && 'image' in row && !('id' in row)) return 'marks';
  if ('binary_label' in row || ('id' in row && 'image' in row)) return 'train';
  return 'unknown';
}

/**
 * Checks a row; the string says field, wanted and found where it cannot be used.
 * @param folder of the file, which the names in metadata begin from
 */
export function readRow(kind: JoinedKind, row: unknown, source: string, folder = ''): TextRow | string {
  if (!isRecord(row)) return `The row is ${nameOf(row)}, not an object.`;
  if (kind === 'marks') return readMarksRow(row, source);
  if (kind === 'metadata') return readMetadataRow(row, source, folder);
  return kind === 'train' ? readTrainRow(row, source) : readQuestionRow(row, source);
}

function readMarksRow(row: Record<string, unknown>, source: string): TextRow | string {
  const parsed = v.safeParse(MarksRowSchema, row);
  if (!parsed.success) return describeIssue(parsed.issues[0]);
  const image = normalisePath(parsed.output.image);
  const nothing = { id: undefined, answer: undefined, binaryLabel: undefined, label: undefined, questionId: undefined };
  return { kind: 'marks', source, image, ...nothing, question: '', remarks: [], ...readMarks(parsed.output.workbench) };
}

function readMetadataRow(row: Record<string, unknown>, source: string, folder: string): TextRow | string {
  const parsed = v.safeParse(MetadataSchema, row);
  if (!parsed.success) return describeIssue(parsed.issues[0]);
  const { file_name: name, question, answer, label, tags: tagText } = parsed.output;
  const tags = (tagText ?? '').split(/\s+/).filter(Boolean);
  const known = label === 'fake' || label === 'real' ? label : undefined;
  return {
    kind: answer ? 'train' : question ? 'question' : 'marks',
    source,
    image: normalisePath(folder ? `${folder}/${name}` : name),
    id: undefined,
    question: question ?? '',
    answer: answer || undefined,
    binaryLabel: answer && known ? (known === 'fake' ? 1 : 0) : undefined,
    label: known,
    questionId: undefined,
    remarks: [],
    ...(tags.length > 0 ? { marks: { tags } } : {}),
  };
}

/** Marks beside other facts of a row; nothing where there are none or they are not of this form. */
function readMarks(value: unknown): Pick<TextRow, 'marks'> {
  const parsed = v.safeParse(MarksSchema, value);
  if (!parsed.success) return {};
  const { tags, note, rating } = parsed.output;
  return { marks: { tags, ...(note ? { note } : {}), ...(rating ? { rating } : {}) } };
}

function readTrainRow(row: Record<string, unknown>, source: string): TextRow | string {
  const parsed = v.safeParse(TrainSchema, row);
  if (!parsed.success) return describeIssue(parsed.issues[0]);
  const { id, image, conversations, binary_label: binaryLabel, workbench } = parsed.output;
  const human = conversations.find(({ from }) => from === 'human' || from === 'user');
  const answers = conversations.filter(({ from }) => from === 'gpt' || from === 'assistant');
  const remarks: TextRow['remarks'] = [];
  if (!human) remarks.push({ code: 'question-missing', reason: 'The conversation has no `human` turn: the question is empty.' });
  if (answers.length === 0) {
    remarks.push({
      code: 'answer-missing',
      reason: 'The conversation has no `gpt` turn: there is no reasoning to train on or compare with.',
    });
  }
  if (answers.length > 1) {
    remarks.push({ code: 'several-turns', reason: `The conversation has ${answers.length} answers; the first one is used.` });
  }
  if (binaryLabel === undefined) {
    remarks.push({ code: 'binary-label-missing', reason: '`binary_label` is missing; the official trainer would silently take real.' });
  } else if (binaryLabel !== 0 && binaryLabel !== 1) {
    remarks.push({ code: 'binary-label-invalid', reason: `\`binary_label\` is ${nameOf(binaryLabel)}; it must be 0 (real) or 1 (fake).` });
  }
  return {
    kind: 'train',
    source,
    image: image ? normalisePath(image) : undefined,
    id: id ? normalisePath(id) : undefined,
    question: human?.value ?? '',
    answer: answers[0]?.value,
    binaryLabel: binaryLabel === 0 || binaryLabel === 1 ? binaryLabel : undefined,
    label: undefined,
    questionId: undefined,
    remarks,
    ...readMarks(workbench),
  };
}

function readQuestionRow(row: Record<string, unknown>, source: string): TextRow | string {
  const parsed = v.safeParse(QuestionSchema, row);
  if (!parsed.success) return describeIssue(parsed.issues[0]);
  const { image, text, question_id: questionId, label, workbench } = parsed.output;
  const lower = label?.trim().toLowerCase();
  const isLabel = lower === 'real' || lower === 'fake';
  const odd = { code: 'question-label-invalid', reason: `\`label\` is ${nameOf(label)}; it must be \`real\` or \`fake\`.` };
  return {
    kind: 'question',
    source,
    image: normalisePath(image),
    id: undefined,
    question: text,
    answer: undefined,
    binaryLabel: undefined,
    label: isLabel ? lower : undefined,
    questionId,
    remarks: isLabel || label === undefined || label === null ? [] : [odd],
    ...readMarks(workbench),
  };
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue) ?? 'row';
  if (issue.received === 'undefined') return `\`${field}\` is missing.`;
  return `\`${field}\`: expected ${issue.expected}, found ${issue.received}.`;
}

function nameOf(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 40) ?? String(value);
}

/** A plain object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Scores an answers.jsonl made elsewhere: an evaluation without a model, so that report and contradiction list work for it.
import { DEFAULT_EVAL } from '../../../src/shared/config/presets.ts';
import type { AnswerRecord } from '../../../src/shared/domain/answer.ts';
import type { EvalRecord, ImportedAnswers } from '../../../src/shared/domain/run.ts';
import { UNNAMED_DOMAIN, type ImportProblem } from '../../../src/shared/domain/sample.ts';
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { sha256Hex } from '../../../src/shared/hash.ts';
import { mixedModels, readAnswerRows, rowsOfModel, type AnswerRows } from '../../../src/shared/formats/answer-rows.ts';
import { decodeTextFile } from '../../../src/shared/formats/json-text.ts';
import { readQuestions, type QuestionRow, type QuestionsFile } from '../../../src/shared/formats/questions-jsonl.ts';
import { answersOf, type ForeignAnswer } from '../../../src/shared/formats/read-answers.ts';
import { scoreCompletion } from '../../../src/shared/rewards/paragraph-reward.ts';
import type { Database } from '../../../src/shared/storage/database.ts';
import { deleteEval, putAnswers, putEval } from '../../../src/shared/storage/evals.ts';
import { addJournalEntry } from '../../../src/shared/storage/journal.ts';
import { namedLevels } from '../layout.ts';
import { throttle } from '../pacing.ts';
import { baseName, normalisePath } from '../paths.ts';
import type { TextEntry } from '../source-file.ts';
import { limitProblems } from '../problem-list.ts';
import type { ReviewedDrop } from '../review.ts';
import { IMPORTED, type ImagePlace, type ImagePlaces, placeImages } from './place-images.ts';

/** Scored between two looks at the stop signal; small, because keywords take about a millisecond per paragraph. */
const BATCH_SIZE = 100;

export interface AnswersOptions {
  codeVersion: string;
  /** Whose images came with the file; they are taken where several datasets would fit. */
  datasetId?: string;
}

interface AnswersContext {
  db: Database;
  signal: AbortSignal;
  progress: (progress: { done: number; total: number }) => void;
}

/** An evaluation that is about to be stored. */
interface NewEvaluation {
  record: EvalRecord;
  expected: readonly PlacedAnswer[];
}

/** One image that should have an answer; without one it counts against coverage. */
interface ExpectedAnswer {
  questionId: string;
  image: string | null;
  answer: ForeignAnswer | null;
}

interface ReadFiles {
  expected: ExpectedAnswer[];
  imported: ImportedAnswers;
}

/**
 * Reads the answers file of a drop, with its question file if there is one, and stores an evaluation that is done; one for each model
 * where several answered the same questions. The records are stored last: stopped or failed before that, nothing is left.
 * @returns the evaluation of the file's first model
 * @throws E-SCHEMA when no row can be used; E-CANCELLED, E-QUOTA, E-STORAGE
 */
export async function importAnswers(
  drop: ReviewedDrop,
  { codeVersion, datasetId }: AnswersOptions,
  context: AnswersContext,
): Promise<{ evalId: string }> {
  const made: NewEvaluation[] = [];
  for (const files of await readFiles(drop)) {
    const images = files.expected.map(({ image }) => image);
    const place = await placeImages(context.db, images, datasetId);
    const expected = withoutDuplicates(files, place);
    made.push({ record: newRecord(files, expected, place, codeVersion), expected });
  }
  await storeAll(made, context);
  return { evalId: made[0]?.record.id ?? '' };
}

/** All or none of them. */
async function storeAll(made: readonly NewEvaluation[], context: AnswersContext): Promise<void> {
  const { db } = context;
  const total = made.reduce((sum, { expected }) => sum + expected.length, 0);
  let before = 0;
  try {
    for (const { record, expected } of made) {
      const progress: AnswersContext['progress'] = ({ done }) => context.progress({ done: before + done, total });
      await storeAnswers(record, expected, { ...context, progress });
      before += expected.length;
    }
    for (const { record } of made) await putEval(db, record);
  } catch (error) {
    for (const { record } of made) await deleteEval(db, record.id).catch(() => undefined); // the first failure is the one to tell
    throw error;
  }
  for (const { record } of made) await addJournalEntry(db, 'import-answers', `${record.name}: ${record.sampleIds.length} images`);
}

/** One per model of the answers file, or one of them all. @throws E-SCHEMA where no row of the file can be used */
async function readFiles({ texts }: ReviewedDrop): Promise<ReadFiles[]> {
  const find = (kind: 'answers-jsonl' | 'question-jsonl') => texts.find((text) => text.kind === kind)?.entry;
  const answersFile = find('answers-jsonl');
  if (!answersFile)
    throw new WorkbenchError('E-SCHEMA', 'The drop holds no answers file.', {
      safe: 'Nothing was stored.',
      remedy: 'Drop the answers.jsonl of an evaluation.',
    });
  const questionFile = find('question-jsonl');
  const questionsText = questionFile && (await readTextFile(questionFile));
  const asked = questionsText ? readQuestions(questionsText.fileName, questionsText.text) : undefined;
  const answersText = await readTextFile(answersFile);
  const rows = readAnswerRows(answersText.fileName, answersText.text);
  const mixed = mixedModels(rows);
  const subject = { answersText, questionsText, asked };
  if (!mixed) return [scorable({ ...subject, rows }, [])];
  const { names } = mixed;
  const reason = `The file holds answers of ${names.length} models to the same questions (${names.join(', ')}); each has a report of its own.`;
  const note: ImportProblem = { code: 'models-mixed', path: `${answersText.fileName}#1`, reason, action: 'kept' };
  return names.map((name) => scorable({ ...subject, rows: rowsOfModel(rows, name) }, [note]));
}

interface ReadTexts {
  answersText: ReadText;
  questionsText: ReadText | undefined;
  asked: QuestionsFile | undefined;
  rows: AnswerRows;
}

/** The rows of one report. @throws E-SCHEMA where none can be used */
function scorable({ answersText, questionsText, asked, rows }: ReadTexts, notes: readonly ImportProblem[]): ReadFiles {
  const { fileName } = answersText;
  const { answers, rowCount, problems } = answersOf(rows, asked?.questions ?? null);
  const own = [...notes, ...answersText.problems, ...problems];
  const all = [...own, ...(questionsText?.problems ?? []), ...(asked?.problems ?? [])];
  if (answers.length === 0) throw nothingToScore(fileName, all);
  return {
    expected: asked ? expectedOf(asked.questions, answers) : answers.map((answer) => ({ ...answer, answer })),
    imported: {
      fileName,
      questionFile: questionsText?.fileName ?? null,
      sha256: { answers: answersText.sha256, questions: questionsText?.sha256 ?? null },
      rows: rowCount,
      problems: all,
    },
  };
}

interface ReadText {
  fileName: string;
  sha256: string;
  text: string;
  problems: ImportProblem[];
}

/** A file's text, and what is unusual about its encoding. */
async function readTextFile({ path, file }: TextEntry): Promise<ReadText> {
  const fileName = baseName(path);
  const bytes = await file.arrayBuffer();
  const sha256 = await sha256Hex(bytes);
  const { text, encoding, foreignLines } = decodeTextFile(bytes);
  const problems: ImportProblem[] = [];
  if (encoding !== 'UTF-8') {
    problems.push({ code: 'encoding', path: `${fileName}#1`, reason: `The file is ${encoding}; it was read as that.`, action: 'kept' });
  }
  if (foreignLines.length > 0) {
    const shown = `${foreignLines.slice(0, 5).join(', ')}${foreignLines.length > 5 ? ', …' : ''}`;
    const count = foreignLines.length === 1 ? '1 line is' : `${foreignLines.length} lines are`;
    const reason = `${count} not UTF-8 and read as Latin-1 (Windows-1252): line ${shown}.`;
    problems.push({ code: 'encoding', path: `${fileName}#${foreignLines[0]}`, reason, action: 'kept' });
  }
  return { fileName, sha256, text, problems };
}

function expectedOf(questions: ReadonlyMap<string, QuestionRow>, answers: readonly ForeignAnswer[]): ExpectedAnswer[] {
  const byId = new Map(answers.map((answer) => [answer.questionId, answer]));
  return [...questions].map(([questionId, { image }]) => ({ questionId, image, answer: byId.get(questionId) ?? null }));
}

function nothingToScore(fileName: string, problems: readonly ImportProblem[]): WorkbenchError {
  const strangers = problems.filter(({ code }) => code === 'unknown-id').length;
  if (strangers > 0 && problems.every(({ action, code }) => action === 'kept' || code === 'unknown-id')) {
    return new WorkbenchError(
      'E-SCHEMA',
      `None of the ${strangers} ids in ${fileName} is in the question file: they belong to other questions.`,
      {
        safe: 'Nothing was stored.',
        remedy: 'Choose the question file that these answers were made from, or drop the answers alone.',
        details: { problems: problems.slice(0, 20) },
      },
    );
  }
  return new WorkbenchError('E-SCHEMA', `${fileName} holds no row that can be scored. ${problems[0]?.reason ?? 'It is empty.'}`, {
    safe: 'Nothing was stored.',
    remedy: 'Choose a file with one JSON object per line, each with `question_id` and `text`, and its question file if there is one.',
    details: { problems: problems.slice(0, 20) },
  });
}

interface PlacedAnswer extends ImagePlace {
  questionId: string;
  answer: ForeignAnswer | null;
}

/** An image has one answer in a report; second ones are reported and left out. */
function withoutDuplicates({ expected, imported }: ReadFiles, place: ImagePlaces): PlacedAnswer[] {
  const placed = new Map<string, PlacedAnswer>();
  for (const { questionId, image, answer } of expected) {
    const at = place.of(image ?? `question-${questionId}`);
    const first = placed.get(at.sampleId);
    if (!first) placed.set(at.sampleId, { ...at, questionId, answer });
    else {
      const reason = `The image ${at.path} has an answer already, of question ${first.questionId}; the first one is taken.`;
      imported.problems.push({ code: 'duplicate-image', path: answer?.place ?? questionId, reason, action: 'left-out' });
    }
  }
  return [...placed.values()];
}

function newRecord({ imported }: ReadFiles, expected: readonly PlacedAnswer[], { dataset }: ImagePlaces, codeVersion: string): EvalRecord {
  const now = Date.now();
  const first = expected.find(({ answer }) => answer)?.answer;
  const modelName = first?.modelId ?? imported.fileName;
  return {
    id: `eval-${crypto.randomUUID().slice(0, 8)}`,
    name: `${modelName} on ${dataset?.name ?? imported.fileName}`,
    createdAt: now,
    updatedAt: now,
    state: 'done',
    config: { ...DEFAULT_EVAL, prompt: first?.prompt || DEFAULT_EVAL.prompt },
    datasetId: dataset?.id ?? IMPORTED,
    datasetName: dataset?.name ?? imported.fileName,
    datasetHash: dataset?.contentHash ?? '',
    modelId: IMPORTED,
    modelName,
    synthetic: dataset?.synthetic ?? false,
    sampleIds: expected.map(({ sampleId }) => sampleId),
    codeVersion,
    imported: { ...imported, problems: limitProblems(imported.problems), unanswered: unansweredByDomain(expected) },
  };
}

const domainOf = (path: string): string => namedLevels(normalisePath(path)).domain ?? UNNAMED_DOMAIN;

function unansweredByDomain(expected: readonly PlacedAnswer[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { path, answer } of expected) {
    if (!answer) counts.set(domainOf(path), (counts.get(domainOf(path)) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

async function storeAnswers(
  record: EvalRecord,
  expected: readonly PlacedAnswer[],
  { db, signal, progress }: AnswersContext,
): Promise<void> {
  const report = throttle(progress);
  for (let start = 0; start < expected.length; start += BATCH_SIZE) {
    signal.throwIfAborted();
    const batch = expected.slice(start, start + BATCH_SIZE);
    await putAnswers(
      db,
      batch.flatMap((placed, i) => (placed.answer ? [answerRecord(record, placed, placed.answer, start + i)] : [])),
    );
    const done = start + batch.length;
    report({ done, total: expected.length }, done === expected.length);
  }
}

/** Paragraphs are scored without the image: R = PCR, and every card says so. */
function answerRecord(
  record: EvalRecord,
  { sampleId, path, questionId }: PlacedAnswer,
  answer: ForeignAnswer,
  position: number,
): AnswerRecord {
  const { reward, parser } = record.config;
  const scored = scoreCompletion(answer.text, { reward, parser, hasImage: false, cosineOf: () => null });
  const { label: folder } = namedLevels(normalisePath(path));
  return {
    ...scored,
    predict: answer.predict,
    parseRule: answer.parseRule,
    evalId: record.id,
    sampleId,
    index: /^\d+$/.test(questionId) ? Number(questionId) : position,
    path,
    domain: domainOf(path) === UNNAMED_DOMAIN ? (answer.domain ?? UNNAMED_DOMAIN) : domainOf(path),
    label: answer.label ?? folder, // the stored image's folder, where the file names the image without one
    text: answer.text,
    pFakeHead: answer.pFakeHead,
    pFakeToken: answer.pFakeToken,
    truncated: false,
    tokenCount: 0,
    elapsedMs: 0,
  };
}

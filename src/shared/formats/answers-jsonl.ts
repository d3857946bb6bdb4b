// answers.jsonl: written in the official shape, and read from anywhere (spec/formats.md 2). Pure.
//
// Read are the DX-LLaVA flavour (with `predict`, mostly with `label`), the plain LLaVA flavour (joined to its question file by
// `question_id`) and our own, whose figures lie under `workbench`.
import type { AnswerRecord } from '../domain/answer.ts';
import type { EvalRecord } from '../domain/run.ts';
import type { ImportProblem, Label } from '../domain/sample.ts';
import { parseAnswer } from '../text/answer-parsers.ts';
import { COMMA, isRecord, labelOf, readLines, writeLines, type JsonLine } from './jsonl.ts';
import { LineTally } from './line-tally.ts';
import type { QuestionRow } from './questions-jsonl.ts';

/** One usable row of an answers file. */
export interface ForeignAnswer {
  questionId: string;
  /** Where the row stands: `answers.jsonl#12`. */
  place: string;
  /** As found in row or question file; null where neither names one. */
  image: string | null;
  prompt: string;
  text: string;
  /** As the file says, else by the official evaluation parser; null = unparsed. */
  predict: Label | null;
  /** `file`, or the rule of the parser where the file had none. */
  parseRule: string;
  label: Label | null;
  modelId: string | null;
  pFakeHead: number | null;
  pFakeToken: number | null;
}

export interface AnswersFile {
  /** Lines that are not blank, good or bad. */
  rowCount: number;
  answers: ForeignAnswer[];
  problems: ImportProblem[];
}

/**
 * Reads an answers file. Good lines are kept; broken lines, rows without text, second rows of an id and ids that the question
 * file does not have become problems with their line numbers. Never throws.
 * @param questions of the question file by id; null without one
 */
export function readAnswers(fileName: string, text: string, questions: ReadonlyMap<string, QuestionRow> | null): AnswersFile {
  const { rows, problems, commas } = readLines(fileName, text);
  const rowCount = rows.length + problems.length;
  const answers = new Map<string, ForeignAnswer>();
  const tally = new LineTally();
  for (const place of commas) tally.add('json-comma', place, COMMA);
  for (const row of rows) {
    const answer = readRow(row, questions, tally);
    if (typeof answer === 'string') problems.push({ code: 'row-invalid', path: row.place, reason: answer, action: 'left-out' });
    else if (answers.has(answer.questionId)) {
      const reason = `The question_id ${answer.questionId} was answered before, in ${answers.get(answer.questionId)?.place}; the first row is taken.`;
      problems.push({ code: 'duplicate-id', path: row.place, reason, action: 'left-out' });
    } else if (questions && !questions.has(answer.questionId)) {
      const reason = `The question file has no question_id ${answer.questionId}.`;
      problems.push({ code: 'unknown-id', path: row.place, reason, action: 'left-out' });
    } else answers.set(answer.questionId, answer);
  }
  return { rowCount, answers: [...answers.values()], problems: [...problems, ...tally.problems()] };
}

/** The sentence says why a row cannot be used. */
function readRow(
  { place, position, value }: JsonLine,
  questions: ReadonlyMap<string, QuestionRow> | null,
  tally: LineTally,
): ForeignAnswer | string {
  if (!isRecord(value)) return 'The line is not a JSON object.';
  const { question_id: id, text, prompt, model_id: model, image } = value;
  if (typeof text !== 'string') return text === undefined ? '`text` is missing.' : '`text` is not a string.';
  if (id !== undefined && typeof id !== 'number' && typeof id !== 'string') return '`question_id` is neither a number nor a string.';
  if (id === undefined) tally.add('id-missing', place, '`question_id` is missing; the position in the file is taken.');
  const questionId = String(id ?? position);
  const question = questions?.get(questionId);
  const extra = isRecord(value['workbench']) ? value['workbench'] : {};
  const path = [image, question?.image, extra['image']].find((name) => typeof name === 'string' && name !== '');
  return {
    questionId,
    place,
    image: typeof path === 'string' ? path : null,
    prompt: typeof prompt === 'string' ? prompt : (question?.text ?? ''),
    text,
    ...readPrediction(value['predict'], text, place, tally),
    label: readLabel(value['label'], question?.label ?? null, typeof path === 'string' ? path : '', place, tally),
    modelId: typeof model === 'string' ? model : null,
    pFakeHead: readScore(extra, 'p_fake_head', place, tally),
    pFakeToken: readScore(extra, 'p_fake_token', place, tally),
  };
}

/** What the file says counts, even where our parser reads the text otherwise: it is the score that was reported. */
function readPrediction(given: unknown, text: string, place: string, tally: LineTally): Pick<ForeignAnswer, 'predict' | 'parseRule'> {
  const parsed = parseAnswer(text, 'eval');
  const fromText = { predict: parsed.answer, parseRule: parsed.rule };
  if (given === undefined) {
    tally.add('predict-missing', place, '`predict` is missing; the answer is read from the text.');
    return fromText;
  }
  const predict = labelOf(given);
  if (predict === null && given !== 'None' && given !== null) {
    tally.add('predict-invalid', place, '`predict` is neither `real`, `fake` nor `None`; the answer is read from the text.');
    return fromText;
  }
  if (predict !== parsed.answer) {
    tally.add('predict-differs', place, 'The official parser reads the text otherwise than `predict` says; `predict` is taken.');
  }
  return { predict, parseRule: 'file' };
}

/** Row, then question file, then the folder in the path. */
function readLabel(given: unknown, asked: Label | null, path: string, place: string, tally: LineTally): Label | null {
  const own = labelOf(given);
  if (given !== undefined && given !== null && own === null) tally.add('label-invalid', place, '`label` is neither `real` nor `fake`.');
  const folder =
    path
      .split(/[\\/]/)
      .slice(0, -1)
      .map(labelOf)
      .findLast((label) => label !== null) ?? null;
  const label = own ?? asked ?? folder;
  if (label === null) tally.add('label-missing', place, 'No label in row, question file or path; such rows are not scored.');
  else if (folder !== null && folder !== label) {
    tally.add('label-contradicts-folder', place, 'The label contradicts the folder in the path; the label is taken.');
  } else if (own !== null && asked !== null && own !== asked) {
    tally.add('label-contradicts-question', place, 'Answer and question file give different labels; that of the answer is taken.');
  }
  return label;
}

/** P(fake); null where the row has none, which is fine, or where it cannot be one, which is told. Other tools write numbers as texts. */
function readScore(extra: Record<string, unknown>, name: 'p_fake_head' | 'p_fake_token', place: string, tally: LineTally): number | null {
  const given = extra[name];
  if (given === undefined || given === null) return null;
  const score = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof score === 'number' && score >= 0 && score <= 1) {
    if (score !== given) tally.add(`${name}-text`, place, `\`${name}\` is a text; it is read as a number.`);
    return score;
  }
  tally.add(`${name}-invalid`, place, `\`${name}\` is no number from 0 to 1; such answers have no score.`);
  return null;
}

/**
 * One line per answer in the official shape; our own figures under `workbench`, where strict readers ignore them. Failed samples
 * are left out, as the official script never writes them. Of answers made elsewhere nothing is claimed that nobody here knows.
 */
export function writeAnswers(record: EvalRecord, answers: readonly AnswerRecord[]): string {
  return writeLines(answers.filter(({ failure }) => !failure).map((answer) => answerRow(record, answer)));
}

/** @param extra goes under `workbench` too */
export function answerRow(record: EvalRecord, answer: AnswerRecord, extra: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    question_id: answer.index,
    prompt: record.config.prompt,
    text: answer.text.trim(),
    answer_id: `${record.id}-${answer.index}`,
    model_id: record.modelId === 'imported' ? record.modelName : record.modelId,
    predict: answer.predict ?? 'None',
    ...(answer.label === null ? {} : { label: answer.label }),
    ...(record.imported ? {} : { preprocessing: record.engine?.backend === 'webgpu' ? 'browser_webgpu' : 'browser_cpu' }),
    workbench: { ...ownFigures(record, answer), ...extra },
  };
}

function ownFigures(record: EvalRecord, answer: AnswerRecord) {
  return {
    image: answer.path,
    p_fake_head: answer.pFakeHead,
    p_fake_token: answer.pFakeToken,
    parse_rule: answer.parseRule,
    ...(record.imported ? {} : { seed: record.config.decoding.seed }),
    run_id: record.id,
    paragraphs: answer.paragraphs.map(({ keyword, vcr, pcr, reward, vote, isFinal, hasImage }) => ({
      keyword,
      vcr: hasImage ? vcr : null,
      pcr,
      reward,
      vote,
      is_final: isFinal,
    })),
  };
}

/** The question file that an evaluation's answers belong to. */
export function writeQuestions(record: EvalRecord, answers: readonly AnswerRecord[]): string {
  return writeLines(
    answers.map(({ index, path, label }) => ({ question_id: index, image: path, text: record.config.prompt, ...(label && { label }) })),
  );
}

// answers.jsonl made anywhere (spec/formats.md 2): the DX-LLaVA flavour (with `predict`, mostly with `label`), the plain LLaVA flavour
// (joined to its question file by `question_id`), official result files, and our own, whose figures lie under `workbench`. Pure.
import type { ImportProblem, Label } from '../domain/sample.ts';
import { readId, readLabel, readPrediction, readScores, readSource, readText } from './answer-fields.ts';
import { readAnswerRows, type AnswerRows } from './answer-rows.ts';
import { COMMA, isRecord, type JsonLine } from './jsonl.ts';
import { LineTally } from './line-tally.ts';
import type { QuestionRow } from './questions-jsonl.ts';

/** One usable row of an answers file. */
export interface ForeignAnswer {
  questionId: string;
  /** Where the row stands: `answers.jsonl#12`. */
  place: string;
  /** As found in row or question file; null where neither names one. */
  image: string | null;
  /** Named by the row itself, for images without a path; null where it is not. */
  domain: string | null;
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

type Questions = ReadonlyMap<string, QuestionRow> | null;

/**
 * Reads an answers file. Good lines are kept; broken lines, rows without text, second rows of an id and ids that the question
 * file does not have become problems with their line numbers. Never throws.
 * @param questions of the question file by id; null without one
 */
export function readAnswers(fileName: string, text: string, questions: Questions): AnswersFile {
  return answersOf(readAnswerRows(fileName, text), questions);
}

/** The same of rows that are parsed already. */
export function answersOf({ rows, problems: broken, commas, unit }: AnswerRows, questions: Questions): AnswersFile {
  const problems = [...broken];
  const answers = new Map<string, ForeignAnswer>();
  const tally = new LineTally(unit);
  for (const place of commas) tally.add('json-comma', place, COMMA);
  for (const row of rows) {
    const answer = readRow(row, questions, tally);
    const leftOut = (code: string, reason: string) => problems.push({ code, path: row.place, reason, action: 'left-out' });
    if (typeof answer === 'string') leftOut('row-invalid', answer);
    else if ('unknownId' in answer) leftOut('unknown-id', `The question file has no question_id ${answer.unknownId}.`);
    else if (answers.has(answer.questionId)) {
      const first = answers.get(answer.questionId)?.place;
      leftOut('duplicate-id', `The question_id ${answer.questionId} was answered before, in ${first}; the first row is taken.`);
    } else answers.set(answer.questionId, answer);
  }
  return { rowCount: rows.length + broken.length, answers: [...answers.values()], problems: [...problems, ...tally.problems()] };
}

/** The sentence says why a row cannot be used. */
function readRow(
  { place, position, value }: JsonLine,
  questions: Questions,
  tally: LineTally,
): ForeignAnswer | { unknownId: string } | string {
  if (!isRecord(value)) return 'The line is not a JSON object.';
  const at = { place, tally };
  const written = readText(value, at);
  if (typeof written === 'string') return written;
  const found = readId(value);
  if (typeof found === 'string') return found;
  if (found.id === null) tally.add('id-missing', place, '`question_id` is missing; the position in the file is taken.');
  const { text } = written;
  const questionId = found.id ?? String(position);
  const question = questions?.get(questionId);
  if (questions && !question) return { unknownId: questionId }; // nothing else of it is told
  const { prompt, model_id: model, workbench } = value;
  const paths = [value['image'], question?.image, isRecord(workbench) ? workbench['image'] : undefined];
  const image = paths.find((name): name is string => typeof name === 'string' && name !== '') ?? null;
  return {
    questionId,
    place,
    image,
    domain: readSource(value),
    prompt: typeof prompt === 'string' ? prompt : (question?.text ?? ''),
    text,
    ...readPrediction(value, text, at),
    label: readLabel(value, question?.label ?? null, image ?? '', at),
    modelId: typeof model === 'string' ? model : null,
    ...readScores(value, at),
  };
}

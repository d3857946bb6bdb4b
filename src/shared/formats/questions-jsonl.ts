// A question file: one JSON object per line with the image that an answer belongs to (spec/formats.md 2).
import type { ImportProblem, Label } from '../domain/sample.ts';
import { COMMA, isRecord, labelOf, longIdFault, readLines } from './jsonl.ts';
import { LineTally } from './line-tally.ts';

export interface QuestionRow {
  image: string;
  text: string;
  label: Label | null;
}

export interface QuestionsFile {
  /** By `question_id`, in file order; the position where a row has none. */
  questions: Map<string, QuestionRow>;
  problems: ImportProblem[];
}

/** Reads a question file. Rows that cannot be used, and second rows of an id, become problems. */
export function readQuestions(fileName: string, text: string): QuestionsFile {
  const { rows, problems, commas } = readLines(fileName, text);
  const tally = new LineTally();
  for (const place of commas) tally.add('json-comma', place, COMMA);
  const questions = new Map<string, QuestionRow>();
  const leftOut = (code: string, path: string, reason: string) => problems.push({ code, path, reason, action: 'left-out' });
  for (const { place, position, value } of rows) {
    if (!isRecord(value) || typeof value['image'] !== 'string') {
      leftOut('question-invalid', place, 'A question needs an `image`.');
      continue;
    }
    const { question_id: given, text: asked } = value;
    const fault = longIdFault('question_id', given);
    if (fault !== null) {
      leftOut('question-invalid', place, fault);
      continue;
    }
    const id = typeof given === 'string' || typeof given === 'number' ? String(given) : String(position);
    if (questions.has(id)) leftOut('question-duplicate-id', place, `The question_id ${id} was used before; the first row is taken.`);
    else questions.set(id, { image: value['image'], text: typeof asked === 'string' ? asked : '', label: labelOf(value['label']) });
  }
  return { questions, problems: [...problems, ...tally.problems()] };
}

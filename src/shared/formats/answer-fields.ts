// The fields of one row of an answers file, by the names that the official scripts and their neighbours give them. What is read from
// another place than the official one, and what cannot be read, is told. Pure.
import type { Label } from '../domain/sample.ts';
import { parseAnswer } from '../text/answer-parsers.ts';
import { TEXT_NAMES } from './answer-names.ts';
import { isRecord, labelOf, longIdFault } from './jsonl.ts';
import type { LineTally } from './line-tally.ts';

type Row = Record<string, unknown>;

/** Where a row stands, and who is told about it. */
export interface RowPlace {
  place: string;
  tally: LineTally;
}

const isThere = (value: unknown): boolean => value !== undefined && value !== null;

/** The first of `names` that the row has a value for; undefined where it has none. */
function firstOf(row: Row, names: readonly string[]): string | undefined {
  return names.find((name) => isThere(row[name]));
}

/** The written answer, or a sentence that says why there is none. */
export function readText(row: Row, { place, tally }: RowPlace): { text: string } | string {
  const name = row['text'] === undefined ? firstOf(row, TEXT_NAMES) : undefined;
  if (name !== undefined) tally.add('text-elsewhere', place, `\`text\` is missing; \`${name}\` is read in its place.`);
  const text = row[name ?? 'text'];
  if (typeof text === 'string') return { text };
  return text === undefined ? '`text` is missing.' : `\`${name ?? 'text'}\` is not a string.`;
}

/** `question_id`, or `index` and `id` where other scripts put it; null where there is none, a sentence where it is no id. */
export function readId(row: Row): { id: string | null } | string {
  const name = firstOf(row, ['question_id', 'index', 'id']);
  if (name === undefined) return { id: null };
  const id = row[name];
  const fault = longIdFault(name, id);
  if (fault !== null) return fault;
  if (typeof id === 'number' || typeof id === 'string') return { id: String(id) };
  return name === 'question_id' ? '`question_id` is neither a number nor a string.' : { id: null };
}

/** Class words, and the numbers of `binary_label`: 1 is fake. */
function classOf(row: Row, name: string, { place, tally }: RowPlace): Label | null {
  const value = row[name];
  if (value !== 0 && value !== 1) return labelOf(value);
  tally.add(`${name}-number`, place, `\`${name}\` is a number: 1 is read as fake and 0 as real, as \`binary_label\` has them.`);
  return value === 1 ? 'fake' : 'real';
}

/** What the file says counts, even where our parser reads the text otherwise: it is the score that was reported. */
export function readPrediction(row: Row, text: string, at: RowPlace): { predict: Label | null; parseRule: string } {
  const { place, tally } = at;
  const parsed = parseAnswer(text, 'eval');
  const fromText = { predict: parsed.answer, parseRule: parsed.rule };
  const name = row['predict'] === undefined && row['prediction'] !== undefined ? 'prediction' : 'predict';
  const given = row[name];
  if (given === undefined) {
    tally.add('predict-missing', place, '`predict` is missing; the answer is read from the text.');
    return fromText;
  }
  const predict = classOf(row, name, at);
  if (predict === null && given !== 'None' && given !== null) {
    tally.add('predict-invalid', place, `\`${name}\` is neither \`real\`, \`fake\` nor \`None\`; the answer is read from the text.`);
    return fromText;
  }
  if (predict !== parsed.answer) {
    tally.add('predict-differs', place, `The official parser reads the text otherwise than \`${name}\` says; \`${name}\` is taken.`);
  }
  return { predict, parseRule: 'file' };
}

/** The row, then the question file, then the folder in the path. */
export function readLabel(row: Row, asked: Label | null, path: string, at: RowPlace): Label | null {
  const { place, tally } = at;
  const name = firstOf(row, ['label', 'ground_truth', 'binary_label']);
  const own = name === undefined ? null : classOf(row, name, at);
  if (name !== undefined && own === null) tally.add('label-invalid', place, `\`${name}\` is neither \`real\` nor \`fake\`.`);
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

/** Says of which class it is the probability, so that it can be read. */
const FAKE_SCORES = ['p_fake', 'prob_fake', 'fake_prob', 'fake_probability', 'probability_fake', 'fake_score', 'score_fake'] as const;
/** Do not say it. */
const VAGUE_SCORES = ['score', 'prob', 'probability', 'confidence', 'logit'] as const;

export interface ReadScores {
  pFakeHead: number | null;
  pFakeToken: number | null;
}

/** Our own under `workbench` or beside the text, else a P(fake) of another name, which takes the head's place. */
export function readScores(row: Row, at: RowPlace): ReadScores {
  const own = isRecord(row['workbench']) ? { ...row, ...row['workbench'] } : row;
  const scores = { pFakeHead: readScore(own, 'p_fake_head', at), pFakeToken: readScore(own, 'p_fake_token', at) };
  if (isThere(own['p_fake_head']) || isThere(own['p_fake_token'])) return scores;
  const name = firstOf(row, FAKE_SCORES);
  const { place, tally } = at;
  if (name !== undefined) {
    const pFakeHead = readScore(row, name, at);
    if (pFakeHead !== null) tally.add('score-named', place, `\`${name}\` is read as P(fake), in the place of the binary head's.`);
    return { pFakeHead, pFakeToken: null };
  }
  const vague = VAGUE_SCORES.find((one) => typeof row[one] === 'number');
  // The \`score\` of an official result file is its reward.
  if (vague !== undefined && row['ground_truth'] === undefined) {
    tally.add(
      'score-unread',
      place,
      `\`${vague}\` is not read: it does not say whether it is the probability of fake. Name it \`p_fake\` if it is.`,
    );
  }
  return scores;
}

/** P(fake); null where the row has none, which is fine, or where it cannot be one, which is told. Other tools write numbers as texts. */
function readScore(row: Row, name: string, { place, tally }: RowPlace): number | null {
  const given = row[name];
  if (!isThere(given)) return null;
  const score = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof score === 'number' && score >= 0 && score <= 1) {
    if (score !== given) tally.add(`${name}-text`, place, `\`${name}\` is a text; it is read as a number.`);
    return score;
  }
  tally.add(`${name}-invalid`, place, `\`${name}\` is no number from 0 to 1; such answers have no score.`);
  return null;
}

/** `llava-ddim` of an official result file is the domain ddim. */
export function readSource(row: Row): string | null {
  const source = row['data_source'];
  const name = typeof source === 'string' ? source.replace(/^llava-/i, '').trim() : '';
  return name === '' || /[\\/]/.test(name) ? null : name;
}

// The questions that the official evaluation script builds from a training JSON: `random.seed(seed)`, `random.sample` of the rows
// in file order, then one question per row whose answer names a label (spec/formats.md 1, 2). Ids and order are the script's.
import type { Label, SampleRecord } from './domain/sample.ts';
import { PythonRandom } from './python-random.ts';
import { pythonStrip } from './text/python-text.ts';

/** One line of the question file. */
export interface OfficialQuestion {
  question_id: number;
  image: string;
  text: string;
  label: Label;
}

/** What the rule made of a dataset. */
export interface OfficialSubset {
  questions: OfficialQuestion[];
  /** Samples behind the questions, in their order. */
  sampleIds: string[];
  /** Drawn rows that the script leaves out: their answer is not exactly real or fake. */
  skipped: number;
  /** Rows that could be drawn. */
  available: number;
}

/** The script's default values. */
export const OFFICIAL_SIZE = 1000;
export const OFFICIAL_SEED = 42;

const MARKER = '### Answer:';

/**
 * Draws the subset.
 * @param samples those with an annotation count; they are put in the order of the file they came from
 * @param size as the script's: with fewer rows than this all are taken, in file order and without drawing
 */
export function officialSubset(samples: readonly SampleRecord[], size: number, seed: number): OfficialSubset {
  const rows = samples.filter(({ annotation }) => annotation !== undefined).toSorted(bySource);
  const drawn = rows.length < size ? rows : new PythonRandom(seed).sample(rows, size);
  const kept = drawn.flatMap((sample) => {
    const label = officialLabel(sample);
    return label ? [{ sample, label }] : [];
  });
  const questions = kept.map(({ sample, label }, index) => ({
    question_id: index,
    image: sample.path,
    text: sample.annotation?.question ?? '',
    label,
  }));
  return { questions, sampleIds: kept.map(({ sample }) => sample.id), skipped: drawn.length - kept.length, available: rows.length };
}

/** `train.json#12`: files by name, rows by number; rows of unknown origin by path. */
function bySource(a: SampleRecord, b: SampleRecord): number {
  const [left, right] = [placeOf(a), placeOf(b)];
  return compare(left.file, right.file) || left.row - right.row || compare(a.path, b.path);
}

function placeOf({ annotation }: SampleRecord): { file: string; row: number } {
  const source = annotation?.source ?? '';
  const at = source.lastIndexOf('#');
  return at < 0 ? { file: source, row: 0 } : { file: source.slice(0, at), row: Number(source.slice(at + 1)) };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The text after the last marker, exactly; without a marker the folder of the image. */
function officialLabel({ annotation, path }: SampleRecord): Label | null {
  const answer = annotation?.answer ?? '';
  if (answer.includes(MARKER)) {
    const text = pythonStrip(answer.slice(answer.lastIndexOf(MARKER) + MARKER.length)).toLowerCase();
    return text === 'real' || text === 'fake' ? text : null;
  }
  if (path.includes('real/')) return 'real';
  return path.includes('fake/') ? 'fake' : null;
}

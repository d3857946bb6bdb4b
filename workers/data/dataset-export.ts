// Writes a dataset out: LLaVA training JSON, question JSONL, a zip of the folder with both (spec/formats.md 1, 2), or
// a zip in the layout that Hugging Face `datasets` loads as `imagefolder`.
import { RL_PROMPT } from '../../src/shared/config/prompts.ts';
import type { Annotation, SampleRecord } from '../../src/shared/domain/sample.ts';
import type { DataApi, WrittenFile } from '../../src/shared/data-api.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { listSamples } from '../../src/shared/storage/samples.ts';
import type { Marks } from './annotation-rows.ts';
import { PictureFiles } from './exports/picture-files.ts';
import { zipBlob } from './zip-blob.ts';

export type ExportFormat = DataApi['exportDataset']['params']['format'];

interface ExportContext {
  signal: AbortSignal;
  progress: (progress: { done: number; total: number }) => void;
}

/** The dataset in one of the formats. @throws E-CANCELLED through the signal; the first fault where no picture could be read */
export async function exportDataset(db: Database, datasetId: string, format: ExportFormat, context: ExportContext): Promise<WrittenFile> {
  const samples = await listSamples(db, datasetId);
  const pictures = new PictureFiles(db);
  const file = await writeFormat(format, samples, pictures, context);
  return { file, leftOut: pictures.leftOut };
}

async function writeFormat(
  format: ExportFormat,
  samples: readonly SampleRecord[],
  pictures: PictureFiles,
  context: ExportContext,
): Promise<Blob> {
  if (format === 'llava-json') return new Blob([trainJson(samples)], { type: 'application/json' });
  if (format === 'question-jsonl') return new Blob([questionLines(samples)], { type: 'application/jsonl' });
  return zipBlob(format === 'imagefolder' ? imageFolderFiles(samples, pictures, context) : zipFiles(samples, pictures, context));
}

/** One row per annotated sample. */
export function trainJson(samples: readonly SampleRecord[]): string {
  const rows = samples.flatMap((sample) => {
    const { path, label, annotation } = sample;
    if (!annotation) return [];
    const known = label === null ? undefined : Number(label === 'fake');
    const binaryLabel = annotation.binaryLabel ?? known;
    return [{ id: path, image: path, conversations: turnsOf(annotation), binary_label: binaryLabel, ...marksOf(sample) }];
  });
  return `${JSON.stringify(rows, null, 2)}\n`;
}

/** A turn that was missing stays missing, as long as there is another one. */
function turnsOf({ question, answer }: Annotation): { from: string; value: string }[] {
  const turns = [
    { from: 'human', value: question },
    { from: 'gpt', value: answer },
  ];
  const written = turns.filter(({ value }) => value !== '');
  return written.length > 0 ? written : turns;
}

/** Tags, note and rating under the project's own key; nothing where there are none. An import reads them again. */
function marksOf({ tags, note, rating }: SampleRecord): { workbench?: Marks } {
  if (tags.length === 0 && !note && !rating) return {};
  return { workbench: { tags, ...(note ? { note } : {}), ...(rating ? { rating } : {}) } };
}

/** Marks of samples that stand in neither of the other files. */
function marksLines(samples: readonly SampleRecord[]): string {
  const hasQuestions = samples.some(({ questionText }) => questionText !== undefined);
  const rows = samples.flatMap((sample) => {
    const isTold = sample.annotation !== undefined || !hasQuestions || sample.questionText !== undefined;
    const marks = isTold ? {} : marksOf(sample);
    return marks.workbench ? [{ image: sample.path, ...marks }] : [];
  });
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** One line per sample that has a question, or per sample where none has one. `question_id` counts from 0. */
function questionLines(samples: readonly SampleRecord[]): string {
  const asked = samples.filter((sample) => sample.questionText !== undefined);
  const rows = (asked.length > 0 ? asked : samples).map((sample, index) => ({
    question_id: index,
    image: sample.path,
    text: sample.questionText ?? RL_PROMPT,
    ...(sample.label && { label: sample.label }),
    ...marksOf(sample),
  }));
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

async function* zipFiles(samples: readonly SampleRecord[], pictures: PictureFiles, { signal, progress }: ExportContext) {
  yield { name: 'train.json', input: trainJson(samples) };
  yield { name: 'questions.jsonl', input: questionLines(samples) };
  const marks = marksLines(samples);
  if (marks) yield { name: 'tags.jsonl', input: marks };
  for (const [index, sample] of samples.entries()) {
    signal.throwIfAborted();
    const bytes = await pictures.read(sample);
    if (bytes) yield { name: sample.path, input: bytes };
    progress({ done: index + 1, total: samples.length });
  }
  yield* leftOutFile(pictures);
}

function* leftOutFile(pictures: PictureFiles) {
  const { list } = pictures;
  if (list) yield { name: 'left-out.txt', input: list };
}

/** Folder of a split as `datasets` recognises it; samples without a split go beside them and are found by their own folder. */
const SPLIT_FOLDERS: Record<SampleRecord['split'], string> = { train: 'train', val: 'validation', test: 'test', none: 'unsplit' };

/**
 * `<split>/metadata.jsonl` beside `<split>/<domain>/<label>/<file>`, loaded by `load_dataset("imagefolder", data_dir=...)`. Rows of
 * pictures that are left out are left out too: `datasets` refuses a row without its file.
 * @see https://huggingface.co/docs/datasets/image_dataset
 */
async function* imageFolderFiles(samples: readonly SampleRecord[], pictures: PictureFiles, { signal, progress }: ExportContext) {
  const written: SampleRecord[] = [];
  for (const [index, sample] of samples.entries()) {
    signal.throwIfAborted();
    const bytes = await pictures.read(sample);
    if (bytes) {
      yield { name: `${SPLIT_FOLDERS[sample.split]}/${nameInSplit(sample)}`, input: bytes };
      written.push(sample);
    }
    progress({ done: index + 1, total: samples.length });
  }
  for (const split of new Set(written.map((sample) => sample.split))) {
    const own = written.filter((sample) => sample.split === split);
    yield { name: `${SPLIT_FOLDERS[split]}/metadata.jsonl`, input: metadataLines(own) };
  }
  yield* leftOutFile(pictures);
}

/** The path without its split folder: the split is the folder above. */
function nameInSplit({ path, split }: SampleRecord): string {
  const folders = path.split('/');
  const at = folders.findIndex((folder) => folder.toLowerCase() === split);
  return at < 0 ? path : folders.toSpliced(at, 1).join('/');
}

/**
 * One line per image; `file_name` is relative to the file. Every value is a string, empty where there is none: `datasets` takes the
 * types of each split from its lines, and refuses splits that differ, as nulls and empty lists make them do.
 */
function metadataLines(samples: readonly SampleRecord[]): string {
  const rows = samples.map((sample) => ({
    file_name: nameInSplit(sample),
    label: sample.label ?? '',
    domain: sample.domain,
    question: sample.annotation?.question ?? sample.questionText ?? '',
    answer: sample.annotation?.answer ?? '',
    tags: sample.tags.join(' '),
    sha256: sample.sha256,
  }));
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

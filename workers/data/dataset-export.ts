// Writes a dataset out: LLaVA training JSON, question JSONL, or a zip of the folder with both (spec/formats.md 1, 2).
import { downloadZip } from 'client-zip';
import { RL_PROMPT } from '../../src/shared/config/prompts.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import type { DataApi } from '../../src/shared/protocol.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { getImage, listSamples } from '../../src/shared/storage/samples.ts';

export type ExportFormat = DataApi['exportDataset']['params']['format'];

interface ExportContext {
  signal: AbortSignal;
  progress: (progress: { done: number; total: number }) => void;
}

/** The dataset in one of the formats. @throws E-CANCELLED through the signal */
export async function exportDataset(db: Database, datasetId: string, format: ExportFormat, context: ExportContext): Promise<Blob> {
  const samples = await listSamples(db, datasetId);
  if (format === 'llava-json') return new Blob([trainJson(samples)], { type: 'application/json' });
  if (format === 'question-jsonl') return new Blob([questionLines(samples)], { type: 'application/jsonl' });
  return downloadZip(zipFiles(db, samples, context)).blob();
}

/** One row per annotated sample. */
export function trainJson(samples: readonly SampleRecord[]): string {
  const rows = samples.flatMap(({ path, label, annotation }) => {
    if (!annotation) return [];
    const conversations = [
      { from: 'human', value: annotation.question },
      { from: 'gpt', value: annotation.answer },
    ];
    const known = label === null ? undefined : Number(label === 'fake');
    return [{ id: path, image: path, conversations, binary_label: annotation.binaryLabel ?? known }];
  });
  return `${JSON.stringify(rows, null, 2)}\n`;
}

/** One line per sample that has a question, or per sample where none has one. `question_id` counts from 0. */
export function questionLines(samples: readonly SampleRecord[]): string {
  const asked = samples.filter((sample) => sample.questionText !== undefined);
  const rows = (asked.length > 0 ? asked : samples).map(({ path, label, questionText }, index) => ({
    question_id: index,
    image: path,
    text: questionText ?? RL_PROMPT,
    ...(label && { label }),
  }));
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

async function* zipFiles(db: Database, samples: readonly SampleRecord[], { signal, progress }: ExportContext) {
  yield { name: 'train.json', input: trainJson(samples) };
  yield { name: 'questions.jsonl', input: questionLines(samples) };
  for (const [index, { id, path }] of samples.entries()) {
    signal.throwIfAborted();
    yield { name: path, input: await (await getImage(db, id)).arrayBuffer() };
    progress({ done: index + 1, total: samples.length });
  }
}

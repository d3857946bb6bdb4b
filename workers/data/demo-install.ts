// Draws the demo benchmark and stores it as a dataset. Asking for more images of the same seed adds the missing ones.
import { encode } from 'fast-png';
import type { DatasetRecord, SampleRecord } from '../../src/shared/domain/sample.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { sha256Hex } from '../../src/shared/hash.ts';
import type { ImportProgress } from '../../src/shared/data-api.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { getDataset } from '../../src/shared/storage/datasets.ts';
import { addJournalEntry } from '../../src/shared/storage/journal.ts';
import type { NewSample } from '../../src/shared/storage/samples.ts';
import { listSampleIds } from '../../src/shared/storage/samples.ts';
import { DatasetWriter, emptyDataset } from './dataset-writer.ts';
import { demoSample, type DemoKey } from './demo/generate.ts';
import { PORTRAIT_SIZE, renderPortrait } from './demo/portrait.ts';
import { demoKeys, demoPath, questionRow, trainRow } from './demo/rows.ts';
import { throttle } from './pacing.ts';

const BATCH_SIZE = 20;

export interface DemoContext {
  db: Database;
  signal: AbortSignal;
  progress: (progress: ImportProgress) => void;
}

/** Which part of the benchmark: all domains, or one. */
export interface DemoRequest {
  seed: number;
  /** Images per domain, split and label. */
  perClass: number;
  domain?: string;
}

/** Id of the demo dataset of a seed, or of one domain of it. */
function demoDatasetId({ seed, domain }: DemoRequest): string {
  return domain ? `demo-${seed}-${domain}` : `demo-${seed}`;
}

/**
 * Stores what is missing of the images asked for.
 * @throws E-CANCELLED when stopped; what was stored by then is whole, and the dataset is `partial`
 */
export async function installDemo(request: DemoRequest, { db, signal, progress }: DemoContext): Promise<DatasetRecord> {
  const { seed, perClass, domain } = request;
  const id = demoDatasetId(request);
  const stored = new Set(await listSampleIds(db, id));
  const keys = [...demoKeys(seed, perClass)]
    .filter((key) => !domain || key.domain === domain)
    .map((key, questionId) => ({ key, questionId }));
  const missing = keys.filter(({ key }) => !stored.has(`${id}/${demoPath(key)}`));
  const existing = await getDataset(db, id);
  if (existing?.state === 'ready' && missing.length === 0) return existing;

  const name = `Demo: synthetic portraits, seed ${seed}${domain ? `, ${domain}` : ''}`;
  const writer = await DatasetWriter.open(db, existing ?? emptyDataset({ id, name, source: 'demo', synthetic: true }));
  const report = throttle(progress);
  for (let start = 0; start < missing.length && !signal.aborted; start += BATCH_SIZE) {
    const batch = missing.slice(start, start + BATCH_SIZE);
    await writer.write(await Promise.all(batch.map(({ key, questionId }) => drawSample(id, key, questionId))));
    const done = start + batch.length;
    report({ done, total: missing.length, phase: 'generate', imported: done, failed: 0 }, done === missing.length);
  }
  const finished = await writer.close(signal.aborted ? 'partial' : 'ready');
  await addJournalEntry(db, 'import-demo', `${name}: ${finished.imageCount} images drawn`);
  if (signal.aborted)
    throw new WorkbenchError('E-CANCELLED', 'Stopped.', {
      safe: 'The images drawn so far are stored.',
      remedy: 'Try the demo again to draw the rest.',
    });
  return finished;
}

/** Draws one picture; the PNG has the same bytes as the file that `npm run sample-data` writes. */
async function drawSample(datasetId: string, key: DemoKey, questionId: number): Promise<NewSample> {
  const { spec, artefacts } = demoSample(key);
  const bytes = new Uint8Array(encode({ ...renderPortrait(spec), channels: 3, depth: 8 }));
  const image = new Blob([bytes], { type: 'image/png' });
  const row = trainRow(key);
  const sample: SampleRecord = {
    id: `${datasetId}/${demoPath(key)}`,
    datasetId,
    path: demoPath(key),
    domain: key.domain,
    split: key.split,
    label: key.label,
    width: PORTRAIT_SIZE,
    height: PORTRAIT_SIZE,
    sizeBytes: bytes.byteLength,
    format: 'png',
    exifOrientation: 1,
    sha256: await sha256Hex(bytes),
    annotation: {
      question: row.conversations[0]?.value ?? '',
      answer: row.conversations[1]?.value ?? '',
      binaryLabel: row.binary_label,
      source: 'generator',
    },
    questionId,
    questionText: questionRow(key, questionId).text,
    problems: [],
    tags: [],
    artefacts,
  };
  return { sample, image, thumbnail: image }; // 128 px: small enough to be its own thumbnail
}

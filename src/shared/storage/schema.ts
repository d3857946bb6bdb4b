// The IndexedDB schema: every store, key and index. Behaviour (open, migrate, put in chunks) is in database.ts.
import type { DBSchema } from 'idb';
import type { AnswerRecord } from '../domain/answer.ts';
import type { CheckpointRecord, CompletionRecord, EvalRecord, RunRecord, StepRecord } from '../domain/run.ts';
import type { DatasetRecord, SampleRecord } from '../domain/sample.ts';

export const DATABASE_NAME = 'prpo-workbench';
export const DATABASE_VERSION = 1;

/** A stored file. Blobs, never typed arrays: one put of more than 133 MB of typed array fails in Chromium. */
export interface StoredFile {
  path: string;
  blob: Blob;
  /** Hex; checked on load. */
  sha256: string;
}

/** One line of the action log: what was done to data, by whom the user. */
export interface JournalEntry {
  timestamp: number;
  action: string;
  detail: string;
}

export interface WorkbenchSchema extends DBSchema {
  datasets: { key: string; value: DatasetRecord; indexes: { createdAt: number } };
  samples: { key: string; value: SampleRecord; indexes: { datasetId: string } };
  images: { key: string; value: { id: string; datasetId: string; blob: Blob }; indexes: { datasetId: string } };
  thumbnails: { key: string; value: { id: string; datasetId: string; blob: Blob }; indexes: { datasetId: string } };
  evals: { key: string; value: EvalRecord; indexes: { createdAt: number } };
  answers: { key: [string, string]; value: AnswerRecord; indexes: { evalId: string; sampleId: string } };
  runs: { key: string; value: RunRecord; indexes: { createdAt: number } };
  steps: { key: [string, number]; value: StepRecord; indexes: { runId: string } };
  completions: { key: [string, number, number]; value: CompletionRecord; indexes: { runId: string; runStep: [string, number] } };
  checkpoints: { key: string; value: CheckpointRecord; indexes: { createdAt: number; runId: string } };
  checkpointFiles: { key: [string, string]; value: StoredFile & { checkpointId: string }; indexes: { checkpointId: string } };
  /** Built-in model files by URL, so that a second visit needs no network. */
  modelCache: { key: string; value: StoredFile & { url: string } };
  settings: { key: string; value: { key: string; value: unknown } };
  journal: { key: number; value: JournalEntry };
}

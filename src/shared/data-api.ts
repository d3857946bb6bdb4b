// Calls that the data worker answers: what comes in, what goes out, what is asked of stored datasets. Types only: the wire is rpc.ts.
import type { HealthReport } from './domain/health.ts';
import type { DatasetRecord, ImportProblem, ImportSummary, Label, PicturePlace, Split } from './domain/sample.ts';
import type { LoadReport } from './engine-api.ts';
import type { OfficialSubset } from './official-subset.ts';

/** One dropped file with the path it had in the folder. */
export interface ImportEntry {
  /** Forward slashes, no leading slash. */
  path: string;
  file: File;
}

/** An image in a folder that may be read: opened when it is its turn, because the browser keeps about 7 kB for every opened file. */
export interface FolderImage {
  path: string;
  /** The folder that it lies in. */
  folder: FileSystemDirectoryHandle;
  /** The same number for all images of this folder in one drop, so that one copy of the handle can serve them. */
  folderId?: number;
  name: string;
  sizeBytes: number;
}

/** A file of a drop that is to be reviewed. */
export type DropEntry = ImportEntry | FolderImage;

/** What an annotation or question file turned out to be. */
export interface RecognisedFile {
  path: string;
  kind: 'train-json' | 'question-jsonl' | 'answers-jsonl' | 'tags-jsonl' | 'metadata-jsonl' | 'unknown';
  rows: number;
  matched: number;
}

/** What an annotation row and its image have in common. `extension`: the base name, with another image extension. */
export type JoinRule = 'image' | 'id' | 'name' | 'extension';

/** Result of looking at a drop without storing anything. */
export interface ImportReview {
  reviewId: string;
  suggestedName: string;
  /** Where the DF-R5 levels were found, for the tree: domain -> split -> label -> count. */
  tree: { domain: string; split: Split; label: Label | null; count: number }[];
  /** One sentence such as "one level too low: taken as domain `aster`". */
  layout: string;
  imagesFound: number;
  totalBytes: number;
  files: RecognisedFile[];
  matched: number;
  /** Matched rows by the rule that joined them. */
  joins: Record<JoinRule, number>;
  textWithoutImage: string[];
  imagesWithoutText: string[];
  problems: ImportProblem[];
  /** Files that are neither images nor annotations. */
  ignored: string[];
  /** Lengths of the lists of paths where these are only the beginnings: a page cannot show 100,000 lines. */
  totals?: { textWithoutImage: number; imagesWithoutText: number; ignored: number };
  /** `thumbnailBytes` of the needed ones are for thumbnails and records, the rest for the pictures themselves. */
  quota: { usedBytes: number; quotaBytes: number; neededBytes: number; thumbnailBytes: number };
}

export interface ImportOptions {
  reviewId: string;
  name: string;
  /** Problem codes whose one-click fix is accepted. */
  fixes: string[];
  /** Take a seeded sample of this many images; absent = all. */
  sampleSize?: number;
  /** Leave the pictures where they are and store only what is needed to look through them; absent = store copies. */
  pictures?: PicturePlace;
}

export interface ImportProgress {
  done: number;
  total: number;
  phase: 'read' | 'generate' | 'commit';
  imported: number;
  failed: number;
}

/** One tensor that is not the same in two models. */
export interface TensorDifference {
  name: string;
  shape: number[];
  /** Euclidean norm of b - a. */
  l2: number;
  /** The norm over that of a; null where a is all zeros. */
  relative: number | null;
  /** Largest change of one number. */
  maxAbs: number;
}

/** How far two models lie apart, largest change first. */
export interface ModelDifference {
  changed: TensorDifference[];
  /** Tensors that are the same to the bit. */
  same: number;
  onlyA: string[];
  onlyB: string[];
  shapeClashes: { name: string; a: number[]; b: number[] }[];
}

/** What a project bundle brought. Ids that were here before stay as they were. */
export interface BundleSummary {
  added: { datasets: string[]; evals: string[]; runs: string[]; checkpoints: string[] };
  alreadyHere: string[];
  /** Datasets whose pictures the bundle does not hold; they are not stored. */
  withoutImages: string[];
  /** Pictures that were left out when the bundle was made: their texts and thumbnails are stored, they themselves are not. */
  picturesLeftOut: number;
  /** Files that this version does not know. */
  unknown: string[];
}

/** A linked folder against its dataset; paths as samples have them. */
export interface RescanDiff {
  added: string[];
  /** Another file, label or annotation under the same path. */
  changed: string[];
  removed: string[];
  /** The same bytes under another path, in neither of the other lists; absent where there are none. */
  moved?: { from: string; to: string }[];
  unchanged: number;
}

/** Pictures that a file with images does not hold, because they could not be read: gone from a linked folder, or changed there. */
export interface LeftOutPictures {
  count: number;
  /** The first few; a list in the file names all. */
  named: { path: string; reason: string }[];
}

/** A written file that can hold pictures. */
export interface WrittenFile {
  file: Blob;
  leftOut: LeftOutPictures;
}

/** Calls that the data worker answers. */
export interface DataApi {
  /** Files of a large drop, a few at a time: describing all of them in one message would hold the page up. */
  addEntries: { params: { dropId: string; entries: DropEntry[] }; result: { count: number }; progress: never };
  /** Looks at a drop without storing it. Entries that were added under `dropId` come first. */
  review: { params: { entries: DropEntry[]; dropId?: string }; result: ImportReview; progress: { read: number; total: number } };
  /** Stores a reviewed drop. Aborting keeps what is whole and marks the dataset `partial`. */
  import: { params: ImportOptions; result: { datasetId: string; summary: ImportSummary }; progress: ImportProgress };
  /** A reviewed folder against a dataset; nothing is stored. */
  compareFolder: { params: { reviewId: string; datasetId: string }; result: RescanDiff; progress: { done: number; total: number } };
  /** Makes the dataset what the folder is; tags and notes stay. */
  applyFolder: {
    params: { reviewId: string; datasetId: string; diff: RescanDiff };
    result: { summary: ImportSummary };
    progress: ImportProgress;
  };
  pauseImport: { params: { paused: boolean }; result: { paused: boolean }; progress: never };
  /** Generates and stores the demo dataset if it is not there. `full` false stores the small set that the first click needs. */
  installDemo: { params: { seed: number; perClass: number; domain?: string }; result: DatasetRecord; progress: ImportProgress };
  /** Scores the answers files of a reviewed drop without a model; makes an evaluation with `modelId` `imported`. */
  importAnswers: {
    params: { reviewId: string; codeVersion: string; datasetId?: string };
    result: { evalId: string };
    progress: { done: number; total: number };
  };
  deleteDataset: { params: { datasetId: string }; result: { freedBytes: number }; progress: { done: number; total: number } };
  /** Everything stored here as one zip with checksums. */
  exportBundle: { params: { images: boolean; appVersion: string }; result: WrittenFile; progress: { done: number; total: number } };
  /** Stores what a bundle holds, after every file was checked against its SHA-256; on any fault nothing is changed. */
  importBundle: { params: { file: Blob }; result: BundleSummary; progress: { done: number; total: number } };
  /** A model or checkpoint as a zip: whole in LLaVA's layout, or its adapter in PEFT's. */
  exportModel: { params: { modelId: string; layout: 'llava' | 'peft' }; result: Blob; progress: never };
  /** Stores a model from files. `report` is null for a whole model: then `loadModel` gives it. */
  importModel: {
    params: { entries: ImportEntry[]; baseModelId: string };
    result: { checkpointId: string; report: LoadReport | null };
    progress: never;
  };
  /** Folds the adapter of a model into its weights and stores the result as a model of its own. */
  mergeModel: { params: { modelId: string }; result: { checkpointId: string }; progress: never };
  /** Compares the weights of two models, adapters folded in. */
  compareModels: { params: { a: string; b: string }; result: ModelDifference; progress: { done: number; total: number } };
  /** A log of a run made elsewhere becomes a finished run. */
  importLog: { params: { entry: ImportEntry; codeVersion: string }; result: { runId: string; steps: number }; progress: never };
  /** The official script's question subset of the annotated images; empty lists = all. */
  officialSubset: {
    params: { datasetId: string; domains: string[]; splits: Split[]; size: number; seed: number };
    result: OfficialSubset;
    progress: never;
  };
  /** Reads traits of every stored file that has none yet, then compares the pictures. Aborting keeps what was read. */
  runChecks: { params: { datasetId: string }; result: HealthReport; progress: { phase: 'read' | 'compare'; done: number; total: number } };
  /** What is known of copies and shortcuts without reading files. */
  healthReport: { params: { datasetId: string }; result: HealthReport; progress: never };
  /** Samples whose annotation or question holds every word of the query, as parts of words, in path order: one byte each. */
  searchSamples: { params: { datasetId: string; query: string }; result: { hits: Uint8Array }; progress: { done: number; total: number } };
  exportDataset: {
    params: { datasetId: string; format: 'llava-json' | 'question-jsonl' | 'zip' | 'imagefolder' };
    result: WrittenFile;
    progress: { done: number; total: number };
  };
}

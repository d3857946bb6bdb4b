// Datasets and samples as stored and shown. Field names follow DF-R5 and LLaVA (spec/formats.md 1, 2).

/** `fake` is the positive class everywhere. */
export type Label = 'real' | 'fake';
/** DF-R5 splits; `none` for images that came without a split folder. */
/** Domain of images whose path names none. */
export const UNNAMED_DOMAIN = 'unnamed';

export type Split = 'train' | 'val' | 'test' | 'none';

/** One annotation row that was joined to an image. */
export interface Annotation {
  /** The human turn as found, with `<image>`. */
  question: string;
  /** The assistant's reasoning and answer as found. */
  answer: string;
  /** As found in the file; undefined where it was missing. */
  binaryLabel?: 0 | 1;
  /** File and row it came from, for reports: `train.json#12`. */
  source: string;
}

/** A stored image with all that is known of it. Pixels are in the stores `images` and `thumbnails` under the same id. */
export interface SampleRecord {
  /** `${datasetId}/${path}`; unique over all datasets. */
  id: string;
  datasetId: string;
  /** Relative path with forward slashes, e.g. `aster/test/fake/000012.png`. */
  path: string;
  domain: string;
  split: Split;
  /** null where neither annotation nor folder gives one. */
  label: Label | null;
  /** Stored size before any EXIF rotation, pixels. */
  width: number;
  height: number;
  sizeBytes: number;
  /** `png`, `jpeg`, `webp` or `bmp`, from the bytes, not from the name. */
  format: ImageFormat;
  /** EXIF orientation 1..8; 1 where there is none. Shown upright, fed to the model as stored (spec/model.md 6). */
  exifOrientation: number;
  /** Hex SHA-256 of the file. */
  sha256: string;
  annotation?: Annotation;
  /** From a question JSONL. */
  questionId?: number;
  questionText?: string;
  /** Codes of `import-problem` rows that concern this sample but did not keep it out. */
  problems: string[];
  /** The user's; `review` and `excluded` have a meaning of their own (shared/sample-choice.ts). */
  tags: string[];
  /** The user's remark. */
  note?: string;
  /** The user's rating of the reasoning, 1 (poor) to 5. */
  rating?: number;
  /** Measured by "Run checks"; missing until then. */
  checks?: SampleChecks;
  /** Its path in the folder it came from, where the picture itself is not stored here; absent = stored. */
  linkedPath?: string;
  /** Only for generated demo images: the true artefact records. */
  artefacts?: ArtefactRecord[];
}

/** The dataset that a sample's id names. */
export function datasetIdOf(sampleId: string): string {
  return sampleId.slice(0, sampleId.indexOf('/'));
}

/** What a check of the stored file found, beyond format and size. */
export interface SampleChecks {
  /** 64-bit DCT hash as 16 hex digits (shared/image/perceptual-hash.ts); null where the picture could not be drawn. */
  perceptualHash: string | null;
  hasExif: boolean;
  /** It has an alpha channel, opaque or not; absent in checks of earlier versions. */
  hasAlpha?: boolean;
  /** 1..100 on libjpeg's scale; null for files that are no JPEG. */
  jpegQuality: number | null;
  /** `4:2:0`, `4:4:4`, `grey` ...; null for files that are no JPEG. */
  chroma: string | null;
}

export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'bmp';

/** What the demo generator really drew; ground truth for "names the true artefact". */
export interface ArtefactRecord {
  /** `skin`, `eyes`, `hair`, `mouth`, `light`, `background`, `edge`, `grid`. */
  kind: string;
  /** 0..1.1, as drawn. */
  strength: number;
}

/** Images in use per domain, split and label; those tagged `excluded` are not counted. */
export interface CountRow {
  domain: string;
  split: Split;
  label: Label | null;
  count: number;
}

export type DatasetState = 'importing' | 'ready' | 'partial';

/** A dataset in the list. `partial` = the import was stopped; what was stored is whole. */
export interface DatasetRecord {
  id: string;
  name: string;
  createdAt: number;
  source: 'folder' | 'files' | 'demo' | 'bundle';
  /** True only for data made by the built-in generator; shown wherever its numbers are. */
  synthetic: boolean;
  state: DatasetState;
  /** SHA-256 over sorted (path, size, hash); empty while importing. */
  contentHash: string;
  imageCount: number;
  annotationCount: number;
  sizeBytes: number;
  counts: CountRow[];
  summary?: ImportSummary;
  /** Where the pictures are when not here: read from the linked folder, or thumbnails alone; absent = stored. */
  pictures?: PicturePlace;
}

/** Where the pictures of a dataset are when they are not stored in this browser. */
export type PicturePlace = 'linked' | 'thumbnails';

/** One readable problem of an import. */
export interface ImportProblem {
  /** Stable code such as `image-undecodable`, `label-contradicts-folder`, `binary-label-missing`. */
  code: string;
  /** File or row: `train.json#12`, `ddim/test/fake/3.png`. */
  path: string;
  /** One sentence: what is wrong. */
  reason: string;
  /** What the import does about it: left out, kept with a flag, or fixed. */
  action: 'left-out' | 'kept' | 'fixed';
  /** Of a row that stands for many of its code: how many. */
  count?: number;
}

/** Counts after an import: imported + skipped + failed = image files seen. */
export interface ImportSummary {
  imported: number;
  skipped: number;
  failed: number;
  matchedAnnotations: number;
  textWithoutImage: number;
  imagesWithoutText: number;
  problems: ImportProblem[];
  elapsedMs: number;
}

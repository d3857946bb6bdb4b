// Where every position of a padded batch comes from: a text token, a vision token, or padding. Pure arithmetic on ids;
// knows nothing about tensors. The image id is replaced by the image's S vision tokens, then the row is cut, then padded
// on the right (spec/model.md 1).
import { WorkbenchError } from '../../../src/shared/errors.ts';
import { roundUp } from './length-bucket.ts';

/** Stands for the image in token ids (LLaVA's IMAGE_TOKEN_INDEX). */
export const IMAGE_TOKEN_ID = -200;
/** Label of positions that no loss sees. */
export const IGNORED_LABEL = -100;

/** One row before the insertion. */
export interface SequenceRow {
  /** Token ids without padding; at most one IMAGE_TOKEN_ID. */
  ids: ArrayLike<number>;
  /** As long as `ids`; IGNORED_LABEL = not learnt. */
  labels?: ArrayLike<number>;
  /** Which image of the batch the row shows. */
  image: number;
}

export interface LayoutOptions {
  vocabSize: number;
  /** S */
  numVisionTokens: number;
  /** Rows are cut to this length after the insertion. */
  maxLength: number;
  /** Pads the batch to a multiple of this, so that few lengths occur. */
  multipleOf?: number;
}

export interface SequenceLayout {
  /** B */
  batch: number;
  /** T, of the padded batch. */
  length: number;
  /** Of each row, after insertion and cut. */
  lengths: number[];
  /** [B * T]: a token id, or vocabSize + image * S + s for a vision token; 0 for padding. */
  sources: Int32Array;
  /** [B * T]: labels after insertion, IGNORED_LABEL for images, padding and rows without labels. */
  labels: Int32Array;
  /** Some row shows an image. */
  hasImages: boolean;
}

interface ExpandedRow {
  sources: number[];
  labels: number[];
}

function expandRow({ ids, labels, image }: SequenceRow, { vocabSize, numVisionTokens, maxLength }: LayoutOptions): ExpandedRow {
  const row: ExpandedRow = { sources: [], labels: [] };
  let images = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] ?? 0;
    if (id === IMAGE_TOKEN_ID) {
      if (++images > 1)
        throw new WorkbenchError('E-UNSUPPORTED', 'A prompt shows more than one image; the model takes one.', {
          safe: 'Nothing was changed.',
          remedy: 'Leave one <image> in the prompt.',
        });
      for (let s = 0; s < numVisionTokens; s++) row.sources.push(vocabSize + image * numVisionTokens + s);
      for (let s = 0; s < numVisionTokens; s++) row.labels.push(IGNORED_LABEL);
    } else {
      if (!(id >= 0 && id < vocabSize))
        throw new WorkbenchError('E-SHAPE', `Token id ${id} is outside the vocabulary of ${vocabSize}.`, {
          safe: 'Nothing was changed.',
          remedy: 'Use the tokenizer of this model.',
        });
      row.sources.push(id);
      row.labels.push(labels?.[i] ?? IGNORED_LABEL);
    }
  }
  return { sources: row.sources.slice(0, maxLength), labels: row.labels.slice(0, maxLength) };
}

/** Length of a row after the insertion, before any cut. */
export function expandedLength(ids: ArrayLike<number>, numVisionTokens: number): number {
  return ids.length + Array.from(ids).filter((id) => id === IMAGE_TOKEN_ID).length * (numVisionTokens - 1);
}

/**
 * Lays out a batch.
 * @throws WorkbenchError E-SHAPE for an id outside the vocabulary, E-UNSUPPORTED for two images in a row
 */
export function layoutSequences(rows: readonly SequenceRow[], options: LayoutOptions): SequenceLayout {
  const expanded = rows.map((row) => expandRow(row, options));
  const lengths = expanded.map(({ sources }) => sources.length);
  const length = Math.min(roundUp(Math.max(...lengths), options.multipleOf), Math.max(options.maxLength, ...lengths));
  const sources = new Int32Array(rows.length * length);
  const labels = new Int32Array(rows.length * length).fill(IGNORED_LABEL);
  for (const [b, row] of expanded.entries()) {
    sources.set(row.sources, b * length);
    labels.set(row.labels, b * length);
  }
  return { batch: rows.length, length, lengths, sources, labels, hasImages: sources.some((source) => source >= options.vocabSize) };
}

/** Positions whose hidden state predicts something, and what: for the shifted loss only these meet the head. */
export interface Predictions {
  /** [N] indices into B * T. */
  positions: Int32Array;
  /** [N] token ids; negative = ignored. */
  targets: Int32Array;
}

/**
 * Every position whose next position has a label.
 * @param multipleOf rounds N up; what is added is ignored by every loss
 */
export function labelledPredictions({ batch, length, labels }: SequenceLayout, multipleOf = 1): Predictions {
  const positions: number[] = [];
  const targets: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t + 1 < length; t++) {
      const label = labels[b * length + t + 1] ?? IGNORED_LABEL;
      if (label === IGNORED_LABEL) continue;
      positions.push(b * length + t);
      targets.push(label);
    }
  }
  for (let n = positions.length; n > 0 && n % multipleOf !== 0; n++) {
    positions.push(0);
    targets.push(-1);
  }
  return { positions: Int32Array.from(positions), targets: Int32Array.from(targets) };
}

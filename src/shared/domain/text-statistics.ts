// How long the texts of a dataset are, for one model: before a training run cuts or skips rows.

/** A distribution of whole numbers. */
export interface Distribution {
  /** Equal bins, `from` inclusive, `to` exclusive. */
  bins: { from: number; to: number; count: number }[];
  min: number;
  median: number;
  mean: number;
  /** 95 % of the rows are at most this. */
  p95: number;
  max: number;
}

/** A row that is longer than the model takes. */
export interface LongRow {
  sampleId: string;
  path: string;
  tokens: number;
}

export interface TextStatistics {
  datasetId: string;
  modelId: string;
  /** Longest sequence of the model, tokens. */
  contextLength: number;
  /** Tokens that one image becomes; part of the token counts. */
  visionTokens: number;
  /** Samples with an annotation text. */
  rowCount: number;
  withoutText: number;
  /** Whole training rows: template, image, question and answer. null without any row, like the others. */
  tokens: Distribution | null;
  /** Of the answer alone. */
  words: Distribution | null;
  paragraphs: Distribution | null;
  tooLongCount: number;
  /** The longest ones first, at most 200. */
  tooLong: LongRow[];
}

const BINS = 20;

/** At most 20 equal bins of whole numbers over the range, and the usual figures; null without values. */
export function distributionOf(values: readonly number[]): Distribution | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const [min, max] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const width = Math.max(1, Math.ceil((max - min + 1) / BINS));
  const bins = Array.from({ length: Math.floor((max - min) / width) + 1 }, (_, i) => ({
    from: min + i * width,
    to: min + (i + 1) * width,
    count: 0,
  }));
  for (const value of sorted) {
    const bin = bins[Math.floor((value - min) / width)];
    if (bin) bin.count++;
  }
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? min;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return { bins, min, median: at(0.5), mean, p95: at(0.95), max };
}

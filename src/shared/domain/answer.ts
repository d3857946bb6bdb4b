// What the model said about one image and how it was scored. Names follow spec/prpo.md 6 and spec/formats.md 2.
import type { ErrorRecord } from '../errors.ts';
import type { ImageEdit } from '../image/edit.ts';
import type { EngineStamp } from './engine-stamp.ts';
import type { Label } from './sample.ts';

/** One lexicon term found in a paragraph (spec/prpo.md 5.1 and 5.2). Offsets are in the paragraph's text. */
export interface LexiconHit {
  term: string;
  list: 'real' | 'fake';
  /** UTF-16 offsets in `ParagraphRecord.text`. */
  start: number;
  end: number;
  weight: number;
  /** The negator within the 80 characters before, which moved the weight to the other side; null if none. */
  negator: string | null;
}

/** A kept paragraph with its rewards. */
export interface ParagraphRecord {
  index: number;
  /** White space folded, as scored. */
  text: string;
  /** UTF-16 range of the piece in the completion. */
  start: number;
  end: number;
  keyword: string;
  /** Cosine of image and keyword embedding; null without an image. */
  cosine: number | null;
  vcr: number;
  pcr: number;
  /** alpha * VCR + beta * PCR, or PCR alone without an image; 0 for an unparsed completion. */
  reward: number;
  vote: Label;
  confidence: number;
  realScore: number;
  fakeScore: number;
  hits: LexiconHit[];
  isFinal: boolean;
  /** Vote equals the extracted answer. */
  matchesFinalAnswer: boolean;
  hasImage: boolean;
  /** null where the group excluded it or no group exists. */
  advantage: number | null;
}

/** All text-derived scores of one completion. */
export interface ScoredCompletion {
  paragraphs: ParagraphRecord[];
  /** Pieces dropped after the 8th paragraph. */
  cutParagraphs: number;
  /** By the parser of the preset; null = unparsed. */
  predict: Label | null;
  /** The rule that fired: `answer-tag`, `answer-tag-both`, `final-line`, `none`, ... */
  parseRule: string;
  formatScore: 0 | 1;
  /** Mean of the kept paragraph rewards. */
  reward: number;
  /** Votes of the paragraphs before the final one; null if there is no final paragraph at index > 0. */
  votes: { real: number; fake: number } | null;
}

/** One token of a stored answer, for shading. */
export interface TokenRecord {
  id: number;
  /** UTF-16 range in the answer's text. */
  start: number;
  end: number;
  logProbability: number;
  entropy: number;
  paragraph: number | null;
}

/** Which probability ranks the images: the binary head's or the answer token's. */
export type ScoreSource = 'head' | 'token';

/** One of several answers to the same image, as a majority vote keeps it. */
export interface SampledAnswer {
  text: string;
  predict: Label | null;
  parseRule: string;
  /** Mean of the kept paragraph rewards. */
  reward: number;
  pFakeToken: number | null;
  truncated: boolean;
  tokenCount: number;
}

/** One of G answers to the same image that were sampled to be compared, with its tokens. */
export interface GroupAnswer extends ScoredCompletion {
  text: string;
  tokens: TokenRecord[];
  truncated: boolean;
  tokenCount: number;
  /** Mean over its tokens. */
  advantage: number;
}

/** One image's answer in an evaluation, or one that was asked for in the inspector. */
export interface AnswerRecord extends ScoredCompletion {
  evalId: string;
  sampleId: string;
  /** Position in the evaluation, also the official `question_id`. */
  index: number;
  path: string;
  domain: string;
  label: Label | null;
  text: string;
  /** P(fake) of the binary head; null for imported answers. */
  pFakeHead: number | null;
  /** P(fake) from the answer token after forcing `### Answer:`; null for imported answers and where the context had no room for it. */
  pFakeToken: number | null;
  /** The completion reached maxNewTokens. */
  truncated: boolean;
  tokens?: TokenRecord[];
  tokenCount: number;
  elapsedMs: number;
  /**
   * All answers of a majority vote in the order they were written. The record's own text is then the first answer of the majority,
   * `predict` the vote, and `pFakeToken` the mean over the answers.
   */
  sampled?: SampledAnswer[];
  /** What computed an answer that was asked for in the inspector; those of an evaluation have it in their evaluation. */
  engine?: EngineStamp;
  /** When it was written, milliseconds; those of evaluations of earlier versions have none, nor have answers from files. */
  answeredAt?: number;
  /** The change that was made to the picture before it was asked about; of an answer that was asked for in the inspector. */
  edit?: ImageEdit;
  /** All answers of a group that was asked for in the inspector, in the order they were written; the record's own text is the first. */
  group?: GroupAnswer[];
  /** Side of the model's grid of patches; of an answer that was asked for in the inspector. */
  gridSize?: number;
  /** Set when this sample failed; the other fields then hold their empty values. */
  failure?: ErrorRecord;
}

/** What decisions and rankings need of an answer; light enough to hold many evaluations at once. */
export type AnswerScores = Pick<AnswerRecord, 'sampleId' | 'domain' | 'label' | 'predict' | 'pFakeHead' | 'pFakeToken' | 'failure'>;

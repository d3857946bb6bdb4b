// What the form of a new run shows before it starts: what becomes of each token, which rewards the first answers get, and what one
// batch costs. Nothing of it is stored.
import type { ScoredCompletion } from './answer.ts';
import type { StepPhase } from './run.ts';
import type { Label } from './sample.ts';

/**
 * What training does with a token. `prompt` and `image` are read only; `learnt` has a label (SFT); `paragraph` shares its paragraph's
 * advantage (GRPO, PRPO); `ignored` belongs to no kept paragraph or comes after the model's length.
 */
export type TokenUse = 'prompt' | 'image' | 'learnt' | 'paragraph' | 'ignored';

export interface PreviewToken {
  id: number;
  /** As in the text; special tokens by their name. */
  text: string;
  use: TokenUse;
  /** Counted from 0; null where `use` is not `paragraph`. */
  paragraph: number | null;
}

/** Where an answer in a preview comes from. */
export type AnswerSource = 'reference' | 'generated';

/** One row as a run would train on it. */
export interface MaskRow {
  sampleId: string;
  path: string;
  label: Label | null;
  source: AnswerSource;
  /** The image is one entry here; it stands for `visionTokens` tokens. */
  tokens: PreviewToken[];
  visionTokens: number;
  /** Tokens beyond the model's length, which the run never sees. */
  cutTokens: number;
}

/** An answer with its rewards; advantages are computed from all answers of its image (src/shared/rewards). */
export interface PreviewCompletion {
  scored: ScoredCompletion;
  text: string;
  terminated: boolean;
  tokens: PreviewToken[];
}

export interface PreviewImage {
  sampleId: string;
  path: string;
  label: Label | null;
  completions: PreviewCompletion[];
}

export interface RewardPreview {
  source: AnswerSource;
  /** The first images of the run, in its order. */
  images: PreviewImage[];
  elapsedMs: number;
}

/** One batch, run and thrown away. */
export interface DryRunReport {
  /** As the run would log them for its first step. */
  metrics: Record<string, number>;
  phaseMs: Partial<Record<StepPhase, number>>;
  /** Time of one step with its state written, without a probe. */
  stepMs: number;
  /** Of one probe; null where the probe is off or has no images. */
  probeMs: number | null;
  /** Of the whole run, probes included. */
  totalMs: number;
  /** Largest number of bytes in tensors at any moment. */
  peakBytes: number;
  /** What the engine holds of the machine, of earlier work too. */
  reservedBytes: number;
  /** Bytes of one stored state, which is also the size of a checkpoint. */
  stateBytes: number;
  /** Answers made; 0 for SFT. */
  answers: number;
  /** Of the generated answers; null for SFT. */
  tokensPerSecond: number | null;
  /** Loss or gradient was not finite. */
  skipped: boolean;
}

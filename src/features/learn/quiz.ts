// A round of the blind quiz: which images, and how often each side was right. Pure.
import { formatPercent, formatPoints } from '../../components/format.ts';
import type { Label } from '../../shared/domain/sample.ts';
import { wilsonInterval } from '../../shared/metrics/proportion.ts';
import { RandomStream } from '../../shared/random.ts';

export interface QuizCandidate {
  id: string;
  label: Label | null;
  split: string;
}

/** Labelled images in a seeded order, of the test split where there is one; the same seed gives the same round. */
export function drawQuiz(rows: readonly QuizCandidate[], count: number, seed: number): string[] {
  const labelled = rows.filter(({ label }) => label !== null);
  const test = labelled.filter(({ split }) => split === 'test');
  const pool = test.length >= count ? test : labelled;
  return RandomStream.fromText(`${seed}/quiz`)
    .shuffle(pool.map(({ id }) => id))
    .slice(0, count);
}

/**
 * The images of a round that may have begun: more rows, as while a dataset is still being stored, do not draw another one.
 * @param begun those that were shown so far; a short round, or one of which an image is gone, is given up
 * @param fresh what would be drawn now
 */
export function keepRound(
  begun: readonly string[],
  fresh: readonly string[],
  rows: readonly QuizCandidate[],
  count: number,
): readonly string[] {
  const known = new Set(rows.map(({ id }) => id));
  return begun.length === count && begun.every((id) => known.has(id)) ? begun : fresh;
}

/** One image of a finished round. `model` null = its answer states neither. */
export interface QuizResult {
  id: string;
  label: Label;
  guess: Label;
  model: Label | null;
}

export interface QuizScore {
  right: number;
  count: number;
  /** 95 %, Wilson; null for an empty round. */
  interval: { low: number; high: number } | null;
}

const scoreOf = (rights: readonly boolean[]): QuizScore => {
  const right = rights.filter(Boolean).length;
  return { right, count: rights.length, interval: wilsonInterval(right, rights.length) };
};

/** Both scores, and how often both said the same. */
export function scoreQuiz(results: readonly QuizResult[]): { human: QuizScore; model: QuizScore; agreed: number } {
  return {
    human: scoreOf(results.map(({ guess, label }) => guess === label)),
    model: scoreOf(results.map(({ model, label }) => model === label)),
    agreed: results.filter(({ guess, model }) => guess === model).length,
  };
}

/** `7 of 10 (70 %, 95 % interval 40 to 89 %)`. */
export function describeScore({ right, count, interval }: QuizScore): string {
  if (!interval) return 'none';
  return `${right} of ${count} (${formatPercent(right / count, 0)}, 95 % interval ${formatPoints(interval.low)} to ${formatPercent(interval.high, 0)})`;
}

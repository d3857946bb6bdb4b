// The same image over a run, as a list of steps: answers sampled while it trained, and answers asked of its checkpoints. Pure.
import type { ChartSeries } from '../../../components/charts/series.ts';
import type { AnswerRecord, ScoredCompletion } from '../../../shared/domain/answer.ts';
import type { CompletionRecord } from '../../../shared/domain/run.ts';
import type { Reading } from '../reading.ts';

export type HistorySource = 'asked' | 'sampled';

/** One answer of a step. */
export interface HistoryAnswer {
  text: string;
  completion: ScoredCompletion;
  pFakeHead: number | null;
  pFakeToken: number | null;
  tokenCount: number;
  truncated: boolean;
  /** Mean over the tokens; null for an answer that had no group. */
  advantage: number | null;
}

/** What was said at one step; never empty. */
export interface HistoryEntry {
  step: number;
  /** `step 5`, `start: dx-llava-nano`. */
  name: string;
  answers: HistoryAnswer[];
}

/** Completions of one image by step, in order. */
export function sampledHistory(completions: readonly CompletionRecord[]): HistoryEntry[] {
  const bySteps = new Map<number, CompletionRecord[]>();
  for (const completion of completions) bySteps.set(completion.step, [...(bySteps.get(completion.step) ?? []), completion]);
  return [...bySteps]
    .sort(([a], [b]) => a - b)
    .map(([step, group]) => ({
      step,
      name: `step ${step}`,
      answers: group
        .toSorted((a, b) => a.index - b.index)
        .map(({ text, tokenCount, terminated, advantage, ...completion }) => ({
          text,
          completion,
          pFakeHead: null,
          pFakeToken: null,
          tokenCount,
          truncated: !terminated,
          advantage,
        })),
    }));
}

/** One answer per checkpoint, by step. */
export function askedHistory(rows: readonly { step: number; name: string; answer: AnswerRecord }[]): HistoryEntry[] {
  return rows
    .toSorted((a, b) => a.step - b.step)
    .map(({ step, name, answer }) => {
      const { text, pFakeHead, pFakeToken, tokenCount, truncated } = answer;
      return { step, name, answers: [{ text, completion: answer, pFakeHead, pFakeToken, tokenCount, truncated, advantage: null }] };
    });
}

/** Mean paragraph reward over the answers of a step. */
export function meanReward({ answers }: HistoryEntry): number {
  return answers.reduce((sum, { completion }) => sum + completion.reward, 0) / answers.length;
}

/** How many answers state each side. */
export function countStated({ answers }: HistoryEntry): { fake: number; real: number; unparsed: number } {
  const counts = { fake: 0, real: 0, unparsed: 0 };
  for (const { completion } of answers) counts[completion.predict ?? 'unparsed']++;
  return counts;
}

/** The lines of the chart: probabilities where models were asked, shares where answers were sampled; rewards for both. */
export function historySeries(entries: readonly HistoryEntry[], source: HistorySource): ChartSeries[] {
  const line = (id: string, name: string, valueOf: (entry: HistoryEntry) => number | null): ChartSeries => ({
    id,
    name,
    points: entries.flatMap((entry) => {
      const y = valueOf(entry);
      return y === null ? [] : [{ x: entry.step, y }];
    }),
  });
  const reward = line('reward', 'mean reward', meanReward);
  if (source === 'sampled') {
    return [line('share-fake', 'share that states fake', (entry) => countStated(entry).fake / entry.answers.length), reward];
  }
  return [
    line('p-head', 'P(fake), head', ({ answers }) => answers[0]?.pFakeHead ?? null),
    line('p-token', 'P(fake), answer token', ({ answers }) => answers[0]?.pFakeToken ?? null),
    reward,
  ];
}

/** Place of the entry at a step, else the nearest before it, else the newest. */
export function indexOfStep(entries: readonly HistoryEntry[], step: number | null): number {
  if (step === null) return entries.length - 1;
  return Math.max(
    0,
    entries.findLastIndex((entry) => entry.step <= step),
  );
}

/** An answer of the history as the paragraph view takes it. */
export function readingOfHistory(answer: HistoryAnswer, source: string, weights: Reading['weights']): Reading {
  const { completion, ...rest } = answer;
  return { ...rest, source, completion, predict: completion.predict, parseRule: completion.parseRule, tokens: [], elapsedMs: 0, weights };
}

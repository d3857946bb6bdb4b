// The lists of answers that a report can open: what stands in each, and in which order it should be read. Pure.
import { DEFAULT_EVAL } from '../../../shared/config/presets.ts';
import type { ScoreSource } from '../../../shared/domain/answer.ts';
import type { Label } from '../../../shared/domain/sample.ts';
import { scoreOf } from '../../../shared/metrics/answer-scores.ts';
import { readAnswer } from '../../../shared/rewards/paragraph-reward.ts';
import { isReadDifferently } from './parsers.ts';
import type { ReportAnswer } from './report.ts';

/** A list that the report can open. */
export type SampleList = NamedList | `cell-${Label}-${Label | 'unparsed'}` | `cut-${Label}-${Label}`;
type NamedList = 'contradictions' | 'worst' | 'disagreements' | 'parsers' | 'failed';

const LABELS: readonly Label[] = ['real', 'fake'];
/** Every list by its name in an address. */
export const SAMPLE_LISTS: readonly SampleList[] = [
  'contradictions',
  'worst',
  'disagreements',
  'parsers',
  'failed',
  ...LABELS.flatMap((label) => [...LABELS, 'unparsed' as const].map((predict) => `cell-${label}-${predict}` as const)),
  ...LABELS.flatMap((label) => LABELS.map((side) => `cut-${label}-${side}` as const)),
];

/** PCR is 0 also where no answer was found: that is counted as unparsed, and contradicts nothing. */
const contradicts = ({ paragraphs, text }: ReportAnswer): boolean =>
  paragraphs.some(({ isFinal, pcr, index }) => isFinal && index > 0 && pcr === 0) && readAnswer(text, DEFAULT_EVAL.reward) !== null;

function disagrees({ pFakeHead, predict }: ReportAnswer): boolean {
  return pFakeHead !== null && predict !== null && (pFakeHead >= 0.5 ? 'fake' : 'real') !== predict;
}

/** How wrong an answer is: the probability it gave to the other class; a wrong text adds 1. */
function wrongness(answer: ReportAnswer, source: ScoreSource): number {
  if (answer.label === null) return 0;
  const score = scoreOf(answer, source);
  const distance = score === null ? 0 : answer.label === 'fake' ? 1 - score : score;
  return distance + (answer.predict !== null && answer.predict !== answer.label ? 1 : 0);
}

/** Where a score is cut: at or above the threshold it counts as fake. */
export interface ScoreCut {
  source: ScoreSource;
  threshold: number;
}

/**
 * The answers of a list, in the order in which they should be read.
 * `cut-` lists hold the images of one label on one side of the threshold, nearest to it first: those that a small move would change.
 */
export function sampleList(answers: readonly ReportAnswer[], list: SampleList, { source, threshold }: ScoreCut): ReportAnswer[] {
  if (list === 'failed') return answers.filter(({ failure }) => failure);
  const good = answers.filter(({ failure }) => !failure);
  if (list === 'contradictions') return good.filter(contradicts);
  if (list === 'disagreements') return good.filter(disagrees);
  if (list === 'parsers') return good.filter(isReadDifferently);
  if (list === 'worst') {
    const wrong = good.filter((answer) => answer.label !== null && wrongness(answer, source) > 0.5);
    return wrong.sort((a, b) => wrongness(b, source) - wrongness(a, source)).slice(0, 50);
  }
  const [kind, label, predict] = list.split('-');
  if (kind === 'cell') return good.filter((answer) => answer.label === label && (answer.predict ?? 'unparsed') === predict);
  const scored = good.flatMap((answer) => {
    const score = scoreOf(answer, source);
    return score === null || answer.label !== label || (score >= threshold ? 'fake' : 'real') !== predict ? [] : [{ answer, score }];
  });
  const distance = ({ score }: { score: number }): number => Math.abs(score - threshold);
  return scored.sort((a, b) => distance(a) - distance(b)).map(({ answer }) => answer);
}

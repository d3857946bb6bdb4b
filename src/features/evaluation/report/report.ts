// From answers to the figures of a report: overall, per domain, average, worst. Definitions are in shared/metrics. Pure.
import type { AnswerRecord, ScoreSource } from '../../../shared/domain/answer.ts';
import { DEFAULT_EVAL } from '../../../shared/config/presets.ts';
import type { Label } from '../../../shared/domain/sample.ts';
import { isReadDifferently } from './parsers.ts';
import { evaluatedSamples, scoreOf, type EvaluatedSample } from '../../../shared/metrics/answer-scores.ts';
import type { Confusion } from '../../../shared/metrics/classification.ts';
import { countUnanswered, domainRows, type DomainRow, type Unanswered } from '../../../shared/metrics/domains.ts';
import type { Evaluation } from '../../../shared/metrics/evaluation.ts';
import { computeEvaluation } from '../../../shared/metrics/evaluation.ts';
import { readAnswer } from '../../../shared/rewards/paragraph-reward.ts';

/** The part of an answer that a report needs. */
export type ReportAnswer = Pick<
  AnswerRecord,
  | 'sampleId'
  | 'path'
  | 'domain'
  | 'label'
  | 'predict'
  | 'pFakeHead'
  | 'pFakeToken'
  | 'failure'
  | 'paragraphs'
  | 'votes'
  | 'text'
  | 'parseRule'
  | 'reward'
  | 'sampled'
>;

export interface Report {
  evaluation: Evaluation;
  /** Samples that should have an answer: so far while it runs, all afterwards. */
  expected: number;
  answered: number;
  unparsed: number;
  failed: number;
  unlabelled: number;
  /** Parsed share of the expected. */
  coverage: number | null;
  /** Share of parsed answers that say the same as the head at 0.5; null without scores. */
  headTextAgreement: number | null;
  /** The same as counts: answers that agree, and those that have both. */
  headText: { agreeing: number; withBoth: number };
  domains: DomainRow[];
  /** Images without an answer, by domain. */
  unanswered: Unanswered;
  samples: EvaluatedSample[];
}

export const SCORE_SOURCES: readonly ScoreSource[] = ['head', 'token'];

/** The probabilities that the answers have; the first one ranks the images unless another is chosen. */
export function scoreSources(answers: readonly Pick<ReportAnswer, 'pFakeHead' | 'pFakeToken'>[]): ScoreSource[] {
  return SCORE_SOURCES.filter((source) => answers.some((answer) => scoreOf(answer, source) !== null));
}

/** How many answers there are of each kind, in one walk: a report may hold tens of thousands. */
function countAnswers(answers: readonly ReportAnswer[]) {
  const counts = { answered: 0, unparsed: 0, unlabelled: 0, withBoth: 0, agreeing: 0 };
  for (const { failure, predict, label, pFakeHead } of answers) {
    if (failure) continue;
    counts.answered++;
    if (label === null) counts.unlabelled++;
    if (predict === null) counts.unparsed++;
    else if (pFakeHead !== null) {
      counts.withBoth++;
      if (predict === (pFakeHead >= 0.5 ? 'fake' : 'real')) counts.agreeing++;
    }
  }
  return counts;
}

/**
 * All figures of a report.
 * @param expected samples of the whole evaluation
 * @param isRunning then only what was answered so far is expected
 * @param lacking images that an answers file made elsewhere has no answer for, by domain
 */
export function computeReport(
  answers: readonly ReportAnswer[],
  expected: number,
  isRunning: boolean,
  source: ScoreSource,
  lacking?: Unanswered,
): Report {
  const { answered, unparsed, unlabelled, withBoth, agreeing } = countAnswers(answers);
  const samples = evaluatedSamples(answers, source);
  const unanswered = countUnanswered(answers, lacking);
  const due = isRunning ? answers.length : expected;
  return {
    evaluation: computeEvaluation(samples),
    expected: due,
    answered,
    unparsed,
    failed: answers.length - answered,
    unlabelled,
    coverage: due === 0 ? null : (answered - unparsed) / due,
    headTextAgreement: withBoth === 0 ? null : agreeing / withBoth,
    headText: { agreeing, withBoth },
    domains: domainRows(samples, unanswered),
    unanswered,
    samples,
  };
}

export type ConfusionCell = { label: Label; predict: Label | 'unparsed' };

/** Count of one cell. */
export function cellCount(confusion: Confusion, { label, predict }: ConfusionCell): number {
  if (predict === 'unparsed') return label === 'fake' ? confusion.unparsed_fake : confusion.unparsed_real;
  if (label === 'fake') return predict === 'fake' ? confusion.tp : confusion.fn;
  return predict === 'fake' ? confusion.fp : confusion.tn;
}

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

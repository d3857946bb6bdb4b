// From answers to the figures of a report: overall, per domain, average, worst. Definitions are in shared/metrics. Pure.
import type { AnswerRecord, ScoreSource } from '../../../shared/domain/answer.ts';
import type { Label } from '../../../shared/domain/sample.ts';
import { evaluatedSamples, scoreOf, type EvaluatedSample } from '../../../shared/metrics/answer-scores.ts';
import type { Confusion } from '../../../shared/metrics/classification.ts';
import { countUnanswered, domainRows, type DomainRow, type Unanswered } from '../../../shared/metrics/domains.ts';
import type { Evaluation } from '../../../shared/metrics/evaluation.ts';
import { computeEvaluation } from '../../../shared/metrics/evaluation.ts';

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

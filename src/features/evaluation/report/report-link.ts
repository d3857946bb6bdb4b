// What a link to a report may ask for: values that the report does not have are named on the page, not silently replaced. Pure.
import { oneOf, type LinkRule } from '../../../components/link-values.ts';
import type { ScoreSource } from '../../../shared/domain/answer.ts';
import type { EvalRecord } from '../../../shared/domain/run.ts';
import { SCORE_SOURCES, type ReportAnswer } from './report.ts';
import { SAMPLE_LISTS } from './sample-lists.ts';
import { DECISIONS, readPairedReading, readThreshold } from './report-address.ts';

type Paths = readonly Pick<ReportAnswer, 'path'>[];

/** What is known so far; null where it is still being read, so that nothing is called missing too early. */
export interface LinkKnowledge {
  record: Pick<EvalRecord, 'id' | 'datasetId'>;
  evals: readonly Pick<EvalRecord, 'id' | 'datasetId'>[] | null;
  answers: Paths | null;
  /** Probabilities that the answers have. */
  sources: readonly ScoreSource[] | null;
  /** Answers of the evaluation that the link compares with. */
  otherAnswers: Paths | null;
}

const has = (answers: Paths | null, path: string): boolean => answers === null || answers.some((answer) => answer.path === path);

/** Another evaluation of the same images: the only kind that can be compared. */
export function isComparable(record: LinkKnowledge['record'], other: LinkKnowledge['record']): boolean {
  return other.id !== record.id && other.datasetId === record.datasetId;
}

function otherRule({ record, evals }: LinkKnowledge, wanted: string | null): LinkRule {
  const found = evals?.find(({ id }) => id === wanted);
  return {
    parameter: 'with',
    what: 'a comparison with the evaluation',
    isKnown: () => evals === null || (found !== undefined && isComparable(record, found)),
    why: !found ? 'is not in this browser' : found.id === record.id ? 'is this one' : 'is of another dataset',
  };
}

function flipRule({ answers, otherAnswers }: LinkKnowledge, wanted: string | null): LinkRule {
  return {
    parameter: 'flip',
    what: 'the compared answer',
    isKnown: (value) => {
      const flip = readPairedReading(value);
      return flip !== null && wanted !== null && has(answers, flip.path) && has(otherAnswers, flip.path);
    },
    why: wanted === null ? 'needs another evaluation to compare with' : 'is not in both evaluations',
  };
}

/** @param wanted the evaluation that the link compares with; null where it names none */
export function reportLinkRules(known: LinkKnowledge, wanted: string | null): LinkRule[] {
  return [
    {
      parameter: 'list',
      what: 'the list of answers',
      isKnown: (value) => oneOf(SAMPLE_LISTS, value) !== null,
      instead: 'the list of contradictions',
    },
    {
      parameter: 'source',
      what: 'the score',
      isKnown: (value) => oneOf(known.sources ?? SCORE_SOURCES, value) !== null,
      why: known.sources?.length === 0 ? 'these answers do not have: they carry no probabilities' : undefined,
      instead: known.sources?.length === 0 ? undefined : 'the score that this report has',
    },
    {
      parameter: 't',
      what: 'the threshold',
      isKnown: (value) => readThreshold(value) !== null,
      why: 'is no number from 0 to 1',
      instead: 'the frozen threshold, or 0.5,',
    },
    { parameter: 'by', what: 'the decision', isKnown: (value) => oneOf(DECISIONS, value) !== null, instead: 'the written answer' },
    { parameter: 'answer', what: 'the answer', isKnown: (path) => has(known.answers, path), why: 'is not in this report' },
    otherRule(known, wanted),
    flipRule(known, wanted),
  ];
}

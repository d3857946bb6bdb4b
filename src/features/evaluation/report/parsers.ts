// All answers of a report as each parser reads them: the official parsers disagree, and figures move with the choice. Pure.
import { PARSER_WORDS } from '../../../components/parser-words.ts';
import type { AnswerParser } from '../../../shared/domain/answer.ts';
import { classificationMetrics, countConfusion, type Judgement } from '../../../shared/metrics/classification.ts';
import { parseAnswer } from '../../../shared/text/answer-parsers.ts';
import type { ReportAnswer } from './report.ts';

export interface ParserRow {
  parser: AnswerParser;
  usedBy: string;
  answered: number;
  parsed: number;
  /** Right of the parsed and labelled, as counts. */
  right: number;
  judged: number;
  f1: number | null;
  /** Answers that count otherwise in this report. */
  differs: number;
  /** How often each rule fired, most first. */
  rules: [rule: string, count: number][];
}

function countRules(rules: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const rule of rules) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/** One row per parser. Failed answers are left out; so are votes, whose answer no single text gives. */
export function parserRows(answers: readonly ReportAnswer[]): ParserRow[] {
  const good = answers.filter(({ failure, sampled }) => !failure && !sampled);
  if (good.length === 0) return [];
  return PARSER_WORDS.map(({ parser, usedBy }) => {
    const readings = good.map(({ text, predict }) => ({ ...parseAnswer(text, parser), counted: predict }));
    const judged = good.flatMap(({ label, domain }, i): Judgement[] =>
      label === null ? [] : [{ label, domain, predict: readings[i]?.answer ?? null }],
    );
    return rowOf(parser, usedBy, readings, judged);
  });
}

interface CountedReading {
  answer: ReportAnswer['predict'];
  rule: string;
  counted: ReportAnswer['predict'];
}

function rowOf(parser: AnswerParser, usedBy: string, readings: readonly CountedReading[], judged: readonly Judgement[]): ParserRow {
  const counts = countConfusion(judged);
  return {
    parser,
    usedBy,
    answered: readings.length,
    parsed: readings.filter(({ answer }) => answer !== null).length,
    right: counts.tp + counts.tn,
    judged: counts.tp + counts.tn + counts.fp + counts.fn,
    f1: classificationMetrics(counts, 'parsed_only').f1,
    differs: readings.filter(({ answer, counted }) => answer !== counted).length,
    rules: countRules(readings.map(({ rule }) => rule)),
  };
}

/** Whether any parser reads the answer otherwise than it was counted. */
export function isReadDifferently({ text, predict, sampled }: ReportAnswer): boolean {
  return !sampled && PARSER_WORDS.some(({ parser }) => parseAnswer(text, parser).answer !== predict);
}

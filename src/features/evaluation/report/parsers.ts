// All answers of a report as each parser reads them: the official parsers disagree, and figures move with the choice. Pure.
import { PARSER_WORDS } from '../../../components/parser-words.ts';
import type { AnswerParser } from '../../../shared/config/config.ts';
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

/** One row per parser. Failed answers are left out; so are votes, whose answer no single text gives. */
export function parserRows(answers: readonly ReportAnswer[]): ParserRow[] {
  const good = answers.filter(({ failure, sampled }) => !failure && !sampled);
  return good.length === 0 ? [] : PARSER_WORDS.map(({ parser, usedBy }) => rowOf(parser, usedBy, good));
}

/** One walk over the answers: a report may hold tens of thousands. */
function rowOf(parser: AnswerParser, usedBy: string, answers: readonly ReportAnswer[]): ParserRow {
  const judged: Judgement[] = [];
  const rules = new Map<string, number>();
  let [parsed, differs] = [0, 0];
  for (const { text, predict, label, domain } of answers) {
    const { answer, rule } = parseAnswer(text, parser);
    if (label !== null) judged.push({ label, domain, predict: answer });
    rules.set(rule, (rules.get(rule) ?? 0) + 1);
    if (answer !== null) parsed++;
    if (answer !== predict) differs++;
  }
  const counts = countConfusion(judged);
  return {
    parser,
    usedBy,
    answered: answers.length,
    parsed,
    right: counts.tp + counts.tn,
    judged: counts.tp + counts.tn + counts.fp + counts.fn,
    f1: classificationMetrics(counts, 'parsed_only').f1,
    differs,
    rules: [...rules].sort((a, b) => b[1] - a[1]),
  };
}

/** Whether any parser reads the answer otherwise than it was counted. */
export function isReadDifferently({ text, predict, sampled }: ReportAnswer): boolean {
  return !sampled && PARSER_WORDS.some(({ parser }) => parseAnswer(text, parser).answer !== predict);
}

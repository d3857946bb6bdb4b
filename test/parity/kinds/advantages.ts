// Kind `advantages`: the four estimators.
import * as v from 'valibot';
import {
  grpoTrlAdvantages,
  grpoVerlAdvantages,
  prpoPaperAdvantages,
  prpoReleasedAdvantages,
} from '../../../src/shared/rewards/advantages.ts';
import { CheckList } from '../kind.ts';
import type { ParityContext } from '../kind.ts';

const Common = { normalize: v.boolean(), groups: v.array(v.union([v.number(), v.string()])) };
const ParagraphCase = v.object({
  ...Common,
  estimator: v.picklist(['prpo-paper', 'prpo-released']),
  rewards: v.array(v.array(v.number())),
  advantages: v.array(v.array(v.nullable(v.number()))),
});
const CompletionCase = v.object({
  ...Common,
  estimator: v.picklist(['grpo-verl', 'grpo-trl']),
  scores: v.array(v.number()),
  advantages: v.array(v.number()),
});
const Fixture = v.object({
  limits: v.object({ abs: v.number() }),
  cases: v.array(v.variant('estimator', [ParagraphCase, CompletionCase])),
});

const ESTIMATORS = {
  'prpo-paper': prpoPaperAdvantages,
  'prpo-released': prpoReleasedAdvantages,
  'grpo-verl': grpoVerlAdvantages,
  'grpo-trl': grpoTrlAdvantages,
};

function checkParagraphs(list: CheckList, name: string, wanted: v.InferOutput<typeof ParagraphCase>, limit: number): void {
  const got = ESTIMATORS[wanted.estimator](wanted);
  const pattern = (rows: (number | null)[][]): string =>
    rows.map((row) => row.map((value) => (value === null ? '-' : 'x')).join('')).join('|');
  list.equal(`${name} excluded`, pattern(got), pattern(wanted.advantages));
  list.close(name, got.flat().map(Number), wanted.advantages.flat().map(Number), limit);
}

/** Compares every case; excluded paragraphs (null) must be the same ones. */
export async function check(context: ParityContext): Promise<CheckList> {
  const { limits, cases } = v.parse(Fixture, context.fixture);
  const list = new CheckList();
  cases.forEach((wanted, i) => {
    const name = `case ${i} ${wanted.estimator}`;
    if ('rewards' in wanted) checkParagraphs(list, name, wanted, limits.abs);
    else list.close(name, ESTIMATORS[wanted.estimator](wanted.scores, wanted.groups, wanted.normalize), wanted.advantages, limits.abs);
  });
  return list;
}

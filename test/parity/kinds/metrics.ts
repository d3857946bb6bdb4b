// Kind `metrics`: everything that an evaluation or a comparison reports, against scikit-learn and scipy.
import * as v from 'valibot';
import { reliabilityBins } from '../../../src/shared/metrics/calibration.ts';
import { computeEvaluation } from '../../../src/shared/metrics/evaluation.ts';
import type { EvaluatedSample } from '../../../src/shared/metrics/answer-scores.ts';
import { deLongTest, mcNemarTest } from '../../../src/shared/metrics/paired.ts';
import { precisionRecallCurve, rocCurve } from '../../../src/shared/metrics/ranking.ts';
import { CheckList } from '../kind.ts';
import type { ParityContext } from '../kind.ts';

const Predictions = v.array(v.nullable(v.picklist(['real', 'fake'])));
const Labels = v.array(v.picklist([0, 1]));
const Case = v.object({
  name: v.string(),
  labels: Labels,
  scores: v.array(v.number()),
  predictions: Predictions,
  domains: v.optional(v.array(v.string())),
  expected: v.record(v.string(), v.unknown()),
});
const System = v.object({ scores: v.array(v.number()), predictions: Predictions });
const Pair = v.object({
  name: v.string(),
  labels: Labels,
  a: System,
  b: System,
  expected: v.object({
    only_a_right: v.number(),
    only_b_right: v.number(),
    mcnemar_p: v.number(),
    auc_a: v.number(),
    auc_b: v.number(),
    delong_z: v.number(),
    delong_p: v.number(),
  }),
});
const Fixture = v.object({ limits: v.object({ abs: v.number() }), cases: v.array(Case), paired: v.optional(v.array(Pair), []) });

function toSamples({ labels, scores, predictions, domains }: v.InferOutput<typeof Case>): EvaluatedSample[] {
  return labels.map((label, i) => ({
    label: label === 1 ? 'fake' : 'real',
    predict: predictions[i] ?? null,
    score: scores[i] ?? null,
    domain: domains?.[i] ?? '',
  }));
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Walks the expected tree; numbers within the limit, all else equal. Keys that only we have are not compared. */
function compareTree(list: CheckList, name: string, got: unknown, want: unknown, limit: number): void {
  if (typeof want === 'number' && typeof got === 'number') list.close(name, got, want, limit);
  else if (Array.isArray(want) && Array.isArray(got)) {
    list.equal(`${name} length`, got.length, want.length);
    want.forEach((entry, i) => compareTree(list, `${name}[${i}]`, got[i], entry, limit));
  } else if (isRecord(want) && isRecord(got)) {
    for (const [key, entry] of Object.entries(want)) compareTree(list, `${name}.${key}`, got[key], entry, limit);
  } else list.equal(name, got ?? null, want ?? null);
}

/** Our result in the fixture's tree. */
function resultTree(samples: EvaluatedSample[]): Record<string, unknown> {
  const scored = samples.map(({ label, score }) => ({ isFake: label === 'fake', score: score ?? NaN }));
  return { ...computeEvaluation(samples), reliability: reliabilityBins(scored), roc: rocCurve(scored), pr: precisionRecallCurve(scored) };
}

function comparePair(list: CheckList, { name, labels, a, b, expected }: v.InferOutput<typeof Pair>, limit: number): void {
  const answers = labels.map((label, i) => ({
    label: label === 1 ? ('fake' as const) : ('real' as const),
    a: a.predictions[i] ?? null,
    b: b.predictions[i] ?? null,
  }));
  const scores = labels.map((label, i) => ({ isFake: label === 1, a: a.scores[i] ?? NaN, b: b.scores[i] ?? NaN }));
  const mcNemar = mcNemarTest(answers);
  const deLong = deLongTest(scores);
  const got = {
    only_a_right: mcNemar.onlyARight,
    only_b_right: mcNemar.onlyBRight,
    mcnemar_p: mcNemar.p,
    auc_a: deLong?.aucA,
    auc_b: deLong?.aucB,
    delong_z: deLong?.z,
    delong_p: deLong?.p,
  };
  compareTree(list, name, got, expected, limit);
}

/** Compares every case and pair. */
export async function check(context: ParityContext): Promise<CheckList> {
  const { limits, cases, paired } = v.parse(Fixture, context.fixture);
  const list = new CheckList();
  for (const one of cases) compareTree(list, one.name, resultTree(toSamples(one)), one.expected, limits.abs);
  for (const pair of paired) comparePair(list, pair, limits.abs);
  return list;
}

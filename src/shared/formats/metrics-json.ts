// Metrics files of an evaluation: the keys of the official prpo_simple_metrics.json, and DeepfakeBench's (spec/formats.md 3,
// spec/metrics.md 6). Pure.
import type { AnswerRecord, ScoreSource } from '../domain/answer.ts';
import type { EvalRecord } from '../domain/run.ts';
import { evaluatedSamples, scoredSamples, type EvaluatedSample } from '../metrics/answer-scores.ts';
import { groupByDomain } from '../metrics/classification.ts';
import type { Confusion } from '../metrics/classification.ts';
import { acrossDomains, countUnanswered, DOMAIN_METRICS, domainRows, type DomainRow } from '../metrics/domains.ts';
import { computeEvaluation } from '../metrics/evaluation.ts';
import type { Evaluation } from '../metrics/evaluation.ts';
import { votedSamples, voteFigures } from '../metrics/majority.ts';
import { measuredKeys, type Measured } from './metrics-measured.ts';
import { rankingMetrics } from '../metrics/ranking.ts';

interface ClassFigures {
  precision: number;
  recall: number;
  f1: number;
  support: number;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function classFigures(right: number, called: number, support: number): ClassFigures {
  const [precision, recall] = [ratio(right, called), ratio(right, support)];
  return { precision, recall, f1: ratio(2 * precision * recall, precision + recall), support };
}

/** Python's two decimals: of shares only odd eighths lie halfway, and they go to the even digit. */
function twoDecimals(share: number): string {
  const isHalfway = (share * 8) % 2 === 1;
  return (isHalfway ? Math.round(share * 50) / 50 : share).toFixed(2);
}

/** scikit-learn's text table, two decimals. */
function classificationReport(real: ClassFigures, fake: ClassFigures, accuracy: number): string {
  const support = real.support + fake.support;
  const figures = (row: Omit<ClassFigures, 'support'>) =>
    [row.precision, row.recall, row.f1].map((value) => twoDecimals(value).padStart(10)).join('');
  const line = (name: string, row: Omit<ClassFigures, 'support'>, count: number) =>
    `${name.padStart(12)} ${figures(row)}${String(count).padStart(10)}`;
  const mean = (weights: [number, number]) => {
    const of = (key: 'precision' | 'recall' | 'f1') => real[key] * weights[0] + fake[key] * weights[1];
    return { precision: of('precision'), recall: of('recall'), f1: of('f1') };
  };
  return [
    `${' '.repeat(13)}${['precision', 'recall', 'f1-score', 'support'].map((word) => word.padStart(10)).join('')}`,
    '',
    line('real', real, real.support),
    line('fake', fake, fake.support),
    '',
    `${'accuracy'.padStart(12)} ${' '.repeat(20)}${twoDecimals(accuracy).padStart(10)}${String(support).padStart(10)}`,
    line('macro avg', mean([0.5, 0.5]), support),
    line('weighted avg', mean([ratio(real.support, support), ratio(fake.support, support)]), support),
    '',
  ].join('\n');
}

/** The keys of the official file. Its F1 leaves unparsed answers out while `prpo_accuracy` counts them as wrong. */
function officialKeys({ confusion, parsed_only, unparsed_wrong }: Evaluation, answered: number, unparsed: number) {
  const { tp, fp, tn, fn }: Confusion = confusion;
  const [real, fake] = [classFigures(tn, tn + fn, tn + fp), classFigures(tp, tp + fp, tp + fn)];
  return {
    prpo_accuracy: unparsed_wrong.acc,
    sklearn_accuracy: parsed_only.acc,
    macro_precision: (real.precision + fake.precision) / 2,
    macro_recall: (real.recall + fake.recall) / 2,
    macro_f1: (real.f1 + fake.f1) / 2,
    per_class_metrics: { real, fake },
    confusion_matrix: [
      [tn, fp],
      [fn, tp],
    ],
    classification_report: classificationReport(real, fake, parsed_only.acc ?? 0),
    total_samples: answered,
    valid_predictions: answered - unparsed,
    invalid_predictions: unparsed,
  };
}

function ownKeys(evaluation: Evaluation, rows: readonly DomainRow[], coverage: number | null): Record<string, number | null> {
  const { acc, precision, recall, f1, macro_f1, real_acc, fake_acc, balanced_acc, worst_domain_f1, sacc } = evaluation.parsed_only;
  const { auc, ap, eer, tpr_at_5fpr, ece, brier, nll, unparsed_ratio } = evaluation;
  const all = { acc, precision, recall, f1, macro_f1, real_acc, fake_acc, balanced_acc, auc, ap, eer, tpr_at_5fpr, ece, brier, nll };
  const average = acrossDomains(rows, 'average');
  const domains = Object.fromEntries(rows.flatMap((row) => DOMAIN_METRICS.map(({ key }) => [`${row.domain}/${key}`, row[key]])));
  const averages = Object.fromEntries(DOMAIN_METRICS.map(({ key }) => [`avg_${key}`, average[key]]));
  const entries = Object.entries({ ...all, coverage, unparsed_ratio, ...domains, ...averages, worst_domain_f1, sacc });
  return Object.fromEntries(entries.map(([name, value]) => [`eval/${name}`, value]));
}

/** What decided the figures besides the answers themselves. */
function settingsOf({ config, imported, threshold }: EvalRecord, source: ScoreSource) {
  return {
    score_source: source,
    parser: imported ? `as the file says; ${config.parser} where it has no predict` : config.parser,
    unparsed: 'left out in parsed_only and eval/…, wrong in unparsed_wrong and prpo_accuracy',
    threshold: threshold?.source === source ? { frozen: true, ...threshold } : { frozen: false, source, value: 0.5 },
  };
}

/**
 * The metrics file: official keys first, then ours under `eval/…`, then both treatments of unparsed answers in full, then what was
 * measured besides.
 * @param answers of the whole evaluation, failures included
 * @param measured intervals and a paired comparison; left out where nobody computed them
 */
export function writeMetrics(record: EvalRecord, answers: readonly AnswerRecord[], source: ScoreSource, measured: Measured = {}): string {
  const good = answers.filter(({ failure }) => !failure);
  const parsed = good.filter(({ predict }) => predict !== null).length;
  const samples = evaluatedSamples(answers, source);
  const evaluation = computeEvaluation(samples);
  const rows = domainRows(samples, countUnanswered(answers, record.imported?.unanswered));
  const { parsed_only, unparsed_wrong, null_reasons } = evaluation;
  const vote = voteFigures(votedSamples(answers));
  const content = {
    ...officialKeys(evaluation, good.length, good.length - parsed),
    ...ownKeys(evaluation, rows, record.sampleIds.length === 0 ? null : parsed / record.sampleIds.length),
    parsed_only,
    unparsed_wrong,
    null_reasons,
    ...(vote ? { majority_vote: vote } : {}),
    ...measuredKeys(measured),
    workbench: {
      id: record.id,
      model: record.modelName,
      dataset: record.datasetName,
      dataset_hash: record.datasetHash,
      synthetic: record.synthetic,
      score_source: source,
      settings: settingsOf(record, source),
      ...(record.imported
        ? { answers_file: record.imported.fileName, question_file: record.imported.questionFile, sha256: record.imported.sha256 ?? null }
        : { config: record.config }),
      code_version: record.codeVersion,
    },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

interface BenchFigures {
  acc: number | null;
  auc: number | null;
  eer: number | null;
  ap: number | null;
  video_auc: null;
}

/** `acc` of the score at 0.5, as DeepfakeBench has it, not of the parsed text. */
function benchFigures(samples: readonly EvaluatedSample[]): BenchFigures {
  const scored = scoredSamples(samples);
  const right = scored.filter(({ isFake, score }) => score >= 0.5 === isFake).length;
  const { auc, eer, ap } = rankingMetrics(scored);
  return { acc: scored.length === 0 ? null : right / scored.length, auc, eer, ap, video_auc: null };
}

/** DeepfakeBench's results: one entry per domain and `avg`, the unweighted mean over the domains that have the figure. A domain of that name is `avg (domain)`. */
export function writeDeepfakeBench(answers: readonly AnswerRecord[], source: ScoreSource): string {
  const groups = groupByDomain(evaluatedSamples(answers, source));
  const rows = [...groups].map(([domain, samples]) => [domain === 'avg' ? 'avg (domain)' : domain, benchFigures(samples)] as const);
  const mean = (key: 'acc' | 'auc' | 'eer' | 'ap'): number | null => {
    const values = rows.flatMap(([, row]) => row[key] ?? []);
    return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
  };
  const avg: BenchFigures = { acc: mean('acc'), auc: mean('auc'), eer: mean('eer'), ap: mean('ap'), video_auc: null };
  return `${JSON.stringify({ ...Object.fromEntries(rows), avg }, null, 2)}\n`;
}

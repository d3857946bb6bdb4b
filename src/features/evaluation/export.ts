// Files of an evaluation: answers.jsonl in the official shape and the metrics file (spec/formats.md 2 and 3). Pure.
import type { AnswerRecord } from '../../shared/domain/answer.ts';
import type { EvalRecord } from '../../shared/domain/run.ts';
import type { Report } from './report.ts';

/** One line per answer; our own figures under `workbench`, where strict readers ignore them. Failed samples are left out. */
export function answersJsonl(record: EvalRecord, answers: readonly AnswerRecord[]): string {
  const preprocessing = record.engine?.backend === 'webgpu' ? 'browser_webgpu' : 'browser_cpu';
  return answers
    .filter(({ failure }) => !failure)
    .map((answer) =>
      JSON.stringify({
        question_id: answer.index,
        prompt: record.config.prompt,
        text: answer.text,
        answer_id: `${record.id}-${answer.index}`,
        model_id: record.modelId,
        predict: answer.predict ?? 'None',
        ...(answer.label === null ? {} : { label: answer.label }),
        preprocessing,
        workbench: {
          image: answer.path,
          p_fake_head: answer.pFakeHead,
          p_fake_token: answer.pFakeToken,
          parse_rule: answer.parseRule,
          seed: record.config.decoding.seed,
          run_id: record.id,
          paragraphs: answer.paragraphs.map(({ keyword, vcr, pcr, reward, vote, isFinal }) => ({
            keyword,
            vcr,
            pcr,
            reward,
            vote,
            is_final: isFinal,
          })),
        },
      }),
    )
    .map((line) => `${line}\n`)
    .join('');
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function classFigures(right: number, called: number, support: number) {
  const [precision, recall] = [ratio(right, called), ratio(right, support)];
  return { precision, recall, f1: ratio(2 * precision * recall, precision + recall), support };
}

/** The official keys, then all of ours under `eval/...`. The official F1 leaves unparsed answers out, its accuracy counts them as wrong. */
export function metricsJson(record: EvalRecord, report: Report): string {
  const { evaluation, domains, coverage } = report;
  const { tp, fp, tn, fn } = evaluation.confusion;
  const real = classFigures(tn, tn + fn, tn + fp);
  const fake = classFigures(tp, tp + fp, tp + fn);
  const own = Object.fromEntries(
    domains.flatMap(({ domain, acc, f1, auc }) => [
      [`eval/${domain}/acc`, acc],
      [`eval/${domain}/f1`, f1],
      [`eval/${domain}/auc`, auc],
    ]),
  );
  const { parsed_only, unparsed_wrong, null_reasons } = evaluation;
  return JSON.stringify(
    {
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
      total_samples: report.answered,
      valid_predictions: report.answered - report.unparsed,
      invalid_predictions: report.unparsed,
      'eval/auc': evaluation.auc,
      'eval/ap': evaluation.ap,
      'eval/eer': evaluation.eer,
      'eval/tpr_at_5fpr': evaluation.tpr_at_5fpr,
      'eval/ece': evaluation.ece,
      'eval/brier': evaluation.brier,
      'eval/nll': evaluation.nll,
      'eval/coverage': coverage,
      'eval/head_text_agreement': report.headTextAgreement,
      ...own,
      'eval/avg_f1': parsed_only.avg_f1,
      'eval/worst_domain_f1': parsed_only.worst_domain_f1,
      'eval/sacc': parsed_only.sacc,
      parsed_only,
      unparsed_wrong,
      null_reasons,
      workbench: {
        id: record.id,
        model: record.modelId,
        dataset: record.datasetName,
        dataset_hash: record.datasetHash,
        synthetic: record.synthetic,
        config: record.config,
        code_version: record.codeVersion,
      },
    },
    null,
    2,
  );
}

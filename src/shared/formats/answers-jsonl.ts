// answers.jsonl, written in the official shape; `read-answers.ts` reads it. Pure.
import type { AnswerRecord } from '../domain/answer.ts';
import type { EvalRecord } from '../domain/run.ts';
import { writeLines } from './jsonl.ts';

/**
 * One line per answer in the official shape; our own figures under `workbench`, where strict readers ignore them. Failed samples
 * are left out, as the official script never writes them. Of answers made elsewhere nothing is claimed that nobody here knows.
 */
export function writeAnswers(record: EvalRecord, answers: readonly AnswerRecord[]): string {
  return writeLines(answers.filter(({ failure }) => !failure).map((answer) => answerRow(record, answer)));
}

/** @param extra goes under `workbench` too */
export function answerRow(record: EvalRecord, answer: AnswerRecord, extra: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    question_id: answer.index,
    prompt: record.config.prompt,
    text: answer.text.trim(),
    answer_id: `${record.id}-${answer.index}`,
    model_id: record.modelId === 'imported' ? record.modelName : record.modelId,
    predict: answer.predict ?? 'None',
    ...(answer.label === null ? {} : { label: answer.label }),
    ...(record.imported ? {} : { preprocessing: record.engine?.backend === 'webgpu' ? 'browser_webgpu' : 'browser_cpu' }),
    workbench: { ...ownFigures(record, answer), ...extra },
  };
}

function ownFigures(record: EvalRecord, answer: AnswerRecord) {
  return {
    image: answer.path,
    p_fake_head: answer.pFakeHead,
    p_fake_token: answer.pFakeToken,
    parse_rule: answer.parseRule,
    ...(record.imported ? {} : { seed: record.config.decoding.seed }),
    run_id: record.id,
    paragraphs: answer.paragraphs.map(({ keyword, vcr, pcr, reward, vote, isFinal, hasImage }) => ({
      keyword,
      vcr: hasImage ? vcr : null,
      pcr,
      reward,
      vote,
      is_final: isFinal,
    })),
  };
}

/** The question file that an evaluation's answers belong to. */
export function writeQuestions(record: EvalRecord, answers: readonly AnswerRecord[]): string {
  return writeLines(
    answers.map(({ index, path, label }) => ({ question_id: index, image: path, text: record.config.prompt, ...(label && { label }) })),
  );
}

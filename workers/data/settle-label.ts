// The label of an image from all that names one, and what is odd about its texts. Pure: the same for the review and for the import.
import type { ImportProblem, Label } from '../../src/shared/domain/sample.ts';
import type { TextRow } from './annotation-rows.ts';
import { readAnswerLabel } from './answer-label.ts';

/** What is known of an image. */
export interface LabelSources {
  path: string;
  /** Of its folder. */
  label: Label | null;
  annotation: TextRow | undefined;
  question: TextRow | undefined;
}

export interface SettledLabel {
  finalLabel: Label | null;
  /** Without what the import does about them. */
  notes: Pick<ImportProblem, 'code' | 'path' | 'reason'>[];
}

/** Compares the label sources, in the order that decides: `binary_label`, answer, folder; a question's label comes last. */
export function settleLabel({ path, label: folder, annotation, question }: LabelSources): SettledLabel {
  const answer = annotation?.answer === undefined ? null : readAnswerLabel(annotation.answer);
  const binary = annotation?.binaryLabel === undefined ? null : annotation.binaryLabel === 1 ? 'fake' : 'real';
  const finalLabel = binary ?? answer?.label ?? folder ?? question?.label ?? null;

  const notes: SettledLabel['notes'] = [];
  const note = (code: string, reason: string, at = annotation?.source ?? path) => notes.push({ code, path: at, reason });
  for (const { code, reason } of annotation?.remarks ?? []) note(code, reason);
  for (const { code, reason } of question?.remarks ?? []) note(code, reason, question?.source);
  if (answer && !answer.exact) {
    note(
      'answer-not-exact',
      'The text after `### Answer:` is not exactly `real` or `fake`; the official question builder would lose this row.',
    );
  }
  if (binary && answer?.label && answer.label !== binary)
    note('label-contradicts-answer', `\`binary_label\` says ${binary}, the answer says ${answer.label}; ${binary} is taken.`);
  const text = binary ?? answer?.label;
  if (text && folder && text !== folder)
    note('label-contradicts-folder', `The annotation says ${text}, the folder says ${folder} (${path}); ${text} is taken.`);
  if (question?.label && finalLabel && question.label !== finalLabel)
    note('label-contradicts-question', `The question file says ${question.label}; ${finalLabel} is taken.`, question.source);
  return { finalLabel, notes };
}

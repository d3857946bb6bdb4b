// Makes the stored record of a planned image, with the accepted one-click fixes applied.
import type { Annotation, SampleRecord } from '../../src/shared/domain/sample.ts';
import type { TextRow } from './annotation-rows.ts';
import { readAnswerLabel, withExactAnswer } from './answer-label.ts';
import type { Picture } from './picture.ts';
import type { PlannedImage } from './import-plan.ts';

/** Codes of missing or wrong labels; the fix takes the label from the answer, else from the folder. */
const LABEL_CODES = ['binary-label-missing', 'binary-label-invalid'];

/** Facts of the file that belong into the record. */
export type FileFacts = Pick<SampleRecord, 'sizeBytes' | 'sha256'> & Omit<Picture, 'thumbnail' | 'remarks'>;

/** The record of one image. */
export function sampleOf(datasetId: string, planned: PlannedImage, facts: FileFacts, fixes: ReadonlySet<string>): SampleRecord {
  const { path, domain, split, finalLabel: label, annotation, question } = planned;
  const problems = planned.problems.filter((code) => !isFixed(planned, code, fixes));
  return {
    id: `${datasetId}/${path}`,
    datasetId,
    path,
    domain,
    split,
    label,
    ...facts,
    ...(annotation && { annotation: annotationOf(annotation, planned, fixes) }),
    ...(question && { questionText: question.question, questionId: question.questionId }),
    problems,
    ...(planned.marks ?? { tags: [] }),
  };
}

/** Whether the image does not decide it: one click mends problems of this code wherever it can. */
export function isFixCode(code: string): boolean {
  return code === 'answer-not-exact' || LABEL_CODES.includes(code);
}

/** Whether one click can mend this problem of the image. */
export function isFixable({ annotation, finalLabel }: PlannedImage, code: string): boolean {
  if (code === 'answer-not-exact') return readAnswerLabel(annotation?.answer ?? '')?.label != null;
  return LABEL_CODES.includes(code) && finalLabel !== null;
}

/** Whether the problem can be mended and the user accepted that. */
export function isFixed(planned: PlannedImage, code: string, fixes: ReadonlySet<string>): boolean {
  return fixes.has(code) && isFixable(planned, code);
}

/** The annotation as it will be stored. */
export function annotationOf(row: TextRow, planned: PlannedImage, fixes: ReadonlySet<string>): Annotation {
  const label = readAnswerLabel(row.answer ?? '')?.label;
  const answer = label && isFixed(planned, 'answer-not-exact', fixes) ? withExactAnswer(row.answer ?? '', label) : (row.answer ?? '');
  const fixesLabel = LABEL_CODES.some((code) => isFixed(planned, code, fixes));
  const derived = fixesLabel ? (planned.finalLabel === 'fake' ? 1 : 0) : undefined;
  return { question: row.question, answer, binaryLabel: row.binaryLabel ?? derived, source: row.source };
}

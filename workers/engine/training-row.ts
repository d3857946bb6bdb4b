// The row that supervised training makes of an annotated sample. Used by training and by the preview of the form.
import type { TrainConfig } from '../../src/shared/config/config.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import { buildTrainingRow, type TrainingRow } from '../ml/text/template.ts';
import { IMAGE_PLACEHOLDER } from '../ml/text/token-ids.ts';
import type { Tokenizer } from '../ml/text/tokenizer.ts';

/** The sample's own question, or the run's prompt where it has none; the image comes first in either. */
export function trainingRowOf({ annotation }: SampleRecord, config: TrainConfig, tokenizer: Tokenizer): TrainingRow {
  const asked = annotation?.question.trim() || config.prompt;
  const question = asked.includes(IMAGE_PLACEHOLDER) ? asked : `${IMAGE_PLACEHOLDER}\n${asked}`;
  return buildTrainingRow({ template: config.template, question, answer: annotation?.answer ?? '', tokenizer });
}

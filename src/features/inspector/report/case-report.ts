// A report on one image as rows of words and figures: what the model estimates, how it was asked, how often it errs. Pure, so that
// the page and the file say the same.
import { formatFigure, formatPercent, formatPoints, formatProbability } from '../../../components/format.ts';
import { VCR_ENCODER } from '../../../components/reward-words.ts';
import { SOURCE_NAMES } from '../../../components/threshold-words.ts';
import type { AnswerScores, ScoreSource } from '../../../shared/domain/answer.ts';
import type { EvalRecord, ThresholdCounts } from '../../../shared/domain/run.ts';
import type { DatasetRecord, Label, SampleRecord } from '../../../shared/domain/sample.ts';
import { answerScores } from '../../../shared/metrics/answer-scores.ts';
import { wilsonInterval } from '../../../shared/metrics/proportion.ts';
import { countsAt } from '../../../shared/metrics/threshold.ts';
import type { ModelEntry } from '../../../state/models.ts';
import type { AskedReading, AskedWith } from '../reading.ts';

/** Where nothing was chosen on validation data. */
const PLAIN_THRESHOLD = 0.5;

export type ReportEvaluation = Pick<EvalRecord, 'id' | 'name' | 'datasetName' | 'datasetHash' | 'threshold' | 'synthetic' | 'config'>;

/** A threshold with what it did on a test set. */
export interface ErrorRates {
  source: ScoreSource;
  threshold: number;
  /** Chosen on validation data and then left alone; else 0.5. */
  isFrozen: boolean;
  counts: ThresholdCounts;
  evaluation: ReportEvaluation;
}

/**
 * The evaluation that tells how often a model errs: of unchanged pictures and finished; rather one with a frozen threshold, then
 * one of the test split alone, then the newest.
 * @param evals newest first
 */
export function ratesEvaluation(evals: readonly EvalRecord[], modelId: string | null): EvalRecord | undefined {
  const worth = ({ threshold, config }: EvalRecord): number => (threshold ? 2 : 0) + (splitsOf(config) === 'test' ? 1 : 0);
  return evals
    .filter((one) => one.modelId === modelId && one.state === 'done' && !one.config.perturbation && !one.config.votes)
    .toSorted((a, b) => worth(b) - worth(a))[0];
}

const splitsOf = ({ filter }: EvalRecord['config']): string => filter.splits.join(' and ');

/** The rates of an evaluation: at its frozen threshold, else at 0.5 of the head; null where it has no labelled scores. */
export function errorRates(evaluation: ReportEvaluation, answers: readonly AnswerScores[]): ErrorRates | null {
  const frozen = evaluation.threshold;
  if (frozen) return { source: frozen.source, threshold: frozen.value, isFrozen: true, counts: frozen.measured, evaluation };
  const source: ScoreSource = answers.some(({ pFakeHead }) => pFakeHead !== null) ? 'head' : 'token';
  const counts = countsAt(answerScores(answers, source), PLAIN_THRESHOLD);
  const total = counts.tp + counts.fp + counts.tn + counts.fn;
  return total === 0 ? null : { source, threshold: PLAIN_THRESHOLD, isFrozen: false, counts, evaluation };
}

/** `6 % (95 % CI 3–11; 6 of 100)`. */
function rate(part: number, whole: number): string {
  const interval = wilsonInterval(part, whole);
  if (!interval) return 'not measured: no such images';
  return `${formatPercent(part / whole, 0)} (95 % CI ${formatPoints(interval.low)}–${formatPoints(interval.high)}; ${part} of ${whole})`;
}

/** How often the model errs, in sentences. */
export function describeRates(rates: ErrorRates | null): string[] {
  if (!rates) return ['No evaluation of this model on labelled images is stored in this browser, so its error rates are not known here.'];
  const { counts, evaluation, threshold, isFrozen } = rates;
  const splits = splitsOf(evaluation.config);
  const set = `${splits ? `the ${splits} split of ` : ''}“${evaluation.datasetName}”${evaluation.datasetHash ? ` (sha ${evaluation.datasetHash.slice(0, 8)})` : ''}`;
  return [
    `On ${set}, evaluation “${evaluation.name}”, at threshold ${formatFigure(threshold, 2)}${isFrozen ? ', chosen on validation images' : ''}:`,
    `${rate(counts.fp, counts.fp + counts.tn)} of real images were called fake;`,
    `${rate(counts.fn, counts.fn + counts.tp)} of fake images were called real.`,
    'These rates hold for images like those of that set. For images from other sources they may be much higher.',
  ];
}

/** One readout against the threshold, never as a verdict. */
export function describeEstimate(
  pFakeHead: number | null,
  pFakeToken: number | null,
  predict: Label | null,
  rates: ErrorRates | null,
): string {
  const source = rates?.source ?? (pFakeHead === null ? 'token' : 'head');
  const threshold = rates?.threshold ?? PLAIN_THRESHOLD;
  const value = source === 'head' ? pFakeHead : pFakeToken;
  const text = predict === null ? 'the written answer states neither' : `the written answer states “${predict}”`;
  if (value === null) return `The ${SOURCE_NAMES[source]} gave no probability; ${text}.`;
  const side = value >= threshold ? 'at or above' : 'below';
  return `Model estimate ${formatProbability(value)} fake (${SOURCE_NAMES[source]}), ${side} threshold ${formatFigure(threshold, 2)}; ${text}.`;
}

/** What becomes of transparency. */
export const ALPHA_TEXT = 'the file has an alpha channel; the model sees the colours stored under it, without the channel';

export type Rows = [name: string, value: string][];

/** What tells this file from all others. */
export function fileRows(
  sample: SampleRecord,
  dataset: Pick<DatasetRecord, 'name' | 'contentHash'> | null,
  { isPrivate, hasAlpha }: { isPrivate: boolean; hasAlpha: boolean },
): Rows {
  const { path, sha256, width, height, format, sizeBytes, exifOrientation } = sample;
  return [
    ['File', isPrivate ? path.slice(path.indexOf('/') + 1) : path],
    ['SHA-256 of the file', sha256],
    ['Stored size', `${width} × ${height} pixels, ${format}, ${sizeBytes} bytes`],
    ...(width === height ? [] : ([['What the model saw', `the middle square, ${Math.min(width, height)} pixels wide`]] satisfies Rows)),
    ...(hasAlpha ? ([['Transparency', ALPHA_TEXT]] satisfies Rows) : []),
    ...(exifOrientation === 1 ? [] : ([['EXIF orientation', `${exifOrientation}; the model saw the picture as stored`]] satisfies Rows)),
    [
      'Dataset',
      isPrivate
        ? 'none: a private case, stored nowhere'
        : `${dataset?.name ?? 'unknown'}${dataset?.contentHash ? `, sha ${dataset.contentHash}` : ''}`,
    ],
  ];
}

/** To the minute, in one time zone for all readers. */
export function utcText(timestamp: number): string {
  return `${new Date(timestamp).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** When the answer was written, as far as that is known. */
export function writtenText({ askedAt, isBegun = false }: Pick<AskedReading, 'askedAt' | 'isBegun'>): string {
  if (askedAt === null) return 'not recorded';
  return isBegun ? `by an evaluation begun on ${utcText(askedAt)}` : utcText(askedAt);
}

/** What a report says of a model; one that is not here any more is known by its name. */
export type ReportModel = Pick<ModelEntry, 'id' | 'name' | 'sha256' | 'step' | 'tiny'>;

function decodingText({ decoding, votes = 1 }: AskedWith): string {
  const { temperature, topP, maxNewTokens, seed } = decoding;
  const voted = votes > 1 ? `, majority of ${votes} answers` : '';
  return `${temperature === 0 ? 'greedy' : `temperature ${temperature}, top-p ${topP}, seed ${seed}${voted}`}, at most ${maxNewTokens} tokens`;
}

/** How the model was asked, so that it can be asked again; of an answer from a file only what the file tells. */
export function settingRows(
  model: Omit<ReportModel, 'tiny'>,
  reading: Pick<AskedReading, 'askedWith' | 'askedAt' | 'isBegun' | 'isEarlier' | 'evalId' | 'source' | 'fileName'>,
  made: { engine: string; appVersion: string },
): Rows {
  const { askedWith, fileName, source } = reading;
  const { prompt, template, parser, reward } = askedWith;
  const program: Rows[number] = ['Program', `PRPO Workbench ${made.appVersion}`];
  const named: Rows[number] = ['Model', `${model.name} (${model.id}${model.step > 0 ? `, step ${model.step}` : ''})`];
  const since: Rows = reading.isEarlier
    ? [['Image', 'changed in a re-scan after the answer was written: the file above may be another one']]
    : [];
  if (fileName !== undefined) {
    return [
      named,
      ['Answer', `read from the file ${fileName}, made by another program: question, decoding and time are not known`],
      ['Read', writtenText(reading)],
      ...since,
      ['Parser', parser],
      ['Paragraph reward', 'PCR alone: no image was compared'],
      program,
    ];
  }
  return [
    named,
    ['SHA-256 of the weights', model.sha256 ?? 'not known'],
    ['Question', prompt.replaceAll(/\s+/g, ' ').trim()],
    ['Template, decoding, parser', `${template}; ${decodingText(askedWith)}; ${parser}`],
    ['Paragraph reward', `${reward.alpha} × VCR + ${reward.beta} × PCR`],
    ['VCR encoder', VCR_ENCODER],
    ['Answer', reading.evalId === null ? 'asked in the inspector' : source],
    ['Answer written', writtenText(reading)],
    ...since,
    ['Computed on', made.engine],
    program,
  ];
}

/** What a reader must know before using any line of the report. */
export const LIMITS: readonly string[] = [
  'This is the estimate of a statistical model about one image file. It is not a finding about the image, its maker or its subject.',
  'The reasoning is generated text. Its paragraphs can be wrong while the estimate is right, and the other way round.',
  'VCR says how well a phrase matches the picture for an image-text model; similarity maps and forensic views are hints for the eye. None of them proves tampering.',
  'Compression, resizing, screenshots and new generators change such estimates. Compare with the error rates on images like this one.',
];

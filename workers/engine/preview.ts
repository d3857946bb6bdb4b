// Previews of a run from its settings: token masks and the rewards of its first answers. They use the run's own data order, prompts,
// random numbers and token map, so that what is shown is what the first step does. Nothing is stored.
import { dispose } from '@tensorflow/tfjs-core';
import type { TrainConfig } from '../../src/shared/config/config.ts';
import { GREEDY } from '../../src/shared/config/presets.ts';
import type {
  AnswerSource,
  MaskRow,
  PreviewCompletion,
  PreviewImage,
  PreviewToken,
  RewardPreview,
} from '../../src/shared/domain/preview.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import type { EngineApi } from '../../src/shared/engine-api.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { readCompletion } from '../../src/shared/rewards/paragraph-reward.ts';
import type { TextRange } from '../../src/shared/rewards/token-map.ts';
import { listSamples } from '../../src/shared/storage/samples.ts';
import type { Detector } from '../ml/model/detector.ts';
import type { EngineParts } from './engine-parts.ts';
import { batchOf } from './images.ts';
import type { LoadedModel } from './load-model.ts';
import { answerTokens, labelledTokens, promptTokens } from './preview-tokens.ts';
import { samplesOfStep, trainingData, withoutBrokenPictures } from './training-data.ts';
import { trainingRowOf } from './training-row.ts';

const SAMPLES = 3;

const isPolicy = ({ algorithm }: TrainConfig): boolean => algorithm === 'prpo' || algorithm === 'grpo';
const referenceOf = ({ annotation }: SampleRecord): string => annotation?.answer.trim() ?? '';

/** The first images that the run would see. @throws E-CONFIG without any */
async function firstSamples({ db }: EngineParts, { config, datasetId }: EngineApi['maskPreview']['params']): Promise<SampleRecord[]> {
  const data = trainingData(await listSamples(db, datasetId), config);
  const perStep = isPolicy(config)
    ? config.policy.promptsPerStep
    : config.sft.perDeviceTrainBatchSize * config.sft.gradientAccumulationSteps;
  const steps = Array.from({ length: Math.ceil(SAMPLES / perStep) }, (_, step) => samplesOfStep(data, config.seed, perStep, step));
  return [...new Map(steps.flat().map((sample) => [sample.id, sample])).values()].slice(0, SAMPLES);
}

/** @throws E-MISSING for an unknown model, E-CONFIG when no image passes */
export async function maskPreview(parts: EngineParts, params: EngineApi['maskPreview']['params'], signal: AbortSignal): Promise<MaskRow[]> {
  const model = await parts.models.load(params.modelId);
  const rows: MaskRow[] = [];
  for (const sample of await firstSamples(parts, params)) {
    const row = isPolicy(params.config)
      ? await policyRow(parts, model, sample, params.config, signal)
      : supervisedRow(model, sample, params.config);
    rows.push(withoutTail(row, model));
  }
  return rows;
}

function supervisedRow({ detector }: LoadedModel, sample: SampleRecord, config: TrainConfig): MaskRow {
  const { inputIds, labels } = trainingRowOf(sample, config, detector.tokenizer);
  return maskRow(detector, sample, 'reference', labelledTokens(inputIds, labels, detector.tokenizer));
}

/** The reference answer stands in for what will be sampled; without one the model writes an answer. */
async function policyRow(
  { images }: EngineParts,
  model: LoadedModel,
  sample: SampleRecord,
  config: TrainConfig,
  signal: AbortSignal,
): Promise<MaskRow> {
  const { detector } = model;
  const prompt = promptTokens(detector.promptIds(config), detector.tokenizer);
  const reference = referenceOf(sample);
  const row = (source: AnswerSource, tokens: readonly PreviewToken[]): MaskRow => maskRow(detector, sample, source, [...prompt, ...tokens]);
  const { reward } = config;
  if (reference !== '')
    return row('reference', textTokens(detector, reference, readCompletion(reference, reward).paragraphs.slice(0, reward.maxParagraphs)));
  const batch = batchOf(detector, [await images.encoded(model, sample.id)]);
  try {
    const decoding = { ...GREEDY, maxNewTokens: config.policy.maxCompletionLength };
    const [answer] = await detector.answer(batch, { ...config, decoding, parser: 'prpo' }, { signal });
    return row('generated', answer ? generatedCompletion(detector, answer).tokens : []);
  } finally {
    dispose(batch.visionTokens);
  }
}

function maskRow(detector: Detector, { id, path, label }: SampleRecord, source: AnswerSource, tokens: MaskRow['tokens']): MaskRow {
  return { sampleId: id, path, label, source, tokens, visionTokens: detector.model.numVisionTokens, cutTokens: 0 };
}

/** Marks what lies beyond the model's length: rows are cut at their end. */
function withoutTail(row: MaskRow, { config }: LoadedModel): MaskRow {
  let length = 0;
  let cutTokens = 0;
  const tokens = row.tokens.map((token) => {
    length += token.use === 'image' ? row.visionTokens : 1;
    if (length <= config.tokenizerModelMaxLength) return token;
    cutTokens++;
    return { ...token, use: 'ignored' as const, paragraph: null };
  });
  return { ...row, tokens, cutTokens };
}

/** @throws E-MISSING for an unknown model, E-CONFIG when no image passes, E-IMAGE when none can be read, E-CANCELLED */
export async function rewardPreview(
  parts: EngineParts,
  params: EngineApi['rewardPreview']['params'],
  signal: AbortSignal,
): Promise<RewardPreview> {
  const begin = performance.now();
  const model = await parts.models.load(params.modelId);
  const samples = await withoutBrokenPictures(await firstSamples(parts, params), ({ id }) => parts.images.encoded(model, id));
  if (samples.length === 0) throw noPicture();
  const batch = batchOf(model.detector, samples.map(({ loaded }) => loaded)); // prettier-ignore
  try {
    const { source, config } = params;
    const completions =
      source === 'generated'
        ? await generated(model.detector, batch, config, signal)
        : await Promise.all(samples.map(({ sample }, i) => references(model.detector, sample, batch.features[i] ?? null, config)));
    const images = samples.map(({ sample: { id, path, label } }, i): PreviewImage => {
      return { sampleId: id, path, label, completions: completions[i] ?? [] };
    });
    return { source, images, elapsedMs: performance.now() - begin };
  } finally {
    dispose(batch.visionTokens);
  }
}

function noPicture(): WorkbenchError {
  return new WorkbenchError('E-IMAGE', 'None of the first images of this run can be read.', {
    safe: 'Nothing was trained.',
    remedy: 'Check the dataset on its Health page, or import the images again.',
  });
}

type Batch = Parameters<Detector['answer']>[0];

/** The answers of the run's first step: same prompts, same random numbers. By image. */
async function generated(detector: Detector, batch: Batch, config: TrainConfig, signal: AbortSignal): Promise<PreviewCompletion[][]> {
  const { temperature, topP, maxCompletionLength, numGenerations } = config.policy;
  const decoding = { temperature, topP, maxNewTokens: maxCompletionLength, seed: config.seed };
  const answers = await detector.answer(batch, { ...config, decoding, parser: 'prpo' }, { numGenerations, firstRowId: 0, signal });
  const completions = answers.map((answer) => generatedCompletion(detector, answer));
  return batch.features.map((_, image) => completions.slice(image * numGenerations, (image + 1) * numGenerations));
}

function generatedCompletion(detector: Detector, answer: Awaited<ReturnType<Detector['answer']>>[number]): PreviewCompletion {
  const { scored, text, tokens, truncated } = answer;
  const ids = tokens.map(({ id }) => id);
  return { scored, text, terminated: !truncated, tokens: answerTokens(ids, scored.paragraphs, detector.tokenizer) };
}

/** The reference answer as if the model had written it; none where the sample has none. */
async function references(
  detector: Detector,
  sample: SampleRecord,
  features: Float32Array | null,
  { reward }: TrainConfig,
): Promise<PreviewCompletion[]> {
  const text = referenceOf(sample);
  if (text === '') return [];
  const scored = await detector.score([text], [features], () => 0, { reward, parser: 'prpo' });
  return scored.map((one) => ({ scored: one, text, terminated: true, tokens: textTokens(detector, text, one.paragraphs) }));
}

/** Tokens of a given text, with the end that the model would have written. */
function textTokens({ tokenizer, model }: Detector, text: string, paragraphs: readonly TextRange[]): PreviewToken[] {
  return answerTokens([...tokenizer.encode(text, false).ids, model.config.eosTokenId], paragraphs, tokenizer);
}

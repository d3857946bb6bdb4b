// What a run will need, estimated from its settings, the model's sizes and the data before anything is loaded. How memory is
// estimated: memory-estimate.ts.
import type { TrainConfig } from '../../src/shared/config/config.ts';
import type { CompletionRecord, RunRecord } from '../../src/shared/domain/run.ts';
import type { EngineApi } from '../../src/shared/engine-api.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { listCompletions, listRuns, listSteps } from '../../src/shared/storage/runs.ts';
import { numVisionTokens, parseClipConfig, parseDxLlavaConfig, type DxLlavaConfig } from '../ml/model/config.ts';
import { lengthBucketOf } from '../ml/model/length-bucket.ts';
import { loraParameters } from '../ml/model/lora.ts';
import { clipHeadParameters, dxLlavaParameters, type ParameterSpec } from '../ml/model/parameters.ts';
import { loadTokenizer } from '../ml/text/tokenizer.ts';
import type { EngineParts } from './engine-parts.ts';
import { estimateBytes, type RunSizes } from './memory-estimate.ts';
import { runLengths } from './run-lengths.ts';
import { smallerSettings } from './smaller-settings.ts';
import { answerBytes, storageEstimate } from './storage-estimate.ts';
import { namePattern } from '../ml/model/weights.ts';
import { STAGE_PARAMETERS } from '../ml/train/sft.ts';
import { FILES } from '../../src/shared/models/model-folder.ts';
import { readJson } from '../../src/shared/models/model-folder.ts';

type Estimate = EngineApi['preflight']['result'];

const BYTES = 4;
/** What is offered leaves some room. */
const ROOM = 0.95;
/** Steps whose mean time is used. */
const TIMED_STEPS = 5;

const isPolicy = ({ algorithm }: TrainConfig): boolean => algorithm === 'prpo' || algorithm === 'grpo';
const countOf = (specs: readonly ParameterSpec[]): number => specs.reduce((sum, { shape }) => sum + shape.reduce((n, d) => n * d, 1), 0);

/** @throws E-MISSING for an unknown model */
export async function preflight(
  parts: Pick<EngineParts, 'db' | 'folders' | 'backend'>,
  { config, modelId, datasetId }: EngineApi['preflight']['params'],
): Promise<Estimate> {
  const { db } = parts;
  const sizes = await runSizes(parts, { config, modelId, datasetId });
  const checkpointBytes = 3 * BYTES * sizes.trainedCount; // weights and both moments
  const memoryBytes = estimateBytes(sizes);
  return {
    memoryBytes,
    ...budget(sizes, memoryBytes, parts.backend.memoryLimit),
    ...answerRoom(sizes),
    mostMemoryBytes: estimateBytes({ ...sizes, ...atTheLimit(sizes) }),
    stepMs: await expectedStepMs(db, config, modelId),
    checkpointBytes,
    storage: storageEstimate(config, checkpointBytes, answerBytes(sizes.meanAnswerLength, await earlierAnswers(db, config, modelId))),
  };
}

/** What the engine can take, and where the run needs more, settings that fit. */
function budget(sizes: RunSizes, memoryBytes: number, limitBytes: number | null): Pick<Estimate, 'limitBytes' | 'smaller'> {
  if (limitBytes === null) return {};
  return memoryBytes <= limitBytes ? { limitBytes } : { limitBytes, smaller: smallerSettings(sizes, limitBytes * ROOM) };
}

/** Tokens that the context leaves for an answer behind the prompt. */
function answerRoom({ config, model, promptLength }: RunSizes): Pick<Estimate, 'answerRoom'> {
  return isPolicy(config) ? { answerRoom: Math.max(0, model.tokenizerModelMaxLength - promptLength) } : {};
}

/** Every size that the memory of a run follows from. @throws E-MISSING for an unknown model */
export async function runSizes(
  { db, folders, backend }: Pick<EngineParts, 'db' | 'folders' | 'backend'>,
  { config, modelId, datasetId }: EngineApi['preflight']['params'],
): Promise<RunSizes> {
  const [base] = await folders.chainOf(modelId);
  const json = async (path: string): Promise<unknown> => readJson(await base.read(path), path);
  const model = parseDxLlavaConfig(await json(FILES.config));
  const clip = base.paths.includes(FILES.clipConfig) ? countOf(clipHeadParameters(parseClipConfig(await json(FILES.clipConfig)))) : 0;
  const tokenizer = loadTokenizer(await (await base.read(FILES.tokenizer)).text());
  const hasReference = isPolicy(config) && config.policy.beta > 0 && !config.lora;
  return {
    model,
    config,
    modelCount: clip + countOf(dxLlavaParameters(model)),
    trainedCount: trainedCount(model, config),
    referenceCount: hasReference ? countOf(named(model, STAGE_PARAMETERS.language)) : 0,
    bucket: lengthBucketOf(backend.status.backend),
    pooledBySize: backend.status.backend === 'webgpu',
    ...(await runLengths({ db, config, modelId, datasetId, tokenizer, numVisionTokens: numVisionTokens(model.vision) })),
  };
}

/** Every answer as long as it may be. */
function atTheLimit({ config, answerLength, meanAnswerLength }: RunSizes): Pick<RunSizes, 'answerLength' | 'meanAnswerLength'> {
  if (!isPolicy(config)) return { answerLength, meanAnswerLength };
  const { maxCompletionLength } = config.policy;
  return { answerLength: maxCompletionLength, meanAnswerLength: maxCompletionLength };
}

const named = (model: DxLlavaConfig, patterns: readonly string[]): ParameterSpec[] => {
  const tests = patterns.map(namePattern);
  return dxLlavaParameters(model).filter(({ name }) => tests.some((test) => test.test(name)));
};

/** Values that the run changes. */
export function trainedCount(model: DxLlavaConfig, config: TrainConfig): number {
  const { projector, language, binaryHead } = STAGE_PARAMETERS;
  const adapter = config.lora ? countOf(loraParameters(model.language, { ...config.lora, useRslora: false, baseModel: '' })) : 0;
  const decoder = config.lora ? [] : [...language];
  const stages = { prpo: decoder, grpo: decoder, 'sft-stage1': [...projector], 'sft-stage2': [...projector, ...binaryHead, ...decoder] };
  return adapter + countOf(named(model, stages[config.algorithm]));
}

/** The newest run of this algorithm and model that has steps. */
async function earlierRun(db: Database, config: TrainConfig, modelId: string): Promise<RunRecord | undefined> {
  return (await listRuns(db)).find(
    ({ algorithm, baseModelId, step }) => algorithm === config.algorithm && baseModelId === modelId && step > 0,
  );
}

async function earlierAnswers(db: Database, config: TrainConfig, modelId: string): Promise<CompletionRecord[]> {
  const run = isPolicy(config) ? await earlierRun(db, config, modelId) : undefined;
  return run ? listCompletions(db, run.id, run.step) : [];
}

/** From an earlier run, scaled by the tokens of a step; null without one. */
async function expectedStepMs(db: Database, config: TrainConfig, modelId: string): Promise<number | null> {
  const run = await earlierRun(db, config, modelId);
  if (!run) return null;
  const times = (await listSteps(db, run.id))
    .slice(-TIMED_STEPS)
    .flatMap(({ phaseMs }) => Object.values(phaseMs).reduce((sum, ms) => sum + ms, 0));
  if (times.length === 0) return null;
  return ((times.reduce((sum, ms) => sum + ms, 0) / times.length) * workOf(config)) / workOf(run.config);
}

/** Proportional to the tokens of a step. */
function workOf(config: TrainConfig): number {
  const { policy, sft } = config;
  if (!isPolicy(config)) return sft.perDeviceTrainBatchSize * sft.gradientAccumulationSteps;
  return policy.numGenerations * policy.promptsPerStep * policy.maxCompletionLength;
}

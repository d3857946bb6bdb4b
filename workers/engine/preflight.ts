// What a run will need, estimated from its settings and the model's sizes before anything is loaded. Memory is an upper guess:
// weights, gradients, moments, the activations of one micro-batch, and the cache of the rollout.
import type { TrainConfig } from '../../src/shared/config/config.ts';
import type { EngineApi } from '../../src/shared/protocol.ts';
import type { Database } from '../../src/shared/storage/database.ts';
import { listRuns, listSteps } from '../../src/shared/storage/runs.ts';
import { numVisionTokens, parseDxLlavaConfig, type DxLlavaConfig } from '../ml/model/config.ts';
import { loraParameters } from '../ml/model/lora.ts';
import { dxLlavaParameters, type ParameterSpec } from '../ml/model/parameters.ts';
import { namePattern } from '../ml/model/weights.ts';
import { STAGE_PARAMETERS } from '../ml/train/sft.ts';
import { FILES } from '../../src/shared/models/model-folder.ts';
import { readJson, type ModelFolders } from '../../src/shared/models/model-folder.ts';

const BYTES = 4;
/** Characters of a prompt per token, with room to spare. */
const CHARACTERS_PER_TOKEN = 3;
/** Steps whose mean time is used. */
const TIMED_STEPS = 5;

const isPolicy = ({ algorithm }: TrainConfig): boolean => algorithm === 'prpo' || algorithm === 'grpo';
const countOf = (specs: readonly ParameterSpec[]): number => specs.reduce((sum, { shape }) => sum + shape.reduce((n, d) => n * d, 1), 0);

/** @throws E-MISSING for an unknown model */
export async function preflight(
  { db, folders }: { db: Database; folders: ModelFolders },
  { config, modelId }: EngineApi['preflight']['params'],
): Promise<EngineApi['preflight']['result']> {
  const [base] = await folders.chainOf(modelId);
  const model = parseDxLlavaConfig(base ? await readJson(await base.read(FILES.config), FILES.config) : null);
  const trained = trainedCount(model, config);
  return {
    memoryBytes: memoryBytes(model, config, trained),
    stepMs: await expectedStepMs(db, config, modelId),
    checkpointBytes: 3 * BYTES * trained, // weights and both moments
  };
}

/** Values that the run changes. */
export function trainedCount(model: DxLlavaConfig, config: TrainConfig): number {
  const { projector, language, binaryHead } = STAGE_PARAMETERS;
  const adapter = config.lora ? countOf(loraParameters(model.language, { ...config.lora, useRslora: false, baseModel: '' })) : 0;
  const decoder = config.lora ? [] : [...language];
  const stages = { prpo: decoder, grpo: decoder, 'sft-stage1': [...projector], 'sft-stage2': [...projector, ...binaryHead, ...decoder] };
  const tests = stages[config.algorithm].map(namePattern);
  return adapter + countOf(dxLlavaParameters(model).filter(({ name }) => tests.some((test) => test.test(name))));
}

function memoryBytes(model: DxLlavaConfig, config: TrainConfig, trained: number): number {
  const all = countOf(dxLlavaParameters(model));
  const hasReference = isPolicy(config) && config.policy.beta > 0 && !config.lora;
  const { hiddenSize: C, intermediateSize: F, numLayers, vocabSize, numHeads, numKeyValueHeads } = model.language;
  const answer = config.policy.maxCompletionLength;
  const length = Math.min(
    model.tokenizerModelMaxLength,
    config.prompt.length / CHARACTERS_PER_TOKEN + numVisionTokens(model.vision) + answer,
  );
  const perStep = config.policy.numGenerations * config.policy.promptsPerStep;
  const rows = isPolicy(config) ? Math.min(config.microBatchSize, perStep) : config.sft.perDeviceTrainBatchSize;
  const layer = rows * length * (14 * C + 6 * F + numHeads);
  const layers = config.gradientCheckpointing ? rows * length * C * numLayers + layer : layer * numLayers;
  const logits = 3 * rows * answer * vocabSize;
  const cache = isPolicy(config) ? 2 * perStep * length * (C / numHeads) * numKeyValueHeads * numLayers : 0;
  const values = all * (hasReference ? 2 : 1) + 4 * trained + Math.max(layers + logits, cache);
  return Math.round(BYTES * values);
}

/** From the newest run of this algorithm and model that has steps, scaled by the tokens of a step; null without one. */
async function expectedStepMs(db: Database, config: TrainConfig, modelId: string): Promise<number | null> {
  const run = (await listRuns(db)).find(
    ({ algorithm, baseModelId, step }) => algorithm === config.algorithm && baseModelId === modelId && step > 0,
  );
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

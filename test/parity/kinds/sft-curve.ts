// Supervised training against PyTorch: every step's losses, gradient norm and rate, and some parameters after the last.
// Full training (`sft-curve`) and a PEFT adapter with projector and head (`lora-curve`).
import { readFile } from 'node:fs/promises';
import { dispose, Tensor, tensor, type Variable } from '@tensorflow/tfjs-core';
import { SafetensorsFile } from '../../../src/shared/safetensors.ts';
import { LoraAdapter } from '../../../workers/ml/model/lora.ts';
import { VISION_TOWER_PREFIX } from '../../../workers/ml/model/parameters.ts';
import { parseLoraConfig } from '../../../workers/ml/model/lora-config.ts';
import { SftTrainer, type SftBatch } from '../../../workers/ml/train/sft.ts';
import { CheckList, fixturePath, type ParityContext } from '../kind.ts';
import {
  listField,
  loadDxLlavaFolder,
  numberField,
  openTensors,
  readJson,
  recordOf,
  sequenceRows,
  textField,
  type LoadedModel,
  type TensorFile,
} from '../model-files.ts';

/** The parity check of both kinds. */
export async function check(context: ParityContext): Promise<CheckList> {
  await context.useBackend();
  const list = new CheckList();
  const loaded = await loadDxLlavaFolder(fixturePath(context, textField(context.fixture, 'model')));
  const adapter = await loadAdapter(context, loaded);
  try {
    await train(context, list, loaded, adapter);
  } finally {
    loaded.model.language.adapter = null;
    adapter?.dispose();
    loaded.dispose();
  }
  return list;
}

async function loadAdapter({ fixture, ...context }: ParityContext, { config, model }: LoadedModel): Promise<LoraAdapter | null> {
  if (fixture.adapter_init === undefined) return null;
  const folder = fixturePath({ fixture, ...context }, textField(fixture, 'adapter_init'));
  const source = await SafetensorsFile.open(new Uint8Array(await readFile(`${folder}/adapter_model.safetensors`)));
  const { adapter } = await LoraAdapter.load(
    config.language,
    parseLoraConfig(recordOf(await readJson(`${folder}/adapter_config.json`))),
    source,
  );
  model.language.adapter = adapter;
  return adapter;
}

async function train(context: ParityContext, list: CheckList, loaded: LoadedModel, adapter: LoraAdapter | null): Promise<void> {
  const settings = recordOf(await readJson(fixturePath(context, textField(context.fixture, 'train'))));
  const batches = await openTensors(context, 'batches');
  const parameters = trainable(settings, loaded, adapter);
  const trainsTower = Object.keys(parameters).some((name) => name.startsWith(VISION_TOWER_PREFIX));
  const trainer = createTrainer(settings, loaded, parameters);
  for (let step = 0; step < numberField(context.fixture, 'steps'); step++) {
    const micro = Array.from({ length: numberField(context.fixture, 'micro_batches') }, (_, m) =>
      openBatch(loaded, batches, `${step}.${m}.`, trainsTower),
    );
    const metrics = await trainer.trainStep(micro);
    dispose(micro.flatMap(tensorsOf));
    compareStep(context, list, step, metrics);
  }
  const outputs = await openTensors(context, 'outputs');
  for (const name of listField(context.fixture, 'final_parameters').map(String)) {
    list.close(
      `final ${name}`,
      (await parameters[name]?.data()) ?? [],
      outputs.get(name).data,
      numberField(context.fixture.limits, 'parametersAbs'),
    );
  }
  trainer.dispose();
}

/** Adapter patterns name the adapter's tensors, all others the model's. */
function trainable(settings: Record<string, unknown>, { weights }: LoadedModel, adapter: LoraAdapter | null): Record<string, Variable> {
  const patterns = listField(settings, 'trainable').map(String);
  return { ...weights.trainable(patterns), ...adapter?.weights.trainable(patterns) };
}

function createTrainer(settings: Record<string, unknown>, { model }: LoadedModel, parameters: Record<string, Variable>): SftTrainer {
  const [adamBeta1 = 0, adamBeta2 = 0] = listField(settings, 'betas').map(Number);
  const scheduler = textField(settings, 'scheduler');
  const lrSchedulerType = (['cosine', 'linear', 'constant', 'constant_with_warmup'] as const).find((known) => known === scheduler);
  if (lrSchedulerType === undefined) throw new Error(`unknown scheduler ${scheduler}`);
  const number = (name: string): number => numberField(settings, name);
  const optimizer = {
    learningRate: number('learning_rate'),
    adamBeta1,
    adamBeta2,
    adamEpsilon: number('eps'),
    weightDecay: number('weight_decay'),
    maxGradNorm: number('max_grad_norm'),
    // transformers' get_scheduler takes no notice of warm-up steps with `constant`.
    warmupSteps: lrSchedulerType === 'constant' ? 0 : number('warmup_steps'),
    lrSchedulerType,
  } as const;
  const loss = { lmLossWeight: number('lm_loss_weight'), binaryLossWeight: number('binary_loss_weight') };
  return new SftTrainer(model, parameters, optimizer, number('total_steps'), loss);
}

/** @param trainsTower then the trainer encodes the images itself, inside the tape */
function openBatch({ model }: LoadedModel, file: TensorFile, prefix: string, trainsTower: boolean): SftBatch {
  const rows = { rows: sequenceRows(file, prefix), binaryLabels: tensor(Float32Array.from(file.get(`${prefix}binary_labels`).data)) };
  const [pixelValues, binaryPixelValues] = [file.images(`${prefix}pixel_values`), file.images(`${prefix}pixel_values_augmented`)];
  if (trainsTower) return { ...rows, pixelValues, binaryPixelValues };
  const batch = { ...rows, visionTokens: model.encodeImages(pixelValues), binaryVisionTokens: model.encodeImages(binaryPixelValues) };
  dispose([pixelValues, binaryPixelValues]);
  return batch;
}

const tensorsOf = (batch: SftBatch): Tensor[] => Object.values<unknown>({ ...batch }).filter((one) => one instanceof Tensor);

function compareStep(
  context: ParityContext,
  list: CheckList,
  step: number,
  metrics: { loss: number; lmLoss: number; binaryLoss: number; gradNorm: number; learningRate: number },
): void {
  const want = (name: string): number => Number(listField(context.fixture.expected, name)[step]);
  const limit = (name: string): number => numberField(context.fixture.limits, name);
  list.close(`step ${step} loss`, metrics.loss, want('loss'), limit('lossAbs'));
  list.close(`step ${step} lm_loss`, metrics.lmLoss, want('lm_loss'), limit('lossAbs'));
  list.close(`step ${step} binary_loss`, metrics.binaryLoss, want('binary_loss'), limit('lossAbs'));
  list.closeRelative(`step ${step} grad_norm`, metrics.gradNorm, want('grad_norm'), limit('gradNormRel'));
  list.closeRelative(`step ${step} learning_rate`, metrics.learningRate, want('learning_rate'), limit('learningRateRel'));
}

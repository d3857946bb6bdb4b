// A PEFT adapter: logits with it, merged weights, and the files that our code writes.
import { readFile } from 'node:fs/promises';
import { dispose, tensor, tidy } from '@tensorflow/tfjs-core';
import { SafetensorsFile } from '../../../src/shared/safetensors.ts';
import { splitAdapter, takeModulesToSave } from '../../../workers/data/exports/whole-modules.ts';
import { LoraAdapter } from '../../../workers/ml/model/lora.ts';
import { parseLoraConfig, writeLoraConfig } from '../../../workers/ml/model/lora-config.ts';
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
} from '../model-files.ts';
import { withinLengths } from './dx-llava.ts';

/** The parity check of the kind `lora`. */
export async function check(context: ParityContext): Promise<CheckList> {
  await context.useBackend();
  const list = new CheckList();
  const folder = fixturePath(context, textField(context.fixture, 'adapter'));
  const { modules, plain } = takeModulesToSave(await readJson(`${folder}/adapter_config.json`));
  const config = recordOf(plain);
  const modelFolder = fixturePath(context, textField(context.fixture, 'model'));
  const loaded = await loadDxLlavaFolder(modelFolder);
  const source = await openAdapter(`${folder}/adapter_model.safetensors`, modules, modelFolder, loaded);
  const { adapter, report } = await LoraAdapter.load(loaded.config.language, parseLoraConfig(config), source, loaded.weights);
  try {
    list.equal('unexpected tensors', report.unexpected, []);
    list.close('scale', adapter.scaleOf(''), numberField(context.fixture, 'scale'), 1e-9); // of modules without a pattern of their own
    await checkLogits(context, list, loaded, adapter);
    await checkMerged(context, list, loaded, adapter);
    await checkWritten(context, list, adapter, source, config);
  } finally {
    adapter.dispose();
    loaded.dispose();
  }
  return list;
}

/** The pairs alone; modules that PEFT stores whole take the place of the base's, as an import does it. */
async function openAdapter(path: string, modules: string[], modelFolder: string, { weights }: LoadedModel): Promise<SafetensorsFile> {
  const file = await readFile(path);
  if (modules.length === 0) return await SafetensorsFile.open(new Uint8Array(file));
  const base = await SafetensorsFile.open(new Uint8Array(await readFile(`${modelFolder}/model.safetensors`)));
  const { pairs, whole } = await splitAdapter(new Blob([file]), modules, base);
  for (const [name, { data, shape }] of whole) tidy(() => weights.set(name, tensor(data, shape, 'float32')));
  return await SafetensorsFile.open(pairs);
}

async function checkLogits(context: ParityContext, list: CheckList, { model }: LoadedModel, adapter: LoraAdapter): Promise<void> {
  const [inputs, outputs] = [await openTensors(context, 'inputs'), await openTensors(context, 'outputs')];
  const layout = model.layout(sequenceRows(inputs));
  const pixels = inputs.images('pixel_values');
  const visionTokens = model.encodeImages(pixels);
  model.language.adapter = adapter;
  const logits = model.forwardLogits(layout, visionTokens);
  model.language.adapter = null;
  list.equal('lengths', layout.lengths, listField(context.fixture, 'lengths'));
  list.close(
    'logits',
    withinLengths(await logits.data(), layout),
    withinLengths(outputs.get('logits').data, layout),
    numberField(context.fixture.limits, 'logitsAbs'),
  );
  dispose([pixels, visionTokens, logits]);
}

async function checkMerged(context: ParityContext, list: CheckList, { weights }: LoadedModel, adapter: LoraAdapter): Promise<void> {
  const outputs = await openTensors(context, 'outputs');
  const limit = numberField(context.fixture.limits, 'mergedAbs');
  const names = listField(context.fixture, 'merged').map(String);
  const before = await weights.toHost(names);
  adapter.mergeInto(weights);
  for (const name of names) list.close(`merged.${name}`, await weights.get(name).data(), outputs.get(`merged.${name}`).data, limit);
  adapter.unmergeFrom(weights);
  for (const name of names) list.close(`unmerged ${name}`, await weights.get(name).data(), before.get(name)?.data ?? [], limit);
}

async function checkWritten(
  context: ParityContext,
  list: CheckList,
  adapter: LoraAdapter,
  source: SafetensorsFile,
  config: Record<string, unknown>,
): Promise<void> {
  const bytes = new Uint8Array(await new Blob(await adapter.weights.toSafetensors()).arrayBuffer());
  const written = await SafetensorsFile.open(bytes);
  list.equal('written names', written.names().toSorted(), source.names().toSorted());
  list.equal('written metadata', written.metadata, { format: 'pt' });
  for (const name of source.names()) {
    list.equal(`written shape of ${name}`, written.shapeOf(name), source.shapeOf(name));
    list.close(`written ${name}`, (await written.read(name)).data, (await source.read(name)).data, 0);
  }
  const ours = writeLoraConfig(adapter.settings);
  for (const key of listField(context.fixture, 'adapter_required_keys').map(String))
    list.equal(`config ${key}`, sorted(ours[key]), sorted(config[key]));
}

/** target_modules is a set: its order has no meaning. */
const sorted = (value: unknown): unknown => (Array.isArray(value) ? value.map(String).toSorted() : value);

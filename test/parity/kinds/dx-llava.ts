// DX-LLaVA against the released code: tokens, logits, losses, gradients of all trained parameters, greedy generation.
import { dispose, keep, type Tensor } from '@tensorflow/tfjs-core';
import { Generator, type Prompt } from '../../../workers/ml/model/generate.ts';
import { computeGradients } from '../../../workers/ml/model/gradients.ts';
import type { SequenceLayout } from '../../../workers/ml/model/sequence-layout.ts';
import { CheckList, fixturePath, type ParityContext } from '../kind.ts';
import {
  listField,
  loadDxLlavaFolder,
  numberField,
  openTensors,
  recordOf,
  sequenceRows,
  textField,
  type LoadedModel,
  type TensorFile,
} from '../model-files.ts';

interface Case {
  context: ParityContext;
  list: CheckList;
  loaded: LoadedModel;
  inputs: TensorFile;
  outputs: TensorFile;
}

/** The parity check of the kind `dx-llava`. */
export async function check(context: ParityContext): Promise<CheckList> {
  await context.useBackend();
  const list = new CheckList();
  const [inputs, outputs] = [await openTensors(context, 'inputs'), await openTensors(context, 'outputs')];
  const loaded = await loadDxLlavaFolder(fixturePath(context, textField(context.fixture, 'model')));
  const run: Case = { context, list, loaded, inputs, outputs };
  try {
    await checkForward(run);
    await checkLosses(run);
    await checkGreedy(run);
  } finally {
    loaded.dispose();
  }
  return list;
}

const limit = ({ context }: Case, name: string): number => numberField(context.fixture.limits, name);

async function checkForward(run: Case): Promise<void> {
  const { list, loaded, inputs, outputs } = run;
  const { model } = loaded;
  const layout = model.layout(sequenceRows(inputs));
  const pixels = inputs.images('pixel_values');
  const visionTokens = model.encodeImages(pixels);
  const projected = model.projectTokens(visionTokens);
  const logits = model.forwardLogits(layout, visionTokens);
  list.equal('lengths', layout.lengths, listField(run.context.fixture, 'lengths'));
  list.equal('labels_expanded', Array.from(layout.labels), Array.from(outputs.get('labels_expanded').data));
  list.close('vision_tokens', await visionTokens.data(), outputs.get('vision_tokens').data, limit(run, 'tokensAbs'));
  list.close('projected_tokens', await projected.data(), outputs.get('projected_tokens').data, limit(run, 'tokensAbs'));
  list.close(
    'logits',
    withinLengths(await logits.data<'float32'>(), layout),
    withinLengths(outputs.get('logits').data, layout),
    limit(run, 'logitsAbs'),
  );
  dispose([pixels, visionTokens, projected, logits]);
}

/** Values of [B, T, V] at positions inside the rows. */
export function withinLengths(values: ArrayLike<number>, { batch, length, lengths }: SequenceLayout): number[] {
  const width = values.length / (batch * length);
  return Array.from(values).filter((_, i) => {
    const position = Math.floor(i / width);
    return position % length < (lengths[Math.floor(position / length)] ?? 0);
  });
}

async function checkLosses(run: Case): Promise<void> {
  const { context, list, loaded, inputs, outputs } = run;
  const { model, weights } = loaded;
  const settings = recordOf(context.fixture.settings);
  const layout = model.layout(sequenceRows(inputs));
  const [pixels, augmented, labels] = [
    inputs.images('pixel_values'),
    inputs.images('pixel_values_augmented'),
    inputs.tensor('binary_labels'),
  ];
  const parameters = weights.trainable(listField(context.fixture, 'trainable').map(String));
  const parts: Tensor[] = [];
  const { value, gradients } = computeGradients(() => {
    const [visionTokens, binaryVisionTokens] = [model.encodeImages(pixels), model.encodeImages(augmented)];
    const weighting = {
      lmLossWeight: numberField(settings, 'lm_loss_weight'),
      binaryLossWeight: numberField(settings, 'binary_loss_weight'),
    };
    const losses = model.losses({ layout, visionTokens, binaryVisionTokens, binaryLabels: labels }, weighting);
    parts.push(keep(losses.lmLoss), keep(losses.binaryLoss), keep(model.binaryLogits(binaryVisionTokens)));
    return losses.loss;
  }, parameters);
  for (const [i, name] of ['lm_loss', 'binary_loss'].entries())
    list.close(name, (await parts[i]?.data()) ?? [], numberField(context.fixture.expected, name), limit(run, 'lossAbs'));
  list.close('binary_logits', (await parts[2]?.data()) ?? [], outputs.get('binary_logits').data, limit(run, 'logitsAbs'));
  list.close('loss', await value.data(), numberField(context.fixture.expected, 'loss'), limit(run, 'lossAbs'));
  await checkGradients(run, gradients);
  dispose([pixels, augmented, labels, value, ...parts, ...Object.values(gradients)]);
}

async function checkGradients(run: Case, gradients: Record<string, Tensor>): Promise<void> {
  for (const name of run.outputs.names().filter((output) => output.startsWith('grad.'))) {
    const got = gradients[name.slice('grad.'.length)];
    run.list.closeRelative(name, got === undefined ? [] : await got.data(), run.outputs.get(name).data, limit(run, 'gradRel'));
  }
}

/** All prompts in one batch: rows of different length, with and without an image. */
async function checkGreedy({ context, list, loaded, inputs }: Case): Promise<void> {
  const cases = listField(context.fixture, 'greedy').map(recordOf);
  if (cases.length === 0) return;
  const prompts: Prompt[] = cases.map((item) => ({
    ids: listField(item, 'prompt_ids').map(Number),
    image: typeof item.row === 'number' ? item.row : 0,
  }));
  const pixels = inputs.images('pixel_values');
  const visionTokens = loaded.model.encodeImages(pixels);
  const generator = new Generator(loaded.model);
  try {
    const maxNewTokens = numberField(context.fixture, 'max_new_tokens');
    const completions = await generator.generate(prompts, visionTokens, { temperature: 0, topP: 1, seed: 0, maxNewTokens });
    for (const [i, item] of cases.entries()) list.equal(`greedy ${i}`, completions[i]?.ids, item.generated_ids);
  } finally {
    generator.dispose();
    dispose([pixels, visionTokens]);
  }
}

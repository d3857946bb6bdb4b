// CLIP against open_clip: features of both towers, logits, contrastive loss and its gradients.
import { dispose, keep, slice, type Tensor } from '@tensorflow/tfjs-core';
import { readFile } from 'node:fs/promises';
import { SafetensorsFile } from '../../../src/shared/safetensors.ts';
import { ClipModel } from '../../../workers/ml/model/clip.ts';
import { parseClipConfig } from '../../../workers/ml/model/config.ts';
import { computeGradients } from '../../../workers/ml/model/gradients.ts';
import { clipParameters } from '../../../workers/ml/model/parameters.ts';
import { Weights, assertComplete } from '../../../workers/ml/model/weights.ts';
import { CheckList, fixturePath, type ParityContext } from '../kind.ts';
import { numberField, openTensors, readJson, textField } from '../model-files.ts';

/** The parity check of the kind `clip`. */
export async function check(context: ParityContext): Promise<CheckList> {
  await context.useBackend();
  const folder = textField(context.fixture, 'model');
  const config = parseClipConfig(await readJson(fixturePath(context, `${folder}/config.json`)));
  const file = await SafetensorsFile.open(new Uint8Array(await readFile(fixturePath(context, `${folder}/model.safetensors`))));
  const { weights, report } = await Weights.load(clipParameters(config), file);
  try {
    assertComplete(report);
    return await compare(context, new ClipModel(config, weights.get), weights);
  } finally {
    weights.dispose();
  }
}

async function compare(context: ParityContext, model: ClipModel, weights: Weights): Promise<CheckList> {
  const list = new CheckList();
  const [inputs, outputs] = [await openTensors(context, 'inputs'), await openTensors(context, 'outputs')];
  const limit = (name: string): number => numberField(context.fixture.limits, name);
  const pairs = numberField(context.fixture, 'pairs');
  const pixels = inputs.images('image');
  const kept: Tensor[] = [];
  const { value, gradients } = computeGradients(
    () => {
      const [images, texts] = [model.encodeImage(pixels), model.encodeText(inputs.rows('text'))];
      kept.push(keep(images), keep(texts), keep(model.logitsPerImage(images, texts)));
      return model.contrastiveLoss(first(images, pairs), first(texts, pairs));
    },
    weights.trainable(['*']),
  );
  list.close('image_features', (await kept[0]?.data()) ?? [], outputs.get('image_features').data, limit('abs'));
  list.close('text_features', (await kept[1]?.data()) ?? [], outputs.get('text_features').data, limit('abs'));
  list.close('logits_per_image', (await kept[2]?.data()) ?? [], outputs.get('logits_per_image').data, limit('logitsAbs'));
  list.close('loss', await value.data(), outputs.get('loss').data, limit('lossAbs'));
  for (const name of outputs.names().filter((output) => output.startsWith('grad.'))) {
    const got = gradients[name.slice('grad.'.length)];
    list.closeRelative(name, got === undefined ? [] : await got.data(), outputs.get(name).data, limit('gradRel'));
  }
  dispose([pixels, value, ...kept, ...Object.values(gradients)]);
  return list;
}

/** The first rows of [N, E]. */
function first(features: Tensor, count: number): Tensor {
  return slice(features, [0, 0], [count, features.shape[1] ?? 0]);
}

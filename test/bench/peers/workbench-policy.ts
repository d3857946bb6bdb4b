// One whole PRPO step of the Tiny demo preset on dx-llava-nano with fresh weights: noise for text, so every completion runs to
// its limit and generation takes longest. No peer is known that does this step in a browser.
import { randomUniform } from '@tensorflow/tfjs-core';
import { presetConfig } from '../../../src/shared/config/presets.ts';
import { ClipModel } from '../../../workers/ml/model/clip.ts';
import { Detector } from '../../../workers/ml/model/detector.ts';
import { DxLlava } from '../../../workers/ml/model/dx-llava.ts';
import { clipHeadParameters, dxLlavaParameters } from '../../../workers/ml/model/parameters.ts';
import { Weights } from '../../../workers/ml/model/weights.ts';
import { PolicyTrainer } from '../../../workers/ml/rl/policy-trainer.ts';
import { STAGE_PARAMETERS } from '../../../workers/ml/train/sft.ts';
import { createNanoParts, IMAGE_SIZE, LAYER_SCALE } from '../../../workers/node/pretrain/nano.ts';
import type { PreparedWork } from './peer.ts';

const TOTAL_STEPS = 1000;

function randomDetector(): { detector: Detector; weights: Weights[] } {
  const { config, clipConfig, tokenizer, clipTokenizer } = createNanoParts();
  const weights = Weights.create(dxLlavaParameters(config, LAYER_SCALE), { seed: 1 });
  const heads = Weights.create(clipHeadParameters(clipConfig), { seed: 2 });
  const model = new DxLlava(config, weights);
  const clip = new ClipModel(clipConfig, heads.get, model.vision);
  return { detector: new Detector({ model, clip, tokenizer, clipTokenizer }), weights: [weights, heads] };
}

/** The step with its four parts; pictures are encoded before, as the engine does for a run. */
export async function preparePolicyStep(): Promise<PreparedWork> {
  const config = presetConfig('tiny-demo', 'prpo');
  const { detector, weights } = randomDetector();
  const { model } = detector;
  const frozen = model.weights.copy();
  const reference = new DxLlava(model.config, frozen);
  const trainer = new PolicyTrainer(detector, reference, model.weights.trainable(STAGE_PARAMETERS.language), config, TOTAL_STEPS);
  const pixels = randomUniform([config.policy.promptsPerStep, IMAGE_SIZE, IMAGE_SIZE, 3], -2, 2, 'float32', 3);
  const images = await detector.encodeImages(pixels);
  pixels.dispose();
  let step = 0;
  const run = async () => {
    const { phaseMs } = await trainer.step(images, { step: step++ });
    return { phaseMs };
  };
  const release = (): void => {
    trainer.dispose();
    reference.dispose();
    model.dispose();
    for (const owned of [frozen, ...weights]) owned.dispose();
    images.visionTokens.dispose();
  };
  return { run, dispose: release };
}

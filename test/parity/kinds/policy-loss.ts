// Kind `policy-loss`: value, parts and gradient of the four policy objectives, against PyTorch.
import { dispose, tensor, valueAndGrad, type Tensor } from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import type { ObjectiveInputs } from '../../../workers/ml/rl/objectives/objective.ts';
import { objectiveOf } from '../../../workers/ml/rl/objectives/table.ts';
import { CheckList, fixturePath } from '../kind.ts';
import type { ParityContext } from '../kind.ts';
import { TensorFile } from '../model-files.ts';

const Fixture = v.object({
  objective: v.picklist(['paper', 'released', 'grpo-verl', 'grpo-trl']),
  settings: v.object({ epsilon: v.number(), beta: v.number(), dualClip: v.optional(v.nullable(v.number()), 0) }),
  limits: v.object({ rel: v.number() }),
  expected: v.record(v.string(), v.number()),
});

/** Name in the fixture -> name of our scalar. */
const SCALARS: Record<string, string> = {
  loss: 'loss',
  policy_loss: 'policyLoss',
  kl: 'kl',
  clipfrac: 'clipfrac',
  clipfrac_lower: 'clipfracLower',
  ppo_kl: 'ppoKl',
};

/** Which tokens belong to which paragraph; paragraphs with a NaN advantage do not count. */
function paragraphInputs(
  file: TensorFile,
): Pick<ObjectiveInputs, 'membership' | 'paragraphAdvantages' | 'paragraphMask'> & { paragraphs: number } {
  const { shape, data } = file.get('paragraph_advantages');
  const [B = 0, P = 0] = shape;
  const valid = Float32Array.from(data, (value) => (Number.isNaN(value) ? 0 : 1));
  const ids = file.rows('paragraph_ids');
  const T = ids[0]?.length ?? 0;
  const membership = new Float32Array(B * P * T);
  ids.forEach((row, b) => {
    row.forEach((paragraph, t) => {
      if (paragraph >= 0) membership[(b * P + paragraph) * T + t] = valid[b * P + paragraph] ?? 0;
    });
  });
  return {
    membership: tensor(membership, [B, P, T]),
    paragraphAdvantages: tensor(
      Float32Array.from(data, (value) => (Number.isNaN(value) ? 0 : value)),
      [B, P],
    ),
    paragraphMask: tensor(valid, [B, P]),
    paragraphs: valid.reduce((sum, value) => sum + value, 0),
  };
}

function readInputs(file: TensorFile): ObjectiveInputs {
  const { paragraphs, ...paragraphTensors } = paragraphInputs(file);
  const tokens = Array.from(file.get('mask').data).reduce((sum, value) => sum + value, 0);
  return {
    logprobs: file.tensor('logprobs'),
    oldLogprobs: file.tensor('old_logprobs'),
    refLogprobs: file.tensor('ref_logprobs'),
    mask: file.tensor('mask'),
    advantages: file.tensor('advantages'),
    ...paragraphTensors,
    totals: { tokens, paragraphs },
  };
}

async function readScalar(value: Tensor | undefined): Promise<number> {
  return (await value?.data())?.[0] ?? NaN;
}

/** Compares every expected scalar and the gradient of the loss. */
export async function check(context: ParityContext): Promise<CheckList> {
  const fixture = v.parse(Fixture, context.fixture);
  await context.useBackend();
  const file = await TensorFile.open(fixturePath(context, 'inputs.safetensors'));
  const wanted = await TensorFile.open(fixturePath(context, 'outputs.safetensors'));
  const inputs = readInputs(file);
  const settings = { ...fixture.settings, dualClip: fixture.settings.dualClip ?? 0 };
  const objective = objectiveOf(fixture.objective);

  const list = new CheckList();
  const scalars = objective(inputs, settings);
  for (const [name, value] of Object.entries(fixture.expected)) {
    list.closeRelative(name, await readScalar(scalars[SCALARS[name] ?? name]), value, fixture.limits.rel);
  }
  const { value, grad } = valueAndGrad((logprobs: Tensor) => objective({ ...inputs, logprobs }, settings).loss)(inputs.logprobs);
  list.closeRelative('grad_logprobs', await grad.data(), wanted.get('grad_logprobs').data, fixture.limits.rel);
  const { totals: _, ...tensors } = inputs;
  dispose([value, grad, ...Object.values(scalars), ...Object.values(tensors).filter((one) => one !== null)]);
  return list;
}

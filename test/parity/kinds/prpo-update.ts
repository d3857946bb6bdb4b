// Whole policy updates of a small DX-LLaVA: advantages, three steps on the same rollouts, log-probabilities, parameters.
import { dispose } from '@tensorflow/tfjs-core';
import {
  grpoTrlAdvantages,
  grpoVerlAdvantages,
  prpoPaperAdvantages,
  prpoReleasedAdvantages,
} from '../../../src/shared/rewards/advantages.ts';
import { PolicyUpdate, type UpdateRow } from '../../../workers/ml/rl/policy-update.ts';
import { AdamwOptimizer } from '../../../workers/ml/train/optimizer.ts';
import { DxLlava } from '../../../workers/ml/model/dx-llava.ts';
import { STAGE_PARAMETERS } from '../../../workers/ml/train/sft.ts';
import { CheckList, fixturePath, type ParityContext } from '../kind.ts';
import { listField, loadDxLlavaFolder, numberField, recordOf, TensorFile, textField, type LoadedModel } from '../model-files.ts';
import { objectiveName, objectiveSettings } from '../objective-settings.ts';

const numbers = (value: unknown): number[] => (Array.isArray(value) ? value.map(Number) : []);

/** The parity check of the kind `prpo-update`. */
export async function check(context: ParityContext): Promise<CheckList> {
  await context.useBackend();
  const list = new CheckList();
  const loaded = await loadDxLlavaFolder(fixturePath(context, textField(context.fixture, 'model')));
  const reference = loaded.weights.copy();
  const frozen = new DxLlava(loaded.config, reference);
  try {
    await update(context, list, loaded, frozen);
  } finally {
    frozen.dispose();
    reference.dispose();
    loaded.dispose();
  }
  return list;
}

async function update(context: ParityContext, list: CheckList, { model, weights }: LoadedModel, frozen: DxLlava): Promise<void> {
  const settings = recordOf(context.fixture.settings);
  const [inputs, outputs] = [
    await TensorFile.open(fixturePath(context, 'inputs.safetensors')),
    await TensorFile.open(fixturePath(context, 'outputs.safetensors')),
  ];
  const limit = (name: string): number => numberField(context.fixture.limits, name);
  const pixels = inputs.images('pixel_values');
  const visionTokens = model.encodeImages(pixels);
  const rows = updateRows(context, list);
  const parameters = weights.trainable(STAGE_PARAMETERS.language);
  const optimizer = new AdamwOptimizer(parameters, {
    beta1: 0.9,
    beta2: 0.999,
    epsilon: Number(settings.adam_epsilon),
    weightDecay: Number(settings.weight_decay),
    maxGradNorm: Number(settings.max_grad_norm),
  });
  const objective = objectiveName(textField(context.fixture, 'objective'));
  const policy = new PolicyUpdate(model, frozen, parameters, {
    ...objectiveSettings(settings),
    objective,
    temperature: Number(settings.temperature),
    microBatchSize: 3,
    gradientCheckpointing: false,
  });
  const old = await policy.logProbs(rows, visionTokens, 'policy');
  const known = { old, reference: await policy.logProbs(rows, visionTokens, 'reference') };
  compareRows(list, 'old_logprobs', old, outputs.rows('old_logprobs'), limit('old_logprobs'));
  for (const [step, value] of listField(context.fixture.expected, 'steps').entries()) {
    const want = recordOf(value);
    const { scalars, gradNorm } = await policy.step(rows, visionTokens, optimizer, Number(settings.learning_rate), known);
    for (const [name, ours] of [
      ['loss', 'loss'],
      ['policy_loss', 'policyLoss'],
      ['kl', 'kl'],
      ['clipfrac', 'clipfrac'],
    ] as const) {
      list.close(`step ${step} ${name}`, scalars[ours] ?? NaN, Number(want[name]), limit('loss'));
    }
    list.closeRelative(`step ${step} grad_norm`, gradNorm, Number(want.grad_norm), limit('grad_norm_rel'));
  }
  compareRows(
    list,
    'final_logprobs',
    await policy.logProbs(rows, visionTokens, 'policy'),
    outputs.rows('final_logprobs'),
    limit('final_logprobs'),
  );
  for (const name of outputs.names().filter((output) => output.startsWith('final.'))) {
    list.close(name, await weights.get(name.slice('final.'.length)).data(), outputs.get(name).data, limit('final_parameters'));
  }
  optimizer.dispose();
  dispose([pixels, visionTokens]);
}

function compareRows(list: CheckList, name: string, got: Float32Array[], want: number[][], limit: number): void {
  list.close(name, got.flatMap((row) => Array.from(row)), got.flatMap((row, b) => (want[b] ?? []).slice(0, row.length)), limit); // prettier-ignore
}

/** The completions with the advantages that our estimators give; these are compared first. */
function updateRows(context: ParityContext, list: CheckList): UpdateRow[] {
  const prompts = listField(context.fixture, 'prompts').map(numbers);
  const completions = listField(context.fixture, 'completions').map(recordOf);
  const groups = completions.map((one) => Number(one.prompt));
  const rewards = completions.map((one) => numbers(one.rewards));
  const base = completions.map((one, i) => ({
    promptIds: prompts[groups[i] ?? 0] ?? [],
    completionIds: numbers(one.completion_ids),
    image: groups[i] ?? 0,
    paragraphIds: numbers(one.paragraph_ids).map((id) => (id < 0 ? null : id)),
  }));
  const want = listField(context.fixture.expected, 'advantages');
  const limit = numberField(context.fixture.limits, 'advantages');
  const objective = textField(context.fixture, 'objective');
  if (objective.startsWith('grpo')) {
    const scores = rewards.map((row) => row.reduce((sum, value) => sum + value, 0) / row.length);
    const advantages = (objective === 'grpo-verl' ? grpoVerlAdvantages : grpoTrlAdvantages)(scores, groups, true);
    list.close('advantages', advantages, want.map(Number), limit);
    return base.map((row, i) => ({ ...row, paragraphAdvantages: [], completionAdvantage: advantages[i] ?? 0 }));
  }
  const advantages = (objective === 'paper' ? prpoPaperAdvantages : prpoReleasedAdvantages)({ rewards, groups, normalize: true });
  const flat = (rows: readonly (readonly unknown[])[]): number[] =>
    rows.flatMap((row) => row.map((value) => (value === null ? 0 : Number(value))));
  list.close('advantages', flat(advantages), flat(want.map((row) => (Array.isArray(row) ? row : []))), limit);
  list.equal('excluded', advantages.map((row) => row.map((value) => value === null)), want.map((row) => (Array.isArray(row) ? row.map((value) => value === null) : []))); // prettier-ignore
  return base.map((row, i) => ({ ...row, paragraphAdvantages: advantages[i] ?? [] }));
}

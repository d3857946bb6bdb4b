// Why numbers stopped being finite, as far as the steps tell, and what is left of the run.
import type { RunRecord, StepRecord } from '../../src/shared/domain/run.ts';
import { WorkbenchError } from '../../src/shared/errors.ts';
import { median } from '../../src/shared/metrics/averages.ts';
import type { TrainConfig } from '../../src/shared/config/config.ts';

/** Steps before the first bad one that are looked at. */
const WINDOW = 10;
/** The last good gradient against the median of those before. */
const GROWTH = 5;

/**
 * What ends a run after three steps without finite numbers.
 * @param provenStep of the checkpoint whose weights were seen to give a finite loss; null where the run stored none on ending
 */
export function notFiniteError(run: RunRecord, steps: readonly StepRecord[], provenStep: number | null): WorkbenchError {
  const cause = likelyCause(steps, run.config);
  const message = `The loss or gradient of step ${run.step} and the two before was not finite, so the run was stopped. ${cause}`;
  return new WorkbenchError('E-NAN', message, {
    safe:
      provenStep === null
        ? 'The model that the run began with is unchanged, and so are its earlier checkpoints.'
        : `A checkpoint of step ${provenStep} is stored: the last weights that are known to give a finite loss.`,
    remedy: `Start again from ${provenStep === null ? 'one of them' : 'that checkpoint'} with a lower learning rate.`,
    details: { step: run.step },
  });
}

/** One sentence. @param steps of the run in order; a value that was not finite is absent */
export function likelyCause(steps: readonly StepRecord[], config: TrainConfig): string {
  const settings = unusableSettings(config);
  if (settings) return `Likely cause: the setting ${settings} is not finite.`;
  const good = steps.filter(({ metrics }) => isGood(metrics));
  if (good.length === 0) return 'Likely cause: the start model or the data, because not even the first step was finite.';
  const norms = good.slice(-WINDOW).map(({ metrics }) => metrics['grad_norm'] ?? 0);
  const last = norms.at(-1) ?? 0;
  const usual = median(norms.slice(0, -1));
  if (norms.length > 2 && last > GROWTH * usual)
    return `Likely cause: the training diverged; the gradient had grown to ${last.toPrecision(2)}, usual before were ${usual.toPrecision(2)}.`;
  const bad = steps.find(({ metrics }) => !isGood(metrics));
  if (bad && bad.metrics['loss'] !== undefined)
    return `Likely cause: an overflow in the backward pass; the loss of step ${bad.step} was still finite.`;
  return `Likely cause: a learning rate of ${config.optimizer.learningRate} is too high for this model; the loss itself was not finite.`;
}

const isGood = ({ loss, grad_norm: norm }: Record<string, number>): boolean => loss !== undefined && norm !== undefined;

function unusableSettings({ sft, policy, reward }: TrainConfig): string | null {
  const values = {
    lm_loss_weight: sft.lmLossWeight,
    binary_loss_weight: sft.binaryLossWeight,
    beta: policy.beta,
    alpha_clip: reward.alpha,
  };
  return Object.entries(values).find(([, value]) => !Number.isFinite(value))?.[0] ?? null;
}

// The methods of an experiment by name: `PRPO`, `GRPO@3e-4`, `PRPO@1e-4x100` (steps), `PRPO@3e-4+finalVCRmean`. Every setting that is not the demo preset's is in the name.
import { presetConfig } from '../../../src/shared/config/presets.ts';
import type { TrainConfig } from '../../../src/shared/config/config.ts';

/** A method of the table. `config` is null for the supervised start. */
export interface Method {
  name: string;
  config: TrainConfig | null;
}

const NAME =
  /^(PRPO|GRPO)(?:@(\d+(?:\.\d+)?e-\d+))?(?:x(\d+))?(?:\+kl(\d+(?:\.\d+)?))?(\+finalVCRmean)?(\+position)?(\+tieVcr|\+tieWorst)?$/;

/** Pictures in one step of an experiment; each gets the preset's number of answers. */
const PROMPTS_PER_STEP = 8;

/** @throws Error where the name is not of the form above */
export function methodNamed(name: string): Method {
  if (name === 'SFT') return { name, config: null };
  const [, algorithm, rate, steps, beta, finalMean, position, tie] = NAME.exec(name) ?? [];
  if (!algorithm)
    throw new Error(
      `Unknown method ${name}; known are SFT, PRPO and GRPO, as in PRPO@3e-4x100+kl0.3+finalVCRmean+position+tieVcr (or +tieWorst).`,
    );
  const config = presetConfig('tiny-demo', algorithm === 'PRPO' ? 'prpo' : 'grpo');
  return {
    name,
    config: {
      ...config,
      maxSteps: steps ? Number(steps) : config.maxSteps,
      optimizer: { ...config.optimizer, learningRate: rate ? Number(rate) : config.optimizer.learningRate },
      policy: {
        ...config.policy,
        promptsPerStep: PROMPTS_PER_STEP,
        ...(beta ? { beta: Number(beta) } : {}),
        ...(position ? { groupScope: 'position' as const } : {}),
      },
      reward: {
        ...config.reward,
        finalParagraphVcr: finalMean ? 'mean-of-others' : 'own',
        ...(tie ? { tieVote: tie === '+tieVcr' ? ('vcr' as const) : ('vcr-worst' as const) } : {}),
      },
    },
  };
}

/** The algorithm that a method's name begins with. */
export function algorithmOf(name: string): string {
  return name.split(/[@+]/)[0] ?? name;
}

// The parts of a step in their order, in words.
import type { StepPhase } from '../../../shared/domain/run.ts';

export const PHASES: readonly { phase: StepPhase; label: string }[] = [
  { phase: 'generate', label: 'Generate' },
  { phase: 'reward', label: 'Reward' },
  { phase: 'logprobs', label: 'Log-probabilities' },
  { phase: 'update', label: 'Update' },
  { phase: 'checkpoint', label: 'Checkpoint' },
  { phase: 'probe', label: 'Probe' },
];

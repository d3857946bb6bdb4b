// Names of runs. Two runs of one name could not be told apart where they are compared.
import type { RunRecord } from '../shared/domain/run.ts';

/** Algorithms as people write them. */
export const ALGORITHM_NAMES: Record<RunRecord['algorithm'], string> = {
  'sft-stage1': 'SFT stage 1',
  'sft-stage2': 'SFT stage 2',
  grpo: 'GRPO',
  prpo: 'PRPO',
};

/** The name, with a number behind it where a run has it already. */
export function freeRunName(name: string, runs: readonly { name: string }[]): string {
  const taken = new Set(runs.map((run) => run.name));
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name} (${number})`;
  return free;
}

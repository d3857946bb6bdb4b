// What a run will leave in the browser's storage: checkpoints that are kept, the best one, the states it goes on from, answers, curves.
import { selectionOf } from '../../src/shared/config/presets.ts';
import type { TrainConfig } from '../../src/shared/config/config.ts';
import type { CompletionRecord } from '../../src/shared/domain/run.ts';
import type { StorageEstimate } from '../../src/shared/engine-api.ts';

/** Two states take turns, so that a damaged one leaves the other (resume-states.ts). */
const STATES = 2;
/** Some fifty metrics with their names, and the times of the phases. */
const STEP_BYTES = 2_000;
/** Of a record without its words: names of fields, scores, hits of the lexicon; measured on runs of the tiny model. */
const [ANSWER_FIELDS_BYTES, TOKEN_BYTES] = [2_500, 9];

const isPolicy = ({ algorithm }: TrainConfig): boolean => algorithm === 'prpo' || algorithm === 'grpo';

/** Checkpoints that are there at the end: the newest ones up to the limit, the last step's among them, and the best one beside them. */
export function checkpointsKept(config: TrainConfig): number {
  const { maxSteps, saveSteps, saveTotalLimit, evalSteps } = config;
  const made = Math.ceil(maxSteps / saveSteps);
  const hasBest = selectionOf(config).loadBestModelAtEnd && evalSteps > 0 && evalSteps <= maxSteps;
  // Without a limit the best one is at most one more, where it was no step to be saved anyway.
  return (saveTotalLimit === 0 ? made : Math.min(made, saveTotalLimit)) + (hasBest ? 1 : 0);
}

/** Bytes of one stored answer of so many tokens. @param known answers of an earlier run of this kind, whose mean is taken instead */
export function answerBytes(tokens: number, known: readonly CompletionRecord[]): number {
  if (known.length === 0) return ANSWER_FIELDS_BYTES + TOKEN_BYTES * tokens;
  return known.reduce((sum, record) => sum + JSON.stringify(record).length, 0) / known.length;
}

/**
 * @param stateBytes of the weights that are trained with both moments, which is also what a checkpoint holds
 * @param perAnswer see `answerBytes`
 */
export function storageEstimate(config: TrainConfig, stateBytes: number, perAnswer: number): StorageEstimate {
  const { numGenerations, promptsPerStep } = config.policy;
  const answers = isPolicy(config) ? config.maxSteps * numGenerations * promptsPerStep : 0;
  const checkpoints = checkpointsKept(config);
  return {
    checkpoints,
    checkpointsBytes: checkpoints * stateBytes,
    answers,
    recordsBytes: Math.round(answers * perAnswer + config.maxSteps * STEP_BYTES),
    workingBytes: STATES * stateBytes,
  };
}

// Follows the probes of a run: which is the best so far and whether the run should end (rules in src/shared/best-probe.ts).
import { earlyEndSentence, judgeProbes, probeValues, type ProbeValue, type ProbeVerdict } from '../../src/shared/best-probe.ts';
import type { SelectionConfig } from '../../src/shared/config/config.ts';
import { selectionOf } from '../../src/shared/config/presets.ts';
import type { RunRecord, StepRecord } from '../../src/shared/domain/run.ts';
import { checkpointIdOf } from './run-checkpoint.ts';

export class ProbeWatch {
  readonly #runId: string;
  readonly #selection: SelectionConfig;
  readonly #probes: ProbeValue[] = [];
  #verdict: ProbeVerdict = { best: null, waited: 0, endsEarly: false };

  constructor({ id, config }: Pick<RunRecord, 'id' | 'config'>) {
    this.#runId = id;
    this.#selection = selectionOf(config);
  }

  /** @param steps that follow those seen so far @returns the best probe; null where the run keeps no best */
  add(steps: readonly StepRecord[]): RunRecord['best'] | null {
    this.#probes.push(...probeValues(steps, this.#selection));
    this.#verdict = judgeProbes(this.#probes, this.#selection);
    const { best } = this.#verdict;
    if (!best || !this.#selection.loadBestModelAtEnd) return null;
    return { ...best, metric: this.#selection.metricForBestModel, checkpointId: checkpointIdOf(this.#runId, best.step) };
  }

  /** The patience is used up. */
  get endsEarly(): boolean {
    return this.#verdict.endsEarly;
  }

  /** The run with the reason of an early end, where there is one. */
  explainEnd(run: RunRecord): RunRecord {
    if (!this.endsEarly || run.step >= run.maxSteps) return run;
    return { ...run, endedEarly: earlyEndSentence(this.#verdict, this.#selection) };
  }
}

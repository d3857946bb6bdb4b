// What the panels of the Compare page share: the chosen runs with their curves and looks.
import { useMemo } from 'react';
import { runStyles } from '../../../components/charts/series.ts';
import type { RunRecord, StepRecord } from '../../../shared/domain/run.ts';
import { RunStore } from '../../../state/run.ts';
import { sharedMetrics } from './figures.ts';

export interface Comparison {
  /** In the order of the address. */
  runs: readonly RunRecord[];
  stepsOf: (runId: string) => readonly StepRecord[];
  /** Every metric that one of them has. */
  metrics: readonly string[];
  /** Style index by run, over all runs of this browser. */
  marks: ReadonlyMap<string, number>;
}

const NO_STEPS: readonly StepRecord[] = [];

/** @param runs the chosen ones, of `all` */
export function useComparison(runs: readonly RunRecord[], all: readonly RunRecord[]): Comparison {
  const steps = RunStore.use((state) => state.steps);
  const marks = useMemo(() => runStyles(all), [all]);
  return useMemo(() => {
    const stepsOf = (id: string): readonly StepRecord[] => steps[id] ?? NO_STEPS;
    return { runs, stepsOf, marks, metrics: sharedMetrics(runs.map(({ id }) => stepsOf(id))) };
  }, [runs, steps, marks]);
}

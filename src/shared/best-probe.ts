// Which probe of a run was the best, and whether waiting longer is worth it. Follows transformers' `metric_for_best_model` and
// `EarlyStoppingCallback`; everything follows from the logged steps, so that a resumed run decides as an uninterrupted one. Pure.
import type { SelectionConfig } from './config/config.ts';
import type { StepRecord } from './domain/run.ts';

export interface ProbeValue {
  step: number;
  value: number;
}

export interface ProbeVerdict {
  /** The largest value, the first of equals; null before the first probe. */
  best: ProbeValue | null;
  /** Probes since the last one that was better than the best before it by more than the threshold. */
  waited: number;
  /** The patience is used up. */
  endsEarly: boolean;
}

/** Probes of a run under the metric that decides. Steps in order. */
export function probeValues(steps: readonly StepRecord[], { metricForBestModel }: SelectionConfig): ProbeValue[] {
  return steps.flatMap(({ step, metrics }) => {
    const value = metrics[metricForBestModel];
    return value === undefined || !Number.isFinite(value) ? [] : [{ step, value }];
  });
}

/** @param probes in order */
export function judgeProbes(probes: readonly ProbeValue[], selection: SelectionConfig): ProbeVerdict {
  let best: ProbeValue | null = null;
  let waited = 0;
  for (const probe of probes) {
    const gain: number = best === null ? Infinity : probe.value - best.value;
    waited = gain > selection.earlyStoppingThreshold ? 0 : waited + 1;
    if (gain > 0) best = probe;
  }
  const { earlyStoppingPatience } = selection;
  return { best, waited, endsEarly: earlyStoppingPatience > 0 && waited >= earlyStoppingPatience };
}

/** Why a run ended before its last step. */
export function earlyEndSentence({ best, waited }: ProbeVerdict, { metricForBestModel }: SelectionConfig): string {
  const record = best ? ` than ${best.value.toFixed(3)} at step ${best.step}` : '';
  return `Ended early: ${waited === 1 ? 'one probe' : `${waited} probes`} in a row without a better ${metricForBestModel}${record}.`;
}

import { describe, expect, it } from 'vitest';
import { earlyEndSentence, judgeProbes, probeValues } from '../../src/shared/best-probe.ts';
import type { SelectionConfig } from '../../src/shared/config/config.ts';

const selection = (patience: number, threshold = 0): SelectionConfig => ({
  loadBestModelAtEnd: true,
  metricForBestModel: 'eval/acc',
  earlyStoppingPatience: patience,
  earlyStoppingThreshold: threshold,
});
const probes = (...values: number[]) => values.map((value, i) => ({ step: 5 * (i + 1), value }));

describe('the best probe', () => {
  it('is the first of the largest values', () => {
    expect(judgeProbes(probes(0.5, 0.8, 0.8, 0.7), selection(0)).best).toEqual({ step: 10, value: 0.8 });
    expect(judgeProbes([], selection(1))).toEqual({ best: null, waited: 0, endsEarly: false });
  });

  it('ends a run after as many probes without improvement as its patience, never without one', () => {
    expect(judgeProbes(probes(0.8, 0.7), selection(2)).endsEarly).toBe(false);
    expect(judgeProbes(probes(0.8, 0.7, 0.8), selection(2)).endsEarly).toBe(true);
    expect(judgeProbes(probes(0.8, 0.7, 0.9, 0.1), selection(2)).endsEarly).toBe(false);
    expect(judgeProbes(probes(0.8, 0.1, 0.1, 0.1), selection(0)).endsEarly).toBe(false);
  });

  it('counts as better only what is better by more than the threshold, while the best itself moves on', () => {
    const verdict = judgeProbes(probes(0.8, 0.805, 0.81), selection(2, 0.02));
    expect(verdict).toEqual({ best: { step: 15, value: 0.81 }, waited: 2, endsEarly: true });
    expect(earlyEndSentence(verdict, selection(2))).toBe('Ended early: 2 probes in a row without a better eval/acc than 0.810 at step 15.');
  });

  it('reads the logged steps and passes over those without a probe', () => {
    const logged: Record<string, number>[] = [{ 'eval/acc': 0.5 }, { loss: 1 }, { 'eval/acc': Number.NaN }, { 'eval/acc': 0.6 }];
    const steps = logged.map((metrics, i) => ({
      runId: 'r',
      step: i + 1,
      timestamp: 0,
      metrics,
      phaseMs: {},
    }));
    expect(probeValues(steps, selection(0)).map(({ step }) => step)).toEqual([1, 4]);
  });
});

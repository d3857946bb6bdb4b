import { grad, tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { expMinusLine } from '../../../workers/ml/rl/objectives/kl.ts';
import { useReferenceBackend } from '../model/tiny.ts';

const DIFFERENCES = [-20, -3, -0.2501, -0.2499, -1e-2, -1e-4, 0, 1e-6, 3e-3, 0.24, 0.26, 2, 20];
/** In f64, with the series where the difference of large numbers is useless even there. */
const exact = (d: number): number => (Math.abs(d) < 1e-3 ? (d * d) / 2 + d ** 3 / 6 + d ** 4 / 24 : Math.exp(d) - d - 1);

describe('the k3 estimator of the KL divergence', () => {
  beforeAll(useReferenceBackend);

  it('keeps its precision for policies that hardly differ, and is never negative', async () => {
    const values = await expMinusLine(tensor1d(DIFFERENCES)).data();
    DIFFERENCES.forEach((d, i) => {
      const want = exact(Math.fround(d));
      expect(Math.abs((values[i] ?? NaN) - want)).toBeLessThanOrEqual(1e-5 * want);
      expect(values[i]).toBeGreaterThanOrEqual(0);
    });
  });

  it('has the gradient e^d - 1 on both sides of the switch', async () => {
    const slopes = await grad(expMinusLine)(tensor1d(DIFFERENCES)).data();
    DIFFERENCES.forEach((d, i) => {
      const want = Math.expm1(Math.fround(d));
      expect(Math.abs((slopes[i] ?? NaN) - want)).toBeLessThanOrEqual(2e-6 * Math.abs(want));
    });
  });
});

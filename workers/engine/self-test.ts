// Does this machine compute right? Every fused op runs on the backend in use and on tfjs' plain reference, forward and backward,
// on odd sizes; the largest difference is reported.
import { dispose, getBackend, grads, mul, setBackend, sum, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { EngineApi } from '../../src/shared/engine-api.ts';
import { RandomStream } from '../../src/shared/random.ts';
import { DIFFERENTIABLE_CASES, FORWARD_CASES, type OpCase } from './self-test-cases.ts';

type Check = EngineApi['selfTest']['result'][number];

/** Of the largest value; float32 sums in another order differ by less. */
const TOLERANCE = 1e-4;

/** @param onProgress called after each op */
export async function selfTest(onProgress: (done: number, total: number) => void): Promise<Check[]> {
  const total = DIFFERENTIABLE_CASES.length + FORWARD_CASES.length;
  const checks: Check[] = [];
  for (const one of [...DIFFERENTIABLE_CASES, ...FORWARD_CASES]) {
    checks.push(await check(one, DIFFERENTIABLE_CASES.includes(one)));
    onProgress(checks.length, total);
  }
  return checks;
}

async function check(one: OpCase, hasGradient: boolean): Promise<Check> {
  const name = hasGradient ? `${one.name}, forward and gradients` : one.name;
  const chosen = getBackend();
  try {
    const got = await valuesOf(one, hasGradient);
    await setBackend('cpu');
    const wanted = await valuesOf(one, hasGradient);
    const difference = largestDifference(got, wanted);
    return { name, ok: difference <= TOLERANCE, detail: `largest difference ${difference.toExponential(1)} of the largest value` };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  } finally {
    await setBackend(chosen);
  }
}

/** Outputs, then the gradient of a fixed weighted sum of them for every input. */
async function valuesOf({ name, shapes, run }: OpCase, hasGradient: boolean): Promise<Float32Array[]> {
  const inputs = shapes.map((shape, i) => randomTensor(shape, `${name}/${i}`));
  const loss = (...xs: Tensor[]): Tensor => {
    const y = run(xs);
    return sum(mul(y, randomTensor(y.shape, `${name}/weights`)));
  };
  const outputs = [tidy(() => run(inputs)), ...(hasGradient ? tidy(() => grads(loss)(inputs)) : [])];
  try {
    return await Promise.all(outputs.map(async (output) => Float32Array.from(await output.data())));
  } finally {
    dispose([...inputs, ...outputs]);
  }
}

function randomTensor(shape: number[], key: string): Tensor {
  const random = RandomStream.fromText(`self-test/${key}`);
  const values = Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => random.uniform(-1, 1));
  return tensor(values, shape);
}

/** Relative to the largest wanted value, at least 1; infinite where one side has no number. */
function largestDifference(got: readonly Float32Array[], wanted: readonly Float32Array[]): number {
  let largest = 0;
  for (const [k, want] of wanted.entries()) {
    const size = want.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    for (const [i, value] of want.entries()) {
      const difference = Math.abs((got[k]?.[i] ?? NaN) - value) / size;
      largest = Math.max(largest, Number.isNaN(difference) ? Infinity : difference);
    }
  }
  return largest;
}

// Log-probability of one chosen token per row, and the entropy of the row: what cross-entropy and policy losses need.
import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { nth, runMultiOp, runOp } from './define-op.ts';
import type { OpDefinition, ReferenceCall } from './define-op.ts';
import { assertShape } from './shape-checks.ts';

export interface TokenLogProbs {
  /** [N], 0 where the target is negative; owned by the caller. */
  logProbs: Tensor;
  /** [N] in nats, of every row; outside the gradient; owned by the caller. */
  entropy: Tensor;
}

/**
 * log softmax(logits / temperature) at the target, without storing the softmax.
 * @param logits [N, V], borrowed
 * @param targets int32 [N]; negative = ignored, borrowed
 * @returns gradient for logits, through logProbs only
 */
export function tokenLogProbs(logits: Tensor, targets: Tensor, temperature: number): TokenLogProbs {
  assertShape('tokenLogProbs', 'logits', logits, [-1, -1]);
  assertShape('tokenLogProbs', 'targets', targets, [logits.shape[0] ?? 0]);
  const outputs = tidy(() => runMultiOp('FTokenLogProbs', { logits, targets }, { temperature }).slice(0, 2));
  return { logProbs: nth(outputs, 0), entropy: nth(outputs, 1) };
}

/** Log-sum-exp and entropy of one row of logits times `scale`, in double precision. */
export function rowStatistics(row: Float32Array, scale: number): { logSumExp: number; entropy: number } {
  const max = row.reduce((m, v) => Math.max(m, v * scale), -Infinity);
  let [total, weighted] = [0, 0];
  for (const v of row) {
    const e = Math.exp(v * scale - max);
    total += e;
    weighted += e * (v * scale - max);
  }
  return { logSumExp: max + Math.log(total), entropy: Math.log(total) - weighted / total };
}

function tokenLogProbsReference(call: ReferenceCall): TensorInfo[] {
  const [logits, targets, scale] = [call.floats('logits'), call.ints('targets'), 1 / call.number('temperature')];
  const [N = 0, V = 0] = call.shape('logits');
  const [logProbs, entropies, lse] = [new Float32Array(N), new Float32Array(N), new Float32Array(N)];
  for (let n = 0; n < N; n++) {
    const row = logits.subarray(n * V, (n + 1) * V);
    const { logSumExp, entropy } = rowStatistics(row, scale);
    const target = targets[n] ?? -1;
    logProbs[n] = target < 0 ? 0 : (row[target] ?? 0) * scale - logSumExp;
    entropies[n] = entropy;
    lse[n] = logSumExp;
  }
  return [call.output([N], logProbs), call.output([N], entropies), call.output([N], lse)];
}

/** d logits = dy (onehot(target) - softmax) / temperature. */
function gradReference(call: ReferenceCall): TensorInfo {
  const [dy, logits, targets, lse] = [call.floats('dy'), call.floats('logits'), call.ints('targets'), call.floats('logSumExp')];
  const [V, scale] = [call.shape('logits')[1] ?? 0, 1 / call.number('temperature')];
  const dLogits = logits.map((v, i) => {
    const n = Math.floor(i / V);
    const target = targets[n] ?? -1;
    if (target < 0) return 0;
    return (dy[n] ?? 0) * scale * ((i % V === target ? 1 : 0) - Math.exp(v * scale - (lse[n] ?? 0)));
  });
  return call.output(call.shape('logits'), dLogits);
}

export const tokenLogProbsOps: readonly OpDefinition[] = [
  {
    name: 'FTokenLogProbs',
    reference: tokenLogProbsReference,
    gradient: {
      inputsToSave: ['logits', 'targets'],
      outputsToSave: [false, false, true],
      ignoredOutputs: [1, 2],
      gradFunc: (dys, saved, attrs) => {
        const [logits, targets, logSumExp] = [nth(saved, 0), nth(saved, 1), nth(saved, 2)];
        return { logits: () => runOp('FTokenLogProbsGrad', { dy: nth(dys, 0), logits, targets, logSumExp }, attrs) };
      },
    },
  },
  { name: 'FTokenLogProbsGrad', reference: gradReference },
];

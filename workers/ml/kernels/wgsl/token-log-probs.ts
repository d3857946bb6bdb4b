// Log-probability of the target and entropy of each row, without storing the softmax.
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reads, writes } from '../../backends/webgpu/wgsl-program.ts';
import { sizeOf } from '../define-op.ts';
import { runElementwise } from './elementwise.ts';
import { runRows } from './row-kernel.ts';
import type { RowWords } from './row-kernel.ts';
import { registerWgslKernel } from './wgsl-call.ts';
import type { WgslCall } from './wgsl-call.ts';

export function registerTokenLogProbs(): void {
  registerWgslKernel('FTokenLogProbs', tokenLogProbs);
  registerWgslKernel('FTokenLogProbsGrad', tokenLogProbsGrad);
}

/**
 * WGSL that leaves `largestLogit` (unscaled), `mass` (sum of exp), `logSumExp` (scaled) and `entropyOfRow` in scope.
 * Needs a slot `logits` of f32, `base`, and uniforms `V` and `scale`.
 */
export const softmaxStatistics = (row: RowWords): string => `
  var own = -1e30;
  ${row.each('i', 'u.V')} { own = max(own, logits[base + i]); }
  let largestLogit = ${row.largest('own')};
  var part = 0.0;
  var weighted = 0.0;
  ${row.each('i', 'u.V')} {
    let d = (logits[base + i] - largestLogit) * u.scale;
    let e = exp(d);
    part += e;
    weighted += e * d;
  }
  let mass = ${row.total('part')};
  let logSumExp = largestLogit * u.scale + log(mass);
  let entropyOfRow = log(mass) - ${row.total('weighted')} / mass;`;

function tokenLogProbs(call: WgslCall): TensorInfo[] {
  const [N = 0, V = 0] = call.shape('logits');
  const outputs = [call.output([N]), call.output([N]), call.output([N])];
  runRows(call.runner, {
    key: 'tokenLogProbs',
    slots: [
      reads('logits', 'f32'),
      reads('targets', 'i32'),
      writes('logProbs', 'f32'),
      writes('entropy', 'f32'),
      writes('logSumExps', 'f32'),
    ],
    tensors: [call.input('logits'), call.input('targets'), ...outputs],
    uniforms: { V: 'i32', scale: 'f32' },
    values: { V, scale: 1 / call.number('temperature') },
    rows: N,
    body: (row) => `
  let base = r * u.V;
  ${softmaxStatistics(row)}
  if (${row.leads}) {
    let chosen = targets[r];
    logProbs[r] = select(logits[base + max(chosen, 0)] * u.scale - logSumExp, 0.0, chosen < 0);
    entropy[r] = entropyOfRow;
    logSumExps[r] = logSumExp;
  }`,
  });
  return outputs;
}

/** d logits = dy (onehot(target) - softmax) / temperature; 0 in ignored rows. */
function tokenLogProbsGrad(call: WgslCall): TensorInfo {
  const shape = call.shape('logits');
  const dLogits = call.output(shape);
  runElementwise(call, {
    key: 'tokenLogProbsGrad',
    slots: [reads('dy', 'f32'), reads('logits', 'f32'), reads('targets', 'i32'), reads('logSumExp', 'f32'), writes('dLogits', 'f32')],
    tensors: [call.input('dy'), call.input('logits'), call.input('targets'), call.input('logSumExp'), dLogits],
    count: sizeOf(shape),
    uniforms: { V: 'i32', scale: 'f32' },
    values: { V: shape[1] ?? 1, scale: 1 / call.number('temperature') },
    body: `
  let n = i / u.V;
  let chosen = targets[n];
  let hit = select(0.0, 1.0, i % u.V == chosen);
  let slope = dy[n] * u.scale * (hit - exp(logits[i] * u.scale - logSumExp[n]));
  dLogits[i] = select(slope, 0.0, chosen < 0);`,
  });
  return dLogits;
}

// Run by engine.test.ts in fresh processes: a synchronisation fault once showed only before the kernels were optimised.
import { reshape, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { linear } from '../../../workers/ml/kernels/linear.ts';
import { rmsNorm } from '../../../workers/ml/kernels/rms-norm.ts';
import { loadSimdNode } from '../../../workers/node/load-simd.ts';

const engine = await loadSimdNode({ threads: Number(process.argv[2]) });
engine.pinThreads(Number(process.argv[2]));
const [N, C] = [256, 192];
const wave = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * 0.7));
const [weight, gain] = [tensor(wave(C * C), [C, C]), tensor(wave(C))];
let hash = 0;
let x: Tensor = tensor(wave(N * C), [N, C]);
for (let round = 0; round < 12; round++) {
  const y = tidy(() => rmsNorm(linear(x, weight), gain, 1e-5));
  for (const v of await y.data()) hash = (Math.imul(hash, 31) + Math.round(v * 1e6)) | 0;
  x.dispose();
  x = reshape(y, [N, C]);
  y.dispose();
}
process.stdout.write(`HASH ${hash}\n`);
engine.dispose();

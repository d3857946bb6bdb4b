// Products and norms, one by one, as a list and ahead of JavaScript, whose numbers tell whether every chunk was done. engine.test.ts runs this file in fresh processes: a
// synchronisation fault once showed only before the kernels were optimised.
import { createSimdEngine } from '../../../workers/ml/backends/simd/engine.ts';
import { Op } from '../../../workers/ml/kernels/simd/assembly/op-codes.ts';
import { multiply, multiplyPacked, packPanels, panelBytes } from '../../../workers/ml/kernels/simd/matmul.ts';
import { compileNodeKernels, spawnNodeThread } from '../../../workers/node/simd-kernels.ts';

const [N, C] = [256, 192];

/** A hash of the numbers that a fresh engine computes. */
export async function coldStartHash(threads: number): Promise<number> {
  const engine = await createSimdEngine({ module: await compileNodeKernels(), threads, spawn: spawnNodeThread });
  engine.pinThreads(threads);
  const array = (length: number) => {
    const pointer = engine.heap.allocate(4 * length);
    const values = new Float32Array(engine.heap.memory.buffer, pointer, length);
    return { pointer, values: values.map((_, i) => Math.sin(i * 0.7)), view: values };
  };
  const [x, y, weight, gain, inverse] = [array(N * C), array(N * C), array(C * C), array(C), array(N)];
  for (const { view, values } of [x, weight, gain]) view.set(values);
  const panels = engine.heap.allocate(panelBytes(C, C));
  packPanels(engine, weight.pointer, C, C, true, panels);
  const list = engine.recordList((sink) => {
    for (let i = 0; i < 3; i++) {
      multiplyPacked(sink, { a: x.pointer, c: y.pointer, M: N, N: C, K: C }, panels);
      sink.run(Op.rmsNorm, N, 16, [y.pointer, gain.pointer, x.pointer, inverse.pointer, C], [1e-5]);
    }
  });
  let hash = 0;
  for (let round = 0; round < 12; round++) {
    multiply(engine, 'NT', { a: x.pointer, b: weight.pointer, c: y.pointer, M: N, N: C, K: C });
    engine.run(Op.rmsNorm, N, 16, [y.pointer, gain.pointer, x.pointer, inverse.pointer, C], [1e-5]);
    engine.runList(list);
    for (let i = 0; i < 3; i++) {
      multiply(engine.ahead, 'NT', { a: x.pointer, b: weight.pointer, c: y.pointer, M: N, N: C, K: C });
      engine.ahead.run(Op.rmsNorm, N, 16, [y.pointer, gain.pointer, x.pointer, inverse.pointer, C], [1e-5]);
    }
    engine.settle();
    for (const v of x.view) hash = (Math.imul(hash, 31) + Math.round(v * 1e6)) | 0;
  }
  engine.dispose();
  return hash;
}

if (process.argv[1]?.endsWith('cold-start.ts')) process.stdout.write(`HASH ${await coldStartHash(2)}\n`);

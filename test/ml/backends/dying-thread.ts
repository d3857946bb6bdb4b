// A compute thread that dies, for tests of what the engine then does.
import { Worker } from 'node:worker_threads';
import type { ComputeThread, SpawnThread, ThreadMessage } from '../../../workers/ml/backends/simd/threads.ts';
import { Control } from '../../../workers/ml/kernels/simd/assembly/op-codes.ts';

/** A thread that sleeps until it is woken, takes one chunk and ends. reports: as a kernel that traps does; otherwise as one that is killed. */
export function dyingThread(reports: boolean): SpawnThread {
  const source = `const { parentPort } = require('node:worker_threads');
    parentPort.once('message', ({ memory }) => {
      const words = new Int32Array(memory.buffer, 0, 1024);
      const generation = Atomics.load(words, ${Control.generation / 4});
      Atomics.store(words, ${Control.asleep / 4}, 1);
      parentPort.postMessage('ready');
      Atomics.wait(words, ${Control.generation / 4}, generation);
      while (Atomics.load(words, ${Control.chunks / 4}) <= 0 || Atomics.sub(words, ${Control.chunks / 4}, 1) <= 0);
      if (${reports}) Atomics.add(words, ${Control.failed / 4}, 1);
      process.exit();
    });`;
  return (message: ThreadMessage) =>
    new Promise<ComputeThread>((resolve) => {
      const worker = new Worker(source, { eval: true });
      worker.once('message', () => resolve({ terminate: () => void worker.terminate() }));
      worker.postMessage(message);
    });
}

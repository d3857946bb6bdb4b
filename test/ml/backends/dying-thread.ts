// A compute thread that dies, for tests of what the engine then does.
import { Worker } from 'node:worker_threads';
import { vi } from 'vitest';
import { ThreadPool, type ComputeThread, type SpawnThread, type ThreadMessage } from '../../../workers/ml/backends/simd/threads.ts';
import { Control } from '../../../workers/ml/kernels/simd/assembly/op-codes.ts';

/** After which a death that does not come fails the test instead of hanging it. */
const DEATH_LIMIT_MS = 20_000;

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
      if (${reports}) {
        Atomics.add(words, ${Control.failed / 4}, 1);
        Atomics.notify(words, ${Control.failed / 4});
      }
      process.exit();
    });`;
  return (message: ThreadMessage) =>
    new Promise<ComputeThread>((resolve) => {
      const worker = new Worker(source, { eval: true });
      worker.once('message', () => resolve({ terminate: () => void worker.terminate() }));
      worker.postMessage(message);
    });
}

/**
 * From now on whoever hands out a job that can be shared waits until a thread that reports has died in it, so that no thread comes too late.
 * @returns ends it
 */
export function waitForDeaths(memory: WebAssembly.Memory): () => void {
  const extend: unknown = Reflect.get(ThreadPool.prototype, 'extend');
  if (typeof extend !== 'function') throw new Error('A pool no longer extends its list.');
  const spy = vi.spyOn(ThreadPool.prototype, 'extend').mockImplementation(function (this: ThreadPool, end, shared) {
    Reflect.apply(extend, this, [end, shared]);
    if (shared) Atomics.wait(new Int32Array(memory.buffer), Control.failed / 4, 0, DEATH_LIMIT_MS);
  });
  return () => spy.mockRestore();
}

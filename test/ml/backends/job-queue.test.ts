import { describe, expect, it } from 'vitest';
import { CrewChoice } from '../../../workers/ml/backends/simd/crew-choice.ts';
import { createSimdEngine, type SimdEngine } from '../../../workers/ml/backends/simd/engine.ts';
import type { SpawnThread } from '../../../workers/ml/backends/simd/threads.ts';
import { Op } from '../../../workers/ml/kernels/simd/assembly/op-codes.ts';
import { compileNodeKernels, spawnNodeThread } from '../../../workers/node/simd-kernels.ts';
import { dyingThread } from './dying-thread.ts';

const module = await compileNodeKernels();
const LENGTH = 4096;

/** An engine with x, all ones. @param threads all of which take part; null: chosen while running */
async function opened(threads: number, pinned = true, spawn: SpawnThread = spawnNodeThread): Promise<{ engine: SimdEngine; x: number }> {
  const engine = await createSimdEngine({ module, threads, spawn, stallMs: 200 });
  if (pinned) engine.pinThreads(threads);
  const x = engine.heap.allocate(4 * LENGTH);
  new Float32Array(engine.settledBuffer, x, LENGTH).fill(1);
  return { engine, x };
}

/** x = 1.25 (2 x), then y = x in memory that was free before: jobs of many chunks and of one, of which each needs the one before. */
function addRound(engine: SimdEngine, x: number): void {
  engine.ahead.run(Op.multiplyScalar, LENGTH / 4, 7, [x, x], [2]);
  engine.ahead.run(Op.multiplyScalar, LENGTH / 4, LENGTH / 4, [x, x], [1.25]);
  const y = engine.heap.allocate(4 * LENGTH);
  engine.ahead.run(Op.multiplyScalar, LENGTH / 4, 16, [x, y], [0.4]);
  engine.ahead.run(Op.multiplyScalar, LENGTH / 4, 50, [y, x], [1]);
  engine.heap.release(y, 4 * LENGTH);
}

const read = (engine: SimdEngine, x: number): Float32Array => new Float32Array(engine.settledBuffer, x, LENGTH).slice();

describe('jobs that run while JavaScript goes on', () => {
  it.each([
    [1, true],
    [2, true],
    [3, true],
    [2, false],
  ])('are all done once, in order, when they are settled (%i threads, pinned: %s)', async (threads, pinned) => {
    const { engine, x } = await opened(threads, pinned);
    for (let pass = 0; pass < 40; pass++) {
      for (let round = 0; round < 30; round++) addRound(engine, x);
      engine.ahead.run(Op.multiplyScalar, LENGTH / 4, 16, [x, x], [2]);
      expect(new Set(read(engine, x))).toEqual(new Set([2 ** (pass + 1)]));
    }
    engine.dispose();
  });

  it('may be more than the queue holds', async () => {
    const { engine, x } = await opened(2);
    for (let round = 0; round < 1500; round++) addRound(engine, x);
    expect(new Set(read(engine, x))).toEqual(new Set([1]));
    expect(engine.stats.jobs).toBe(6000);
    engine.dispose();
  });

  it('are done before a job that is waited for, and before the next turn', async () => {
    const { engine, x } = await opened(2);
    engine.ahead.run(Op.multiplyScalar, LENGTH / 4, 16, [x, x], [3]);
    engine.run(Op.multiplyScalar, LENGTH / 4, 16, [x, x], [2]);
    engine.ahead.run(Op.multiplyScalar, LENGTH / 4, 16, [x, x], [2]);
    await Promise.resolve();
    expect(new Set(new Float32Array(engine.heap.memory.buffer, x, LENGTH))).toEqual(new Set([12]));
    engine.dispose();
  });

  it.each([
    ['traps', true],
    ['is killed', false],
  ])('tell E-THREAD to whoever settles where a thread %s, and the engine goes on with one', async (_how, reports) => {
    const { engine, x } = await opened(2, true, dyingThread(reports));
    const work = (): void => {
      for (let round = 0; round < 1e5; round++) addRound(engine, x);
      engine.settle();
    };
    expect(work).toThrow(expect.objectContaining({ code: 'E-THREAD' }));
    expect(engine.threads).toBe(1);
    new Float32Array(engine.settledBuffer, x, LENGTH).fill(1);
    addRound(engine, x);
    expect(new Set(read(engine, x))).toEqual(new Set([1]));
  });
});

describe('the choice for stretches of work', () => {
  /** Stretches of ten jobs of 1 ms on one thread; returns how many each crew ran. */
  function run(choice: CrewChoice, stretches: number, allMs: number): Record<'one' | 'all', number> {
    const ran = { one: 0, all: 0 };
    let now = 0;
    for (let stretch = 0; stretch < stretches; stretch++) {
      const { crew } = choice;
      ran[crew]++;
      choice.resume(now);
      for (let job = 0; job < 10; job++) {
        now += 0.1; // JavaScript
        const began = now;
        now += crew === 'one' ? 1 : 0.001;
        choice.noteJob(Op.gemm, 1000, began, now);
      }
      const began = now;
      if (crew === 'all') now += allMs - 1;
      choice.pause(began, now);
    }
    return ran;
  }

  it('begins with one thread, to learn what its jobs take', () => expect(new CrewChoice().crew).toBe('one'));

  it('takes all threads where they are faster', () => expect(run(new CrewChoice(), 500, 6).one).toBeLessThan(50));

  it('takes one thread where all are slower', () => expect(run(new CrewChoice(), 500, 25).all).toBeLessThan(25));
});

import { describe, expect, it } from 'vitest';
import { createSimdEngine, type SimdEngine } from '../../../workers/ml/backends/simd/engine.ts';
import type { JobSink } from '../../../workers/ml/backends/simd/job-list.ts';
import type { SpawnThread } from '../../../workers/ml/backends/simd/threads.ts';
import { Op } from '../../../workers/ml/kernels/simd/assembly/op-codes.ts';
import { multiplyPacked, packPanels, panelBytes } from '../../../workers/ml/kernels/simd/matmul.ts';
import { compileNodeKernels, spawnNodeThread } from '../../../workers/node/simd-kernels.ts';
import { dyingThread } from './dying-thread.ts';

const module = await compileNodeKernels();
const [ROWS, WIDTH] = [21, 100];
const LENGTH = ROWS * WIDTH;

interface Chain {
  engine: SimdEngine;
  /** Jobs of which each needs the one before: many chunks, one chunk, many again. */
  record: (sink: JobSink) => void;
  /** The result of the chain for these rounds of `run`. */
  result: (rounds: number, run: () => void) => Float32Array;
}

/** @param threads all of which take part */
async function openChain(threads: number, spawn: SpawnThread = spawnNodeThread, stallMs?: number): Promise<Chain> {
  const engine = await createSimdEngine({ module, threads, spawn, stallMs });
  engine.pinThreads(threads);
  const place = (n: number): number => engine.heap.allocate(4 * n);
  const view = (at: number, n: number): Float32Array => new Float32Array(engine.heap.memory.buffer, at, n);
  const [x, h, y, weight, gain] = [place(LENGTH), place(LENGTH), place(LENGTH), place(WIDTH * WIDTH), place(WIDTH)];
  const panels = engine.heap.allocate(panelBytes(WIDTH, WIDTH));
  view(weight, WIDTH * WIDTH).forEach((_, i, all) => (all[i] = Math.sin(i * 1.3) / 5));
  view(gain, WIDTH).fill(1);
  packPanels(engine, weight, WIDTH, WIDTH, true, panels);
  const record = (sink: JobSink): void => {
    for (let i = 0; i < 6; i++) {
      sink.run(Op.rmsNorm, ROWS, ROWS, [x, gain, h, 0, WIDTH], [1e-5]);
      multiplyPacked(sink, { a: h, c: y, M: ROWS, N: WIDTH, K: WIDTH }, panels);
      sink.run(Op.swiglu, LENGTH / 4, 50, [y, h, x]);
      sink.run(Op.multiplyScalar, LENGTH / 4, 1000, [x, x], [1.25]);
      sink.run(Op.add, LENGTH / 4, 7, [x, h, x]);
    }
  };
  const result = (rounds: number, run: () => void): Float32Array => {
    view(x, LENGTH).forEach((_, i, all) => (all[i] = Math.cos(i * 0.7)));
    for (let round = 0; round < rounds; round++) run();
    return view(x, LENGTH).slice();
  };
  return { engine, record, result };
}

async function oneByOne(rounds: number): Promise<Float32Array> {
  const { engine, record, result } = await openChain(1);
  return result(rounds, () => record(engine));
}

describe('a list of jobs', () => {
  it.each([1, 2, 3])('gives the bits of its jobs one by one on %i threads', async (threads) => {
    const { engine, record, result } = await openChain(threads);
    const list = engine.recordList(record);
    expect(list.length).toBe(30);
    expect(result(200, () => engine.runList(list))).toEqual(await oneByOne(200));
    engine.dispose();
  });

  it('may be run in parts', async () => {
    const { engine, record, result } = await openChain(2);
    const list = engine.recordList(record);
    const inParts = result(20, () => [0, 1, 2, 11, 30].forEach((from, i, all) => engine.runList(list, from, all[i + 1])));
    expect(inParts).toEqual(await oneByOne(20));
    engine.dispose();
  });

  it('takes new arguments between two runs', async () => {
    const { engine } = await openChain(1);
    const [x, y] = [engine.heap.allocate(64), engine.heap.allocate(64)];
    new Float32Array(engine.heap.memory.buffer, x, 16).fill(3);
    const list = engine.recordList((sink) => sink.run(Op.multiplyScalar, 4, 4, [x, y], [2]));
    for (const factor of [2, 5]) {
      list.replace(0, [x, y], [factor]);
      engine.runList(list);
      expect(new Float32Array(engine.heap.memory.buffer, y, 16)).toEqual(new Float32Array(16).fill(3 * factor));
    }
  });

  it('gives its memory back', async () => {
    const { engine, record } = await openChain(1);
    const { liveBytes } = engine.stats;
    engine.releaseList(engine.recordList(record));
    expect(engine.stats.liveBytes).toBe(liveBytes);
  });

  it.each([
    ['traps', true],
    ['is killed', false],
  ])('ends with E-THREAD where a thread %s in it, and the engine goes on with one', async (_how, reports) => {
    const { engine, record, result } = await openChain(2, dyingThread(reports), 200);
    const list = engine.recordList(record);
    expect(() => result(1e5, () => engine.runList(list))).toThrow(expect.objectContaining({ code: 'E-THREAD' }));
    expect(engine.threads).toBe(1);
    expect(result(20, () => engine.runList(list))).toEqual(await oneByOne(20));
  });

  it('ends with E-THREAD where a kernel traps on the way, and the engine goes on', async () => {
    const { engine, record, result } = await openChain(2);
    const list = engine.recordList((sink) => {
      record(sink);
      // Addresses near 4 GiB lie outside the memory.
      sink.run(Op.add, 4096, 16, [-65536, -65536, -65536]);
      record(sink);
    });
    expect(() => engine.runList(list)).toThrow(expect.objectContaining({ code: 'E-THREAD' }));
    expect(engine.threads).toBe(1);
    const good = engine.recordList(record);
    expect(result(20, () => engine.runList(good))).toEqual(await oneByOne(20));
  });

  it('is run with the threads that were faster so far, without a change of the results', async () => {
    const { engine, record, result } = await openChain(2);
    engine.unpinThreads();
    const list = engine.recordList(record);
    expect(result(100, () => engine.runList(list))).toEqual(await oneByOne(100));
    engine.dispose();
  });
});

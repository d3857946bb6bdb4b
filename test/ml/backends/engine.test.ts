import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createSimdEngine } from '../../../workers/ml/backends/simd/engine.ts';
import { RandomStream } from '../../../src/shared/random.ts';
import { blockSize } from '../../../workers/ml/backends/simd/memory.ts';
import { Op } from '../../../workers/ml/kernels/simd/assembly/op-codes.ts';
import { KERNEL_BINARIES } from '../../../workers/node/build-kernels.ts';
import { compileNodeKernels, spawnNodeThread } from '../../../workers/node/simd-kernels.ts';
import { coldStartHash } from './cold-start.ts';
import { dyingThread } from './dying-thread.ts';

const module = await compileNodeKernels();

/** y = 2 x over n floats in chunks of 16; returns the sum of y. */
function doubled(engine: Awaited<ReturnType<typeof createSimdEngine>>, n: number): number {
  const [x, y] = [engine.heap.allocate(4 * n), engine.heap.allocate(4 * n)];
  const { buffer } = engine.heap.memory;
  new Float32Array(buffer, x, n).fill(1);
  engine.run(Op.multiplyScalar, n / 4, 4, [x, y], [2]);
  const total = new Float32Array(buffer, y, n).reduce((a, b) => a + b, 0);
  engine.heap.release(x, 4 * n);
  engine.heap.release(y, 4 * n);
  return total;
}

function untilItDies(engine: Awaited<ReturnType<typeof createSimdEngine>>): void {
  for (let i = 0; i < 1e5; i++) doubled(engine, 65536);
}

describe('the allocator', () => {
  it('wastes less than a cache line and keeps whole vectors', () => {
    for (const bytes of [0, 1, 64, 65, 500, 513, 1000, 4097, 1e6, 123456789]) {
      const size = blockSize(bytes);
      expect(size).toBeGreaterThanOrEqual(bytes);
      expect(size % 64).toBe(0);
      expect(size).toBeLessThanOrEqual(bytes + 64);
    }
  });

  it('gives released memory out again', async () => {
    const engine = await createSimdEngine({ module, threads: 1, spawn: spawnNodeThread });
    const first = engine.heap.allocate(1000);
    const live = engine.stats.liveBytes;
    engine.heap.release(first, 1000);
    expect(engine.heap.allocate(1001)).toBe(first);
    expect(engine.stats.liveBytes).toBe(live);
  });

  it('uses what one size left for other sizes: mixed lengths need hardly more than is in use at most', async () => {
    const { heap } = await createSimdEngine({ module, threads: 1, spawn: spawnNodeThread });
    const before = heap.reservedBytes;
    heap.resetPeak();
    for (let round = 0; round < 60; round++) {
      const sizes = Array.from({ length: 200 }, (_, i) => 1000 * (1 + ((i * 7 + round * 13) % 97)) + 512 * round);
      const kept = sizes.map((size) => heap.allocate(size));
      // In another order than they came, some of them while others are asked for.
      for (let i = 0; i < kept.length; i++) heap.release(kept[(i * 37) % 200] ?? 0, sizes[(i * 37) % 200] ?? 0);
    }
    expect(heap.peakBytes).toBeGreaterThan(15e6);
    expect(heap.reservedBytes - before).toBeLessThan(1.15 * heap.peakBytes);
  });

  it('never gives one place out twice and puts everything together again', async () => {
    const { heap } = await createSimdEngine({ module, threads: 1, spawn: spawnNodeThread });
    const live = heap.liveBytes;
    const random = RandomStream.fromText('blocks');
    const blocks: { start: number; size: number }[] = [];
    for (let i = 0; i < 4000; i++) {
      if (blocks.length > 0 && random.chance(0.48)) {
        const [gone] = blocks.splice(random.integer(blocks.length), 1);
        if (gone) heap.release(gone.start, gone.size);
      } else {
        const size = 1 + random.integer(random.chance(0.1) ? 200_000 : 3000);
        blocks.push({ start: heap.allocate(size), size });
      }
    }
    const sorted = blocks.toSorted((a, b) => a.start - b.start);
    for (const [i, { start, size }] of sorted.entries()) expect(start + size).toBeLessThanOrEqual(sorted[i + 1]?.start ?? Infinity);
    const { reservedBytes } = heap;
    for (const { start, size } of blocks) heap.release(start, size);
    expect(heap.liveBytes).toBe(live);
    heap.allocate(reservedBytes - live - 200_000); // one block, where many were
    expect(heap.reservedBytes).toBe(reservedBytes);
  });

  it('says E-MEMORY at a limit set from outside, with nothing lost', async () => {
    const engine = await createSimdEngine({ module, threads: 1, spawn: spawnNodeThread });
    engine.heap.limitBytes = engine.heap.liveBytes + 2 ** 20;
    const { liveBytes } = engine.heap;
    expect(() => engine.heap.allocate(40e6)).toThrow(expect.objectContaining({ code: 'E-MEMORY' }));
    expect(engine.heap.liveBytes).toBe(liveBytes);
    expect(doubled(engine, 4096)).toBe(8192);
  });

  it('gives no place out twice after scratch or pack buffer could not grow', async () => {
    const engine = await createSimdEngine({ module, threads: 2, spawn: spawnNodeThread });
    const { heap } = engine;
    engine.packBuffer(1000);
    engine.needScratch(3e6);
    const live = heap.liveBytes;
    heap.limitBytes = live + 5e6; // for one thread only
    expect(() => engine.needScratch(4e6)).toThrow(expect.objectContaining({ code: 'E-MEMORY' }));
    expect(heap.liveBytes).toBe(live);
    expect(() => engine.packBuffer(9e6)).toThrow(expect.objectContaining({ code: 'E-MEMORY' }));
    heap.limitBytes = Infinity;
    const tensor = heap.allocate(1000); // takes what the old buffer left
    expect(engine.packBuffer(500)).not.toBe(tensor);
    heap.release(tensor, 1000);
    expect(heap.liveBytes).toBe(live - blockSize(1000) + blockSize(500));
    engine.dispose();
  });

  it('says E-MEMORY when the memory cannot grow, and goes on', async () => {
    const engine = await createSimdEngine({ module, threads: 1, spawn: spawnNodeThread });
    expect(() => engine.heap.allocate(3e9)).toThrow(expect.objectContaining({ code: 'E-MEMORY' }));
    expect(doubled(engine, 4096)).toBe(8192);
  });
});

describe('the kernel binaries', () => {
  it.each(Object.entries(KERNEL_BINARIES))(
    'carry no data of their own: the whole memory belongs to the engine (%s)',
    async (_build, file) => {
      // Section 11 is the data section; a section is an id and its length in LEB128.
      const bytes = await readFile(file);
      const ids: number[] = [];
      for (let at = 8; at < bytes.length;) {
        ids.push(bytes[at++] ?? 0);
        let [length, shift, byte] = [0, 0, 0];
        do {
          byte = bytes[at++] ?? 0;
          length |= (byte & 127) << shift;
          shift += 7;
        } while (byte & 128);
        at += length;
      }
      expect(ids).toContain(10);
      expect(ids).not.toContain(11);
    },
  );
});

describe('threads', () => {
  it('do every chunk exactly once', async () => {
    const engine = await createSimdEngine({ module, threads: 3, spawn: spawnNodeThread });
    engine.pinThreads(3);
    for (let i = 0; i < 200; i++) expect(doubled(engine, 4096)).toBe(8192);
    expect(engine.stats.jobs).toBe(200);
    engine.dispose();
  });

  it('do every unit exactly once, however a job is cut', async () => {
    const engine = await createSimdEngine({ module, threads: 3, spawn: spawnNodeThread });
    engine.pinThreads(3);
    const [ones, sums] = [engine.heap.allocate(4 * 4 * 64), engine.heap.allocate(4 * 4 * 64)];
    new Float32Array(engine.heap.memory.buffer, ones, 4 * 64).fill(1);
    const view = new Float32Array(engine.heap.memory.buffer, sums, 4 * 64);
    for (let units = 1; units <= 64; units += 3) {
      for (let unitsPerChunk = 1; unitsPerChunk <= 20; unitsPerChunk++) {
        view.fill(0);
        engine.run(Op.add, units, unitsPerChunk, [ones, sums, sums]);
        const wanted = Array.from(view, (_, i) => (i < 4 * units ? 1 : 0));
        expect(Array.from(view), `${units} units, ${unitsPerChunk} a chunk`).toEqual(wanted);
      }
    }
    engine.dispose();
  });

  it('that die fail the job with E-THREAD, and the engine goes on with one', async () => {
    const spawn = dyingThread(true);
    const engine = await createSimdEngine({ module, threads: 2, spawn });
    engine.pinThreads(2);
    expect(() => untilItDies(engine)).toThrow(expect.objectContaining({ code: 'E-THREAD' }));
    expect(engine.threads).toBe(1);
    expect(doubled(engine, 4096)).toBe(8192);
    engine.dispose();
  });

  it('that are killed in a chunk are noticed by the time they do not answer', async () => {
    const engine = await createSimdEngine({ module, threads: 2, spawn: dyingThread(false), stallMs: 200 });
    engine.pinThreads(2);
    expect(() => untilItDies(engine)).toThrow(expect.objectContaining({ code: 'E-THREAD', message: expect.stringContaining('answering') }));
    expect(engine.threads).toBe(1);
    expect(doubled(engine, 4096)).toBe(8192);
    engine.dispose();
  });

  it('end a job whose kernel traps, and the engine goes on', async () => {
    const engine = await createSimdEngine({ module, threads: 2, spawn: spawnNodeThread });
    engine.pinThreads(2);
    // Addresses near 4 GiB lie outside the memory.
    expect(() => engine.run(Op.add, 4096, 16, [-65536, -65536, -65536])).toThrow(expect.objectContaining({ code: 'E-THREAD' }));
    expect(engine.threads).toBe(1);
    expect(doubled(engine, 4096)).toBe(8192);
  });

  it('that do not start leave an engine with one thread and the reason', async () => {
    const engine = await createSimdEngine({ module, threads: 2, spawn: () => Promise.reject(new Error('blocked')) });
    expect(engine.threads).toBe(1);
    expect(engine.threadProblem).toBe('blocked');
    expect(doubled(engine, 4096)).toBe(8192);
  });

  it('are chosen while running, without a change of the results', async () => {
    const engine = await createSimdEngine({ module, threads: 2, spawn: spawnNodeThread });
    for (let i = 0; i < 50; i++) expect(doubled(engine, 4096)).toBe(8192);
    expect([1, 2]).toContain(engine.activeThreads);
    expect(engine.threadProblem).toBeNull();
    engine.dispose();
  });

  it('give the one-thread numbers in fresh processes', async () => {
    const run = promisify(execFile);
    const script = fileURLToPath(new URL('./cold-start.ts', import.meta.url));
    const wanted = `HASH ${await coldStartHash(1)}`;
    for (let i = 0; i < 3; i++) {
      const { stdout } = await run(process.execPath, ['--import', 'tsx', script]);
      expect(stdout.trim()).toBe(wanted);
    }
  }, 180_000);
});

// One growing shared WebAssembly.Memory and its allocator. Freed blocks merge and are cut anew, so that training with varying
// lengths needs little more than what is in use at its peak, and no tensor ever moves.
import { WorkbenchError } from '../../../../src/shared/errors.ts';
import { Control } from '../../kernels/simd/assembly/op-codes.ts';
import { FreeBlocks, QUANTUM } from './free-blocks.ts';

const PAGE = 65536;
/** 2 GiB, the limit of signed 32-bit addresses; smaller where the browser refuses to reserve that much. */
const MAXIMUM_PAGES = [32768, 16384, 8192];
/** Kernels may read a little past a row; the end of the memory is kept free. */
const SLACK = 4096;
/** 4 MiB. */
const LEAST_GROWTH_PAGES = 64;

/** What a request of so many bytes occupies. */
export function blockSize(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / QUANTUM)) * QUANTUM;
}

function createMemory(): { memory: WebAssembly.Memory; maximumBytes: number } {
  for (const maximum of MAXIMUM_PAGES) {
    try {
      return { memory: new WebAssembly.Memory({ initial: 256, maximum, shared: true }), maximumBytes: maximum * PAGE };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  throw new WorkbenchError('E-MEMORY', 'The browser refused 512 MB of memory for the engine.', {
    safe: 'Everything stored is unharmed.',
    remedy: 'Close other tabs and reload.',
  });
}

/** Allocates and frees; knows nothing about tensors. */
export class SharedHeap {
  readonly memory: WebAssembly.Memory;
  readonly #maximumBytes: number;
  /** Bytes in use. */
  liveBytes = 0;
  /** Never more than this in use; lower it to find out what happens when memory runs out. */
  limitBytes = Infinity;
  /** Most of them at once since the last `resetPeak`. */
  peakBytes = 0;
  #top: number = Control.heap;
  readonly #free = new FreeBlocks();

  constructor() {
    const { memory, maximumBytes } = createMemory();
    this.memory = memory;
    this.#maximumBytes = maximumBytes;
  }

  /** Most that can ever be in use, where the machine has it. */
  get maximumBytes(): number {
    return Math.min(this.#maximumBytes, this.limitBytes);
  }

  /** Bytes the memory occupies, used or not. */
  get reservedBytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Begins a new measurement of the peak. */
  resetPeak(): void {
    this.peakBytes = this.liveBytes;
  }

  /** @throws WorkbenchError E-MEMORY when the memory cannot grow */
  allocate(bytes: number): number {
    const size = blockSize(bytes);
    if (this.liveBytes + size > this.limitBytes) throw this.#outOfMemory(size);
    const pointer = this.#free.take(size) ?? this.#extend(size);
    this.liveBytes += size;
    if (this.liveBytes > this.peakBytes) this.peakBytes = this.liveBytes;
    return pointer;
  }

  /** @param bytes as given to `allocate` */
  release(pointer: number, bytes: number): void {
    const size = blockSize(bytes);
    this.liveBytes -= size;
    this.#free.give(pointer, size);
  }

  #extend(size: number): number {
    // A gap at the end is the beginning of the new block.
    const pointer = this.#free.startOfBlockEndingAt(this.#top) ?? this.#top;
    const missing = pointer + size + SLACK - this.reservedBytes;
    if (missing > 0) this.#grow(missing, size);
    this.#free.takeEndingAt(this.#top);
    this.#top = pointer + size;
    return pointer;
  }

  #grow(missing: number, size: number): void {
    const needed = Math.ceil(missing / PAGE);
    // A little more than now, so that growing stays rare.
    for (const pages of [Math.max(needed, LEAST_GROWTH_PAGES), needed]) {
      try {
        this.memory.grow(pages);
        return;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
    throw this.#outOfMemory(size);
  }

  #outOfMemory(size: number): WorkbenchError {
    return new WorkbenchError(
      'E-MEMORY',
      `The engine has no memory left for ${Math.ceil(size / 1e6)} MB more (in use: ${Math.round(this.liveBytes / 1e6)} MB).`,
      {
        safe: 'Stored data, answers and checkpoints are unharmed.',
        remedy: 'Use a smaller micro-batch, fewer completions or gradient checkpointing.',
        details: { availableBytes: Math.min(this.reservedBytes, this.limitBytes) },
      },
    );
  }
}

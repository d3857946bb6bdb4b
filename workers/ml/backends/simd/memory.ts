// One growing shared WebAssembly.Memory and its allocator: size classes with free lists, so that training with varying lengths
// neither grows without end nor moves a tensor.
import { WorkbenchError } from '../../../../src/shared/errors.ts';
import { Control } from '../../kernels/simd/assembly/op-codes.ts';

const PAGE = 65536;
/** 2 GiB, the limit of signed 32-bit addresses; smaller where the browser refuses to reserve that much. */
const MAXIMUM_PAGES = [32768, 16384, 8192];
/** Kernels may read a little past a row; the end of the memory is kept free. */
const SLACK = 4096;

/** Size classes are 1/8 of an octave apart: at most 12.5 % waste. Multiples of 64 bytes, so that flat kernels may write whole vectors. */
export function sizeClass(bytes: number): number {
  const size = Math.max(64, bytes);
  const quantum = 2 ** Math.max(6, Math.floor(Math.log2(size)) - 3);
  return Math.ceil(size / quantum) * quantum;
}

function createMemory(): WebAssembly.Memory {
  for (const maximum of MAXIMUM_PAGES) {
    try {
      return new WebAssembly.Memory({ initial: 256, maximum, shared: true });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  throw new WorkbenchError('E-MEMORY', 'The browser refused 512 MB of memory for the engine.', { remedy: 'Close other tabs and reload.' });
}

/** Allocates and frees; knows nothing about tensors. */
export class SharedHeap {
  readonly memory: WebAssembly.Memory = createMemory();
  /** Sum of the size classes in use. */
  liveBytes = 0;
  #top: number = Control.heap;
  readonly #free = new Map<number, number[]>();

  /** Bytes the memory occupies, used or not. */
  get reservedBytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** @throws WorkbenchError E-MEMORY when the memory cannot grow */
  allocate(bytes: number): number {
    const size = sizeClass(bytes);
    const pointer = this.#free.get(size)?.pop() ?? this.#extend(size);
    this.liveBytes += size;
    return pointer;
  }

  /** @param bytes as given to `allocate` */
  release(pointer: number, bytes: number): void {
    const size = sizeClass(bytes);
    this.liveBytes -= size;
    const list = this.#free.get(size);
    if (list) list.push(pointer);
    else this.#free.set(size, [pointer]);
  }

  #extend(size: number): number {
    const pointer = this.#top;
    const missing = pointer + size + SLACK - this.reservedBytes;
    if (missing > 0) this.#grow(missing, size);
    this.#top = pointer + size;
    return pointer;
  }

  #grow(missing: number, size: number): void {
    const needed = Math.ceil(missing / PAGE);
    // An eighth more than now, so that growing stays rare.
    for (const pages of [Math.max(needed, Math.ceil(this.reservedBytes / PAGE / 8)), needed]) {
      try {
        this.memory.grow(pages);
        return;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
    throw new WorkbenchError(
      'E-MEMORY',
      `The engine has no memory left for ${Math.ceil(size / 1e6)} MB more (in use: ${Math.round(this.liveBytes / 1e6)} MB).`,
      {
        safe: 'Stored data, answers and checkpoints are unharmed.',
        remedy: 'Use a smaller micro-batch, fewer completions or gradient checkpointing.',
      },
    );
  }
}

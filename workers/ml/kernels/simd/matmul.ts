// Matrix products on the engine: packing, and how the work is cut into chunks.
import type { ProductSink } from '../../backends/simd/engine.ts';
import type { JobSink } from '../../backends/simd/job-list.ts';
import { Op } from './assembly/op-codes.ts';

/** Which operand is stored transposed: NN: A [M, K], B [K, N]; NT: B is [N, K]; TN: A is [K, M]. */
export type ProductKind = 'NN' | 'NT' | 'TN';

/** C [M, N] = op(A) op(B) (+ D). Addresses in bytes. */
export interface Product {
  a: number;
  b: number;
  c: number;
  M: number;
  N: number;
  K: number;
  /** Added to the result; 0 or absent: nothing. */
  d?: number;
  /** Bytes a row of d; 0 repeats one row (a bias). */
  dStride?: number;
}

/** Four tiles of six rows (or six of four): a slice of 192 columns of them and a panel fit the first-level cache. */
const ROWS_PER_BLOCK = 24;
const K_BLOCK = 512;

export const panelCount = (N: number): number => Math.ceil(N / 8);

/** Bytes of B packed into panels. */
export const panelBytes = (N: number, K: number): number => panelCount(N) * 8 * K * 4;

/** Panels of length K a chunk. */
const packChunk = (K: number): number => Math.max(1, Math.ceil(16384 / (K * 8)));

/** Packs B for `multiplyPacked`. transposed: B is given as [N, K]. */
export function packPanels(sink: ProductSink, b: number, N: number, K: number, transposed: boolean, out: number): void {
  const stride = (transposed ? K : N) * 4;
  sink.run(Op.packPanels, panelCount(N), packChunk(K), [b, stride, K, N, transposed ? 1 : 0, out], [], N * K);
}

/** C = A B (+ D) with B already packed. */
export function multiplyPacked(sink: JobSink, product: Omit<Product, 'b'>, panels: number): void {
  multiplyPanels(sink, false, { ...product, aStride: 4 * product.K }, panels);
}

/** One job. byColumns: A is stored as [K, M]. aStride: bytes between its stored rows. */
function multiplyPanels(sink: JobSink, byColumns: boolean, product: Omit<Product, 'b'> & { aStride: number }, panels: number): void {
  const { a, aStride, c, M, N, K, d = 0, dStride = 0 } = product;
  const rows = Math.min(M, ROWS_PER_BLOCK);
  const blocks = Math.ceil(M / rows);
  const parallel = 2 * M * N * K >= sink.leastSharedFlops;
  const groups = parallel ? Math.max(1, Math.min(4, panelCount(N) >> 2)) : 1;
  sink.needScratch((rows + 8) * Math.min(K, K_BLOCK) * 4 + 320);
  const args = [byColumns ? 1 : 0, a, aStride, panels, c, N * 4, d, dStride, M, N, K, rows, groups];
  // A block's groups are one chunk, so that its rows are packed once; where blocks are few, each group is one.
  const chunk = !parallel ? blocks * groups : blocks < 4 ? 1 : groups;
  sink.run(Op.gemm, blocks * groups, chunk, args, [], 2 * M * N * K);
}

/** Floats of B packed at a time: half of a second-level cache, so that a long reduction (a weight gradient) streams each operand once. */
const SLICE_FLOATS = 131072;

/** Length of the slices of the reduction. */
function sliceLength(N: number, K: number): number {
  const length = Math.max(256, Math.min(1024, Math.floor(SLICE_FLOATS / N / 64) * 64));
  return K > 1.5 * length ? length : K;
}

/** C = op(A) op(B) (+ D), in slices of K that are added up. */
export function multiply(sink: ProductSink, kind: ProductKind, product: Product): void {
  multiplyAll(sink, kind, [product], product);
}

/** Several products with one right-hand side, which is packed once. @param shared b, N and K of them all */
export function multiplyAll(
  sink: ProductSink,
  kind: ProductKind,
  products: readonly Omit<Product, 'b' | 'N' | 'K'>[],
  { b, N, K }: Pick<Product, 'b' | 'N' | 'K'>,
): void {
  const length = sliceLength(N, K);
  const panels = sink.packBuffer(panelBytes(N, length));
  for (let k = 0; k < K; k += length) {
    const slice = Math.min(length, K - k);
    const bSlice = b + 4 * k * (kind === 'NT' ? 1 : N);
    const source = [bSlice, 4 * (kind === 'NT' ? K : N), slice, N, kind === 'NT' ? 1 : 0];
    sink.run(Op.packPanels, panelCount(N), packChunk(slice), [...source, panels], [], N * slice);
    for (const { a, c, M, d, dStride } of products) {
      const sum = k > 0 ? { d: c, dStride: 4 * N } : { d, dStride };
      const aSlice = a + 4 * k * (kind === 'TN' ? M : 1);
      multiplyPanels(sink, kind === 'TN', { ...sum, a: aSlice, aStride: 4 * (kind === 'TN' ? M : K), c, M, N, K: slice }, panels);
    }
  }
}

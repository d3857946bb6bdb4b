// Matrix products on the engine: packing, and how the work is cut into chunks.
import type { SimdEngine } from '../../backends/simd/engine.ts';
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

const ROWS_PER_BLOCK = 32;
const K_BLOCK = 512;
/** Products smaller than this run on one thread: waking another costs about 12 microseconds. */
const MIN_PARALLEL_FLOPS = 1e6;

export const panelCount = (N: number): number => Math.ceil(N / 8);

/** Bytes of B packed into panels. */
export const panelBytes = (N: number, K: number): number => panelCount(N) * 8 * K * 4;

/** Packs B for `multiplyPacked`. transposed: B is given as [N, K]. */
export function packPanels(engine: SimdEngine, b: number, N: number, K: number, transposed: boolean, out: number): void {
  const stride = (transposed ? K : N) * 4;
  engine.run(Op.packPanels, panelCount(N), Math.max(1, Math.ceil(16384 / (K * 8))), [b, stride, K, N, transposed ? 1 : 0, out]);
}

/** C = op(A) B (+ D) with B already packed. */
export function multiplyPacked(engine: SimdEngine, kind: 'NN' | 'TN', product: Omit<Product, 'b'>, panels: number): void {
  const { a, c, M, N, K, d = 0, dStride = 0 } = product;
  const byColumns = kind === 'TN' ? 1 : 0;
  const rows = Math.min(M, ROWS_PER_BLOCK);
  const blocks = Math.ceil(M / rows);
  const parallel = 2 * M * N * K >= MIN_PARALLEL_FLOPS;
  const groups = parallel && blocks < 4 ? Math.max(1, Math.min(4, panelCount(N) >> 2)) : 1;
  engine.needScratch((rows + 8) * Math.min(K, K_BLOCK) * 4 + 64);
  const args = [byColumns, a, (byColumns ? M : K) * 4, panels, c, N * 4, d, dStride, M, N, K, rows, groups];
  engine.run(Op.gemm, blocks * groups, parallel ? 1 : blocks * groups, args);
}

/** C = op(A) op(B) (+ D). */
export function multiply(engine: SimdEngine, kind: ProductKind, product: Product): void {
  const panels = engine.packBuffer(panelBytes(product.N, product.K));
  packPanels(engine, product.b, product.N, product.K, kind === 'NT', panels);
  multiplyPacked(engine, kind === 'TN' ? 'TN' : 'NN', product, panels);
}

// C = op(A) op(B) (+ D). B is packed once into panels [N/8][K][8]; each thread packs its rows of A into its scratch.
import { fma } from './math';
import {
  micro, microWide, packColumns, packPanel, packPanelTransposed, packRows, packWideColumns, packWideRows, putRow, putTile, takesWideTile, WIDE_ROWS,
} from './tiles';

/** Rows of k handled at once, so that a panel slice and a tile stay in the first-level cache. */
const K_BLOCK: i32 = 512;

/** Panels lo..hi of B. transposed: B is given as [N, K]. */
export function packPanels(B: usize, ldb: usize, K: i32, N: i32, transposed: i32, out: usize, lo: i32, hi: i32): void {
  for (let j = lo; j < hi; j++) {
    const q = out + <usize>j * (<usize>K << 5);
    if (transposed) packPanelTransposed(B + <usize>(j * 8) * ldb, ldb, K, min(N - j * 8, 8), q);
    else packPanel(B + (<usize>j << 5), ldb, K, q);
  }
}

/** Rows i0..i1 by panels j0..j1. byColumns: A is given transposed, as [K, M]. */
export function block(
  byColumns: i32, A: usize, lda: usize, panels: usize, C: usize, ldc: usize, D: usize, ldd: usize,
  N: i32, K: i32, i0: i32, i1: i32, j0: i32, j1: i32, scratch: usize,
): void {
  const sums = scratch, tiles = scratch + 192;
  for (let k0 = 0; k0 < K; k0 += K_BLOCK) {
    const kc = min(K - k0, K_BLOCK), row = <usize>kc << 2;
    packBlock(byColumns, A, lda, k0, kc, i0, i1, tiles);
    const from = k0 ? C : D, step = k0 ? ldc : ldd;
    for (let j = j0; j < j1; j++) {
      const pb = panels + (<usize>j * <usize>K + <usize>k0) * 32, column = <usize>j << 5, cols = N - j * 8;
      let q = tiles, i = i0;
      while (i < i1) {
        const d = from ? from + <usize>i * step + column : 0, c = C + <usize>i * ldc + column;
        if (takesWideTile(i1 - i)) {
          microWide(q, pb, kc, sums);
          putTile(sums, c, ldc, d, step, min(i1 - i, WIDE_ROWS), cols);
          q += <usize>WIDE_ROWS * row;
          i += WIDE_ROWS;
        } else {
          micro(q, 16, pb, kc, c, ldc, d, step, i1 - i, cols);
          q += 4 * row;
          i += 4;
        }
      }
    }
  }
}

/** Columns k0..k0+kc of rows i0..i1 of A -> tiles. */
function packBlock(byColumns: i32, A: usize, lda: usize, k0: i32, kc: i32, i0: i32, i1: i32, scratch: usize): void {
  const row = <usize>kc << 2;
  let q = scratch, i = i0;
  while (i < i1) {
    const a = byColumns ? A + (<usize>i << 2) + <usize>k0 * lda : A + <usize>i * lda + (<usize>k0 << 2);
    if (takesWideTile(i1 - i)) {
      if (byColumns) packWideColumns(a, lda, kc, q);
      else packWideRows(a, lda, i1 - i, kc, q);
      q += <usize>WIDE_ROWS * row;
      i += WIDE_ROWS;
    } else {
      if (byColumns) packColumns(a, lda, kc, q);
      else packRows(a, lda, i1 - i, kc, q);
      q += 4 * row;
      i += 4;
    }
  }
}

/** One row of A by panels j0..j1: four panels at a time, so that eight accumulators are in flight. */
export function rowTimesPanels(A: usize, panels: usize, C: usize, D: usize, N: i32, K: i32, j0: i32, j1: i32): void {
  const step = <usize>K << 5;
  let j = j0;
  for (; j + 4 <= j1 && (j + 4) * 8 <= N; j += 4) {
    let a = A, p0 = panels + <usize>j * step, p1 = p0 + step, p2 = p1 + step, p3 = p2 + step;
    let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
    for (let k = K; k > 0; k--) {
      const x = v128.load_splat<f32>(a);
      c0 = fma(x, v128.load(p0), c0);
      c1 = fma(x, v128.load(p0, 16), c1);
      c2 = fma(x, v128.load(p1), c2);
      c3 = fma(x, v128.load(p1, 16), c3);
      c4 = fma(x, v128.load(p2), c4);
      c5 = fma(x, v128.load(p2, 16), c5);
      c6 = fma(x, v128.load(p3), c6);
      c7 = fma(x, v128.load(p3, 16), c7);
      a += 4;
      p0 += 32;
      p1 += 32;
      p2 += 32;
      p3 += 32;
    }
    const o = <usize>j << 5;
    putRow(C + o, D ? D + o : 0, c0, c1, 8);
    putRow(C + o + 32, D ? D + o + 32 : 0, c2, c3, 8);
    putRow(C + o + 64, D ? D + o + 64 : 0, c4, c5, 8);
    putRow(C + o + 96, D ? D + o + 96 : 0, c6, c7, 8);
  }
  for (; j < j1; j++) {
    let c0 = f32x4.splat(0), c1 = c0, a = A, p = panels + <usize>j * step;
    for (let k = K; k > 0; k--) {
      const x = v128.load_splat<f32>(a);
      c0 = fma(x, v128.load(p), c0);
      c1 = fma(x, v128.load(p, 16), c1);
      a += 4;
      p += 32;
    }
    const o = <usize>j << 5;
    putRow(C + o, D ? D + o : 0, c0, c1, N - j * 8);
  }
}

// Packing and the 4 x 8 register tile that every matrix product uses. One k step per loop turn on purpose: V8 hoists all loads
// of a basic block to its top, so unrolling k (or a larger tile) spills the accumulators.
import { fma, ld, st, stn } from './math';

/** Stores the first `cols` of eight columns, plus D when d is not 0. */
@inline
export function putRow(p: usize, d: usize, a: v128, b: v128, cols: i32): void {
  if (d) {
    a = f32x4.add(a, ld(d));
    b = f32x4.add(b, v128.load(d, 16));
  }
  if (cols >= 8) {
    st(p, a);
    v128.store(p, b, 16);
  } else if (cols > 4) {
    st(p, a);
    stn(p + 16, b, cols - 4);
  } else stn(p, a, cols);
}

/**
 * C[rows <= 4][cols <= 8] = sum over k of A[k][0..3] (x) B[k][0..7], plus D when pd is not 0.
 * A advances by sa bytes a step, B by 32. ldc and ldd are bytes a row; ldd 0 repeats one row of D (a bias).
 */
export function micro(pa: usize, sa: usize, pb: usize, kc: i32, pc: usize, ldc: usize, pd: usize, ldd: usize, rows: i32, cols: i32): void {
  let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
  for (; kc > 0; kc--) {
    const b0 = v128.load(pb), b1 = v128.load(pb, 16);
    let x = v128.load_splat<f32>(pa);
    c0 = fma(x, b0, c0);
    c1 = fma(x, b1, c1);
    x = v128.load_splat<f32>(pa, 4);
    c2 = fma(x, b0, c2);
    c3 = fma(x, b1, c3);
    x = v128.load_splat<f32>(pa, 8);
    c4 = fma(x, b0, c4);
    c5 = fma(x, b1, c5);
    x = v128.load_splat<f32>(pa, 12);
    c6 = fma(x, b0, c6);
    c7 = fma(x, b1, c7);
    pa += sa;
    pb += 32;
  }
  putRow(pc, pd, c0, c1, cols);
  if (rows < 2) return;
  pc += ldc;
  if (pd) pd += ldd;
  putRow(pc, pd, c2, c3, cols);
  if (rows < 3) return;
  pc += ldc;
  if (pd) pd += ldd;
  putRow(pc, pd, c4, c5, cols);
  if (rows < 4) return;
  pc += ldc;
  if (pd) pd += ldd;
  putRow(pc, pd, c6, c7, cols);
}

/** 4 x 4 transpose: rows at p0..p3 become four vectors at q, t bytes apart. */
@inline
export function tr4(p0: usize, p1: usize, p2: usize, p3: usize, q: usize, t: usize): void {
  const a = ld(p0), b = ld(p1), c = ld(p2), d = ld(p3);
  const e = v128.shuffle<f32>(a, b, 0, 4, 1, 5), f = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const g = v128.shuffle<f32>(a, b, 2, 6, 3, 7), h = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  st(q, v128.shuffle<f64>(e, f, 0, 2));
  st(q + t, v128.shuffle<f64>(e, f, 1, 3));
  st(q + 2 * t, v128.shuffle<f64>(g, h, 0, 2));
  st(q + 3 * t, v128.shuffle<f64>(g, h, 1, 3));
}

/**
 * Up to four rows of a row-major matrix -> tile [K][4]; missing rows repeat the first (their results are never stored).
 * Writes up to 48 bytes past the tile: pack tiles in ascending order, into the thread's own scratch.
 */
export function packRows(A: usize, lda: usize, rows: i32, K: i32, q: usize): void {
  let p0 = A, p1 = rows > 1 ? A + lda : A, p2 = rows > 2 ? A + 2 * lda : A, p3 = rows > 3 ? A + 3 * lda : A;
  for (let k = 0; k < K; k += 4) {
    tr4(p0, p1, p2, p3, q, 16);
    p0 += 16;
    p1 += 16;
    p2 += 16;
    p3 += 16;
    q += 64;
  }
}

/** Four columns of a row-major matrix -> tile [K][4]. */
export function packColumns(A: usize, lda: usize, K: i32, q: usize): void {
  for (; K > 0; K--) {
    st(q, ld(A));
    A += lda;
    q += 16;
  }
}

/** Eight columns of a row-major [K, N] matrix -> panel [K][8]. Columns past the end hold whatever follows: never stored. */
export function packPanel(B: usize, ldb: usize, K: i32, q: usize): void {
  for (; K > 0; K--) {
    st(q, ld(B));
    v128.store(q, v128.load(B, 16), 16);
    B += ldb;
    q += 32;
  }
}

/** Eight rows of a row-major [N, K] matrix, transposed -> panel [K][8]. Missing rows repeat the first. */
export function packPanelTransposed(B: usize, ldb: usize, K: i32, cols: i32, q: usize): void {
  const r1 = cols > 1 ? B + ldb : B, r2 = cols > 2 ? B + 2 * ldb : B, r3 = cols > 3 ? B + 3 * ldb : B;
  const r4 = cols > 4 ? B + 4 * ldb : B, r5 = cols > 5 ? B + 5 * ldb : B, r6 = cols > 6 ? B + 6 * ldb : B, r7 = cols > 7 ? B + 7 * ldb : B;
  let k = 0;
  for (; k + 4 <= K; k += 4) {
    const o = <usize>k << 2;
    tr4(B + o, r1 + o, r2 + o, r3 + o, q, 32);
    tr4(r4 + o, r5 + o, r6 + o, r7 + o, q + 16, 32);
    q += 128;
  }
  // The next panel may belong to another thread: the rest is written one by one.
  for (; k < K; k++) {
    const o = <usize>k << 2;
    store<f32>(q, load<f32>(B + o));
    store<f32>(q, load<f32>(r1 + o), 4);
    store<f32>(q, load<f32>(r2 + o), 8);
    store<f32>(q, load<f32>(r3 + o), 12);
    store<f32>(q, load<f32>(r4 + o), 16);
    store<f32>(q, load<f32>(r5 + o), 20);
    store<f32>(q, load<f32>(r6 + o), 24);
    store<f32>(q, load<f32>(r7 + o), 28);
    q += 32;
  }
}

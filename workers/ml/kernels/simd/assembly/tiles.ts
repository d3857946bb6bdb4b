// Packing and the register tiles that every matrix product uses: 4 x 8, and 6 x 8 where fused multiply-add leaves enough registers
// (5 to 13 % faster there, 25 % slower without). One k step per loop turn on purpose: V8 hoists all loads of a basic block to its top,
// so unrolling k spills the accumulators.
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

/** Rows of the larger tile. */
export const WIDE_ROWS: i32 = 6;

/** Whether the next tile of a block with this many rows left has six rows; with 7 or 8 left, two tiles of four waste less. */
@inline
export function takesWideTile(rows: i32): bool {
  return ASC_FEATURE_RELAXED_SIMD && (rows == 5 || rows == 6 || rows > 8);
}

/**
 * The product of a tile [K][6] and a panel, to `out` [6][8]. Its twelve sums fill the registers: any choice behind the loop (how many
 * rows and columns to keep, what to add) makes V8 spill them inside it. `putTile` makes that choice.
 */
export function microWide(pa: usize, pb: usize, kc: i32, out: usize): void {
  let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0, c8 = c0, c9 = c0, c10 = c0, c11 = c0;
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
    x = v128.load_splat<f32>(pa, 16);
    c8 = fma(x, b0, c8);
    c9 = fma(x, b1, c9);
    x = v128.load_splat<f32>(pa, 20);
    c10 = fma(x, b0, c10);
    c11 = fma(x, b1, c11);
    pa += 24;
    pb += 32;
  }
  st(out, c0);
  v128.store(out, c1, 16);
  v128.store(out, c2, 32);
  v128.store(out, c3, 48);
  v128.store(out, c4, 64);
  v128.store(out, c5, 80);
  v128.store(out, c6, 96);
  v128.store(out, c7, 112);
  v128.store(out, c8, 128);
  v128.store(out, c9, 144);
  v128.store(out, c10, 160);
  v128.store(out, c11, 176);
}

/** Rows of eight, 32 bytes apart, to C, plus D when pd is not 0. */
export function putTile(from: usize, pc: usize, ldc: usize, pd: usize, ldd: usize, rows: i32, cols: i32): void {
  for (; rows > 0; rows--) {
    putRow(pc, pd, ld(from), v128.load(from, 16), cols);
    from += 32;
    pc += ldc;
    if (pd) pd += ldd;
  }
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

/** Five or six rows -> tile [K][6]; the sixth repeats the first where there are five. Writes up to 72 bytes past the tile. */
export function packWideRows(A: usize, lda: usize, rows: i32, K: i32, q: usize): void {
  let p = A, p4 = A + 4 * lda, p5 = rows > 5 ? A + 5 * lda : A;
  for (let k = 0; k < K; k += 4) {
    tr4(p, p + lda, p + 2 * lda, p + 3 * lda, q, 24);
    const a = ld(p4), b = ld(p5), e = v128.shuffle<f32>(a, b, 0, 4, 1, 5), f = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    v128.store_lane<i64>(q, e, 0, 16);
    v128.store_lane<i64>(q, e, 1, 40);
    v128.store_lane<i64>(q, f, 0, 64);
    v128.store_lane<i64>(q, f, 1, 88);
    p += 16;
    p4 += 16;
    p5 += 16;
    q += 96;
  }
}

/** Six columns of a row-major matrix -> tile [K][6]. */
export function packWideColumns(A: usize, lda: usize, K: i32, q: usize): void {
  for (; K > 0; K--) {
    st(q, ld(A));
    v128.store_lane<i64>(q, v128.load(A, 16), 0, 16);
    A += lda;
    q += 24;
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

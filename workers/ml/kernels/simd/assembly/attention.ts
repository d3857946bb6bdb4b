// Causal attention of one (batch, head) without transposes of the inputs and without a stored T x T matrix. Any head width.
import { fma, hmax, hsum, laneNumbers, lanesBelow, ld, ldn, log1, sp, st, stn, vexp } from './math';
import { micro, packPanel, packPanelTransposed, packRows, tr4 } from './tiles';

/** Key rows -> A tiles [T/4][D][4]; padded to whole tiles. */
function packTiles(X: usize, ldx: usize, T: i32, D: i32, q: usize): void {
  const tile = <usize>D << 4;
  for (let j = 0; j < T; j += 4) packRows(X + <usize>j * ldx, ldx, T - j, D, q + <usize>(j >> 2) * tile);
}

/** A [T, D] matrix -> panels [D/8][T][8]. */
function packPanelsOf(X: usize, ldx: usize, T: i32, D: i32, q: usize): void {
  for (let c = 0; c < D; c += 8) packPanel(X + (<usize>c << 2), ldx, T, q + <usize>(c >> 3) * (<usize>T << 5));
}

/** Eight query rows, transposed -> panel [D][8]; missing queries repeat the first. */
function packQueries(r: usize, ldq: usize, n: i32, D: i32, q: usize): void {
  for (let g = 0; g < 8; g += 4) {
    const p0 = r + (g < n ? <usize>g * ldq : 0), p1 = r + (g + 1 < n ? <usize>(g + 1) * ldq : 0);
    const p2 = r + (g + 2 < n ? <usize>(g + 2) * ldq : 0), p3 = r + (g + 3 < n ? <usize>(g + 3) * ldq : 0);
    for (let k: usize = 0; k < <usize>D; k += 4) tr4(p0 + k * 4, p1 + k * 4, p2 + k * 4, p3 + k * 4, q + k * 32 + (<usize>g << 2), 32);
  }
}

/**
 * Forward of one head. ldq, ldk: bytes a row of q/out and of k/v. Scratch: key tiles, value panels, query panel, S^T [T][8].
 * Queries are the lanes of S^T, so that maximum and sum need no horizontal step and exp(S^T) is already the A tile of P V.
 */
export function attentionHead(
  Q: usize, K: usize, V: usize, O: usize, lse: usize, T: i32, D: i32, ldq: usize, ldk: usize, scale: f32, scratch: usize,
): void {
  const tile = <usize>D << 4, Tp = <usize>((T + 7) & ~7), Dp = <usize>((D + 7) & ~7);
  const keys = scratch, values = keys + Tp * Dp * 4, queries = values + Tp * Dp * 4, S = queries + Dp * 32;
  packTiles(K, ldk, T, D, keys);
  packPanelsOf(V, ldk, T, D, values);
  for (let i = 0; i < T; i += 8) {
    const n = min(T - i, 8), last = min(i + 8, T), out = O + <usize>i * ldq;
    packQueries(Q + <usize>i * ldq, ldq, n, D, queries);
    for (let j = 0; j < last; j += 4) micro(keys + <usize>(j >> 2) * tile, 16, queries, D, S + (<usize>j << 5), 32, 0, 0, 4, 8);
    softmaxColumns(S, i, last, scale, queries);
    for (let c = 0; c < D; c += 8) {
      const pb = values + <usize>(c >> 3) * (<usize>T << 5);
      micro(S, 32, pb, last, out + (<usize>c << 2), ldq, 0, 0, n, D - c);
      if (n > 4) micro(S + 16, 32, pb, last, out + 4 * ldq + (<usize>c << 2), ldq, 0, 0, n - 4, D - c);
    }
    for (let r = 0; r < n; r++) {
      const total = load<f32>(queries + (<usize>r << 2)), inverse = sp(1 / total), w = out + <usize>r * ldq;
      for (let c = 0; c < D; c += 4) {
        const at = w + (<usize>c << 2);
        stn(at, f32x4.mul(ld(at), inverse), D - c);
      }
      store<f32>(lse + (<usize>(i + r) << 2), <f32>(<f64>load<f32>(queries + (<usize>r << 2), 32) + log1(total)));
    }
  }
}

/** S^T[key][8 queries from i] -> exp(scale S - max), masked; the sums go to `stats` [8], the maxima to `stats` + 32. */
function softmaxColumns(S: usize, i: i32, last: i32, scale: f32, stats: usize): void {
  const q0 = i32x4.add(laneNumbers(), i32x4.splat(i)), q1 = i32x4.add(q0, i32x4.splat(4));
  const sc = sp(scale), none = sp(-1e30);
  let m0 = none, m1 = none, p = S;
  for (let j = 0; j < last; j++) {
    let a = f32x4.mul(ld(p), sc), b = f32x4.mul(v128.load(p, 16), sc);
    if (j > i) {
      const key = i32x4.splat(j);
      a = v128.bitselect(a, none, i32x4.le_s(key, q0));
      b = v128.bitselect(b, none, i32x4.le_s(key, q1));
    }
    m0 = f32x4.pmax(m0, a);
    m1 = f32x4.pmax(m1, b);
    st(p, a);
    v128.store(p, b, 16);
    p += 32;
  }
  let l0 = sp(0), l1 = sp(0);
  p = S;
  for (let j = 0; j < last; j++) {
    let a = vexp(f32x4.sub(ld(p), m0)), b = vexp(f32x4.sub(v128.load(p, 16), m1));
    if (j > i) {
      // exp of a masked score is 1e-38, not 0
      const key = i32x4.splat(j);
      a = v128.and(a, i32x4.le_s(key, q0));
      b = v128.and(b, i32x4.le_s(key, q1));
    }
    l0 = f32x4.add(l0, a);
    l1 = f32x4.add(l1, b);
    st(p, a);
    v128.store(p, b, 16);
    p += 32;
  }
  st(stats, l0);
  v128.store(stats, l1, 16);
  v128.store(stats, m0, 32);
  v128.store(stats, m1, 48);
}

/** Sets the [T, D] block of one head to zero. */
export function zeroHead(X: usize, ldx: usize, T: i32, D: i32): void {
  for (let t = 0; t < T; t++) memory.fill(X + <usize>t * ldx, 0, <usize>D << 2);
}

/**
 * Backward of one query head; adds to dK and dV (several query heads may share them), writes dQ. P and dS of `rows` queries at
 * a time are recomputed from the log-sum-exp into scratch, row-major [rows][Tp]; columns of both serve as A tiles.
 */
export function attentionHeadGrad(
  Q: usize, K: usize, V: usize, O: usize, dO: usize, lse: usize, dQ: usize, dK: usize, dV: usize,
  T: i32, D: i32, ldq: usize, ldk: usize, scale: f32, rows: i32, scratch: usize,
): void {
  const Tp = (T + 7) & ~7, Dp = <usize>((D + 7) & ~7), np = Tp >> 3;
  const panel = <usize>D << 5, matrix = <usize>Tp * Dp * 4, rowBytes = <usize>Tp << 2, column = <usize>T << 5;
  const kT = scratch, vT = kT + matrix, kP = vT + matrix, qP = kP + matrix, oP = qP + matrix;
  const at = oP + matrix, bt = at + (<usize>max(<i32>Dp, Tp) << 4), P = bt + (Dp << 4), S = P + <usize>rows * rowBytes;
  for (let j = 0; j < np; j++) {
    const o = <usize>(j * 8) * ldk;
    packPanelTransposed(K + o, ldk, D, T - j * 8, kT + <usize>j * panel);
    packPanelTransposed(V + o, ldk, D, T - j * 8, vT + <usize>j * panel);
  }
  packPanelsOf(K, ldk, T, D, kP);
  packPanelsOf(Q, ldq, T, D, qP);
  packPanelsOf(dO, ldq, T, D, oP);
  for (let i0 = 0; i0 < T; i0 += rows) {
    const i1 = min(i0 + rows, T);
    for (let i = i0; i < i1; i += 4) {
      const n = min(T - i, 4), r = <usize>i * ldq, pr = P + <usize>(i - i0) * rowBytes, sr = S + <usize>(i - i0) * rowBytes;
      const last = min(i + 4, T), nj = (last + 7) >> 3;
      packRows(Q + r, ldq, n, D, at);
      packRows(dO + r, ldq, n, D, bt);
      for (let j = 0; j < nj; j++) {
        micro(at, 16, kT + <usize>j * panel, D, pr + (<usize>j << 5), rowBytes, 0, 0, n, 8);
        micro(bt, 16, vT + <usize>j * panel, D, sr + (<usize>j << 5), rowBytes, 0, 0, n, 8);
      }
      for (let e = 0; e < n; e++) {
        const o = <usize>(i + e) * ldq, to = <usize>e * rowBytes;
        scoreGradRow(pr + to, sr + to, i + e, nj * 8, rowDot(dO + o, O + o, D), load<f32>(lse + (<usize>(i + e) << 2)), scale);
      }
      packRows(sr, rowBytes, n, last, at);
      for (let c = 0; c < D; c += 8) micro(at, 16, kP + <usize>(c >> 3) * column, last, dQ + r + (<usize>c << 2), ldq, 0, 0, n, D - c);
    }
    for (let j = 0; j < i1; j += 4) {
      // keys j..j+3 get contributions from this block's queries >= j
      const first = max(i0, j), n = min(T - j, 4), a = <usize>(first - i0) * rowBytes + (<usize>j << 2), b = <usize>first << 5;
      for (let c = 0; c < D; c += 8) {
        const z = <usize>(c >> 3) * column + b, o = <usize>j * ldk + (<usize>c << 2);
        micro(P + a, rowBytes, oP + z, i1 - first, dV + o, ldk, dV + o, ldk, n, D - c);
        micro(S + a, rowBytes, qP + z, i1 - first, dK + o, ldk, dK + o, ldk, n, D - c);
      }
    }
  }
}

@inline
function rowDot(a: usize, b: usize, D: i32): f32 {
  let s0 = sp(0), s1 = s0, c = 0;
  for (; c + 8 <= D; c += 8) {
    const o = <usize>c << 2;
    s0 = fma(ld(a + o), ld(b + o), s0);
    s1 = fma(v128.load(a + o, 16), v128.load(b + o, 16), s1);
  }
  for (; c < D; c += 4) {
    const o = <usize>c << 2;
    s0 = fma(ldn(a + o, D - c), ldn(b + o, D - c), s0);
  }
  return hsum(f32x4.add(s0, s1));
}

/** One row: scores -> probabilities in p, dP -> dS in s, both 0 for keys after query q. */
function scoreGradRow(p: usize, s: usize, q: i32, keys: i32, delta: f32, logSumExp: f32, scale: f32): void {
  const sc = sp(scale), L = sp(logSumExp), De = sp(delta), query = i32x4.splat(q);
  for (let j = 0; j < keys; j += 4) {
    let x = vexp(f32x4.sub(f32x4.mul(ld(p), sc), L));
    let y = f32x4.mul(f32x4.mul(x, f32x4.sub(ld(s), De)), sc);
    if (j + 3 > q) {
      const seen = i32x4.le_s(i32x4.add(laneNumbers(), i32x4.splat(j)), query);
      x = v128.and(x, seen);
      y = v128.and(y, seen);
    }
    st(p, x);
    st(s, y);
    p += 16;
    s += 16;
  }
}

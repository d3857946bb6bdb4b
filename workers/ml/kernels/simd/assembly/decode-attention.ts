// Attention of one new query against a cache of keys and values.
import { fma, hmax, hsum, lanesBelow, ld, ldn, sp, st, stn, vexp } from './math';

/** Cache rows whose values are added up in registers at a time: few enough to stay in the first-level cache for all heads. */
const ROWS_AT_ONCE: i32 = 16;

/**
 * One sequence's new query, all heads, against rows 0..length of its cache. Heads are the inner loops, so that each cache row is read
 * once, in order: for many sequences this is bound by memory. Scratch: scores [H][padded length].
 */
export function decodeRow(
  q: usize, K: usize, V: usize, O: usize, length: i32, D: i32, H: i32, KV: i32, scale: f32, scratch: usize,
): void {
  const ldk = <usize>(KV * D) << 2, row = <usize>((length + 3) & ~3) << 2, head = <usize>D << 2, share = H / KV;
  for (let j = 0; j < length; j += 4) {
    let k = K + <usize>j * ldk, x = q, at = scratch + (<usize>j << 2);
    for (let g = 0; g < KV; g++) {
      for (let s = 0; s < share; s++) {
        scoreFour(x, k, ldk, length - j, D, scale, at);
        x += head;
        at += row;
      }
      k += head;
    }
  }
  for (let h = 0; h < H; h++) softmaxRow(scratch + <usize>h * row, length);
  for (let j = 0; j < length; j += ROWS_AT_ONCE) {
    const rows = min(length - j, ROWS_AT_ONCE);
    let v = V + <usize>j * ldk, y = O, at = scratch + (<usize>j << 2);
    for (let g = 0; g < KV; g++) {
      for (let s = 0; s < share; s++) {
        for (let c = 0; c < D; c += 16) addValues(at, v + (<usize>c << 2), ldk, rows, y + (<usize>c << 2), D - c, j == 0);
        y += head;
        at += row;
      }
      v += head;
    }
  }
}

/** Scores of four cache rows; rows past the last repeat the first (the padding of the scores is never used). */
@inline
function scoreFour(q: usize, k: usize, ldk: usize, rows: i32, D: i32, scale: f32, out: usize): void {
  let k1 = rows > 1 ? k + ldk : k, k2 = rows > 2 ? k + 2 * ldk : k, k3 = rows > 3 ? k + 3 * ldk : k;
  let s0 = sp(0), s1 = s0, s2 = s0, s3 = s0, n = D;
  for (; n >= 8; n -= 8) {
    const x = ld(q), y = v128.load(q, 16);
    s0 = fma(y, v128.load(k, 16), fma(x, ld(k), s0));
    s1 = fma(y, v128.load(k1, 16), fma(x, ld(k1), s1));
    s2 = fma(y, v128.load(k2, 16), fma(x, ld(k2), s2));
    s3 = fma(y, v128.load(k3, 16), fma(x, ld(k3), s3));
    q += 32;
    k += 32;
    k1 += 32;
    k2 += 32;
    k3 += 32;
  }
  for (; n > 0; n -= 4) {
    const x = ldn(q, n);
    s0 = fma(x, ldn(k, n), s0);
    s1 = fma(x, ldn(k1, n), s1);
    s2 = fma(x, ldn(k2, n), s2);
    s3 = fma(x, ldn(k3, n), s3);
    q += 16;
    k += 16;
    k1 += 16;
    k2 += 16;
    k3 += 16;
  }
  const a = f32x4.add(v128.shuffle<f32>(s0, s1, 0, 4, 2, 6), v128.shuffle<f32>(s0, s1, 1, 5, 3, 7));
  const b = f32x4.add(v128.shuffle<f32>(s2, s3, 0, 4, 2, 6), v128.shuffle<f32>(s2, s3, 1, 5, 3, 7));
  st(out, f32x4.mul(f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7)), sp(scale)));
}

/**
 * out[0..15] (+)= sum of weight times value row; first: nothing is there yet. Columns from `cols` on belong to the next head: read with
 * the others, never stored.
 */
@inline
function addValues(weights: usize, v: usize, ldk: usize, rows: i32, out: usize, cols: i32, first: bool): void {
  let a = sp(0), b = a, c = a, d = a;
  for (; rows > 0; rows--) {
    const w = v128.load_splat<f32>(weights);
    a = fma(w, ld(v), a);
    b = fma(w, v128.load(v, 16), b);
    c = fma(w, v128.load(v, 32), c);
    d = fma(w, v128.load(v, 48), d);
    weights += 4;
    v += ldk;
  }
  put(out, a, cols, first);
  if (cols > 4) put(out + 16, b, cols - 4, first);
  if (cols > 8) put(out + 32, c, cols - 8, first);
  if (cols > 12) put(out + 48, d, cols - 12, first);
}

@inline
function put(out: usize, x: v128, cols: i32, first: bool): void {
  stn(out, first ? x : f32x4.add(ld(out), x), cols);
}

/** Scores -> probabilities in place; the padding becomes 0. */
function softmaxRow(s: usize, length: i32): void {
  let m = sp(-1e30);
  for (let j = 0; j < length; j += 4) {
    const at = s + (<usize>j << 2), x = length - j >= 4 ? ld(at) : v128.bitselect(ld(at), sp(-1e30), lanesBelow(length - j));
    m = f32x4.pmax(m, x);
    st(at, x);
  }
  const top = sp(hmax(m));
  let total = sp(0);
  for (let j = 0; j < length; j += 4) {
    const at = s + (<usize>j << 2);
    let e = vexp(f32x4.sub(ld(at), top));
    if (length - j < 4) e = v128.and(e, lanesBelow(length - j));
    st(at, e);
    total = f32x4.add(total, e);
  }
  const inverse = sp(1 / hsum(total));
  for (let j = 0; j < length; j += 4) st(s + (<usize>j << 2), f32x4.mul(ld(s + (<usize>j << 2)), inverse));
}

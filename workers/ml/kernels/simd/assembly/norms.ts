// Row kernels of the norms and the column reductions of their weights. Rows lo..hi; columns come in groups of 16.
import { fma, hsum, ld, ldn, sp, stn } from './math';

/** inverses 0: they are not wanted. */
export function rmsNorm(x: usize, w: usize, y: usize, inverses: usize, C: i32, epsilon: f32, lo: i32, hi: i32): void {
  const row = <usize>C << 2;
  for (let r = lo; r < hi; r++) {
    const p = x + <usize>r * row, q = y + <usize>r * row;
    let s = sp(0);
    for (let c = 0; c < C; c += 4) {
      const v = ldn(p + (<usize>c << 2), C - c);
      s = fma(v, v, s);
    }
    const k: f32 = <f32>1 / sqrt<f32>(hsum(s) / <f32>C + epsilon), kv = sp(k);
    if (inverses) store<f32>(inverses + (<usize>r << 2), k);
    for (let c = 0; c < C; c += 4) {
      const o = <usize>c << 2;
      stn(q + o, f32x4.mul(f32x4.mul(ld(p + o), kv), ld(w + o)), C - c);
    }
  }
}

/** beside: added to the result, or 0. */
export function rmsNormGradX(
  dy: usize, x: usize, w: usize, inverses: usize, beside: usize, dx: usize, C: i32, lo: i32, hi: i32,
): void {
  const row = <usize>C << 2;
  for (let r = lo; r < hi; r++) {
    const at = <usize>r * row, k = load<f32>(inverses + (<usize>r << 2));
    let s = sp(0);
    for (let c = 0; c < C; c += 4) {
      const o = at + (<usize>c << 2);
      s = fma(f32x4.mul(ldn(dy + o, C - c), ldn(w + (<usize>c << 2), C - c)), ldn(x + o, C - c), s);
    }
    const kv = sp(k), g = sp((-hsum(s) * k * k * k) / <f32>C);
    for (let c = 0; c < C; c += 4) {
      const o = at + (<usize>c << 2);
      const y = fma(ld(x + o), g, f32x4.mul(f32x4.mul(ld(dy + o), ld(w + (<usize>c << 2))), kv));
      stn(dx + o, beside ? f32x4.add(y, ld(beside + o)) : y, C - c);
    }
  }
}

/** dw[c] = sum over rows of dy x inverse. Unit: 16 columns. */
export function rmsNormGradWeight(dy: usize, x: usize, inverses: usize, dw: usize, rows: i32, C: i32, lo: i32, hi: i32): void {
  const row = <usize>C << 2;
  for (let u = lo; u < hi; u++) {
    const c = u * 16, n = C - c;
    let a = sp(0), b = a, d = a, e = a, o = <usize>c << 2;
    for (let r = 0; r < rows; r++) {
      const k = v128.load_splat<f32>(inverses + (<usize>r << 2));
      a = fma(f32x4.mul(ld(dy + o), ld(x + o)), k, a);
      if (n > 4) b = fma(f32x4.mul(v128.load(dy + o, 16), v128.load(x + o, 16)), k, b);
      if (n > 8) d = fma(f32x4.mul(v128.load(dy + o, 32), v128.load(x + o, 32)), k, d);
      if (n > 12) e = fma(f32x4.mul(v128.load(dy + o, 48), v128.load(x + o, 48)), k, e);
      o += row;
    }
    put16(dw + (<usize>c << 2), a, b, d, e, n);
  }
}

/** Stores the first n of 16 columns. */
@inline
function put16(p: usize, a: v128, b: v128, d: v128, e: v128, n: i32): void {
  stn(p, a, n);
  if (n > 4) stn(p + 16, b, n - 4);
  if (n > 8) stn(p + 32, d, n - 8);
  if (n > 12) stn(p + 48, e, n - 12);
}

export function layerNorm(
  x: usize, w: usize, b: usize, y: usize, means: usize, inverses: usize, C: i32, epsilon: f32, lo: i32, hi: i32,
): void {
  const row = <usize>C << 2;
  for (let r = lo; r < hi; r++) {
    const p = x + <usize>r * row, q = y + <usize>r * row;
    let s = sp(0), v = sp(0);
    for (let c = 0; c < C; c += 4) s = f32x4.add(s, ldn(p + (<usize>c << 2), C - c));
    const mean = hsum(s) / <f32>C, m = sp(mean);
    let c = 0;
    for (; c + 4 <= C; c += 4) {
      const z = f32x4.sub(ld(p + (<usize>c << 2)), m);
      v = fma(z, z, v);
    }
    let square = hsum(v);
    for (; c < C; c++) {
      const z = load<f32>(p + (<usize>c << 2)) - mean;
      square += z * z;
    }
    const k: f32 = <f32>1 / sqrt<f32>(square / <f32>C + epsilon), kv = sp(k);
    store<f32>(means + (<usize>r << 2), mean);
    store<f32>(inverses + (<usize>r << 2), k);
    for (let c = 0; c < C; c += 4) {
      const o = <usize>c << 2;
      stn(q + o, fma(f32x4.mul(f32x4.sub(ld(p + o), m), kv), ld(w + o), ld(b + o)), C - c);
    }
  }
}

export function layerNormGradX(dy: usize, x: usize, w: usize, means: usize, inverses: usize, dx: usize, C: i32, lo: i32, hi: i32): void {
  const row = <usize>C << 2;
  for (let r = lo; r < hi; r++) {
    const at = <usize>r * row, m = v128.load_splat<f32>(means + (<usize>r << 2)), k = load<f32>(inverses + (<usize>r << 2));
    let sum = sp(0), dot = sp(0);
    for (let c = 0; c < C; c += 4) {
      const o = at + (<usize>c << 2), g = f32x4.mul(ldn(dy + o, C - c), ldn(w + (<usize>c << 2), C - c));
      sum = f32x4.add(sum, g);
      dot = fma(g, f32x4.sub(ldn(x + o, C - c), m), dot);
    }
    const kv = sp(k), mean = sp(hsum(sum) / <f32>C), slope = sp((-hsum(dot) * k * k) / <f32>C);
    for (let c = 0; c < C; c += 4) {
      const o = at + (<usize>c << 2), g = f32x4.mul(ld(dy + o), ld(w + (<usize>c << 2)));
      stn(dx + o, f32x4.mul(kv, fma(slope, f32x4.sub(ld(x + o), m), f32x4.sub(g, mean))), C - c);
    }
  }
}

/** dw[c] = sum over rows of dy (x - mean) inverse. Unit: 16 columns. */
export function layerNormGradWeight(
  dy: usize, x: usize, means: usize, inverses: usize, dw: usize, rows: i32, C: i32, lo: i32, hi: i32,
): void {
  const row = <usize>C << 2;
  for (let u = lo; u < hi; u++) {
    const c = u * 16, n = C - c;
    let a = sp(0), b = a, d = a, e = a, o = <usize>c << 2;
    for (let r = 0; r < rows; r++) {
      const k = v128.load_splat<f32>(inverses + (<usize>r << 2)), m = v128.load_splat<f32>(means + (<usize>r << 2));
      a = fma(f32x4.mul(ld(dy + o), k), f32x4.sub(ld(x + o), m), a);
      if (n > 4) b = fma(f32x4.mul(v128.load(dy + o, 16), k), f32x4.sub(v128.load(x + o, 16), m), b);
      if (n > 8) d = fma(f32x4.mul(v128.load(dy + o, 32), k), f32x4.sub(v128.load(x + o, 32), m), d);
      if (n > 12) e = fma(f32x4.mul(v128.load(dy + o, 48), k), f32x4.sub(v128.load(x + o, 48), m), e);
      o += row;
    }
    put16(dw + (<usize>c << 2), a, b, d, e, n);
  }
}

/** Sum over rows. Unit: 16 columns. */
export function columnSum(x: usize, y: usize, rows: i32, C: i32, lo: i32, hi: i32): void {
  const row = <usize>C << 2;
  for (let u = lo; u < hi; u++) {
    const c = u * 16, n = C - c;
    let a = sp(0), b = a, d = a, e = a, p = x + (<usize>c << 2);
    for (let r = 0; r < rows; r++) {
      a = f32x4.add(ld(p), a);
      if (n > 4) b = f32x4.add(v128.load(p, 16), b);
      if (n > 8) d = f32x4.add(v128.load(p, 32), d);
      if (n > 12) e = f32x4.add(v128.load(p, 48), e);
      p += row;
    }
    put16(y + (<usize>c << 2), a, b, d, e, n);
  }
}

/** y[o, i] = sum over m of x[o, m, i]. Unit: 16 columns of one o. */
export function sumMiddle(x: usize, y: usize, M: i32, I: i32, lo: i32, hi: i32): void {
  const groups = (I + 15) >> 4;
  for (let u = lo; u < hi; u++) {
    const o = u / groups, g = u % groups;
    columnSum(x + (<usize>(o * M) * <usize>I << 2), y + (<usize>(o * I) << 2), M, I, g, g + 1);
  }
}

/** Sum over rows of the product of two matrices. Unit: 16 columns. */
export function columnDot(x: usize, z: usize, y: usize, rows: i32, C: i32, lo: i32, hi: i32): void {
  const row = <usize>C << 2;
  for (let u = lo; u < hi; u++) {
    const c = u * 16, n = C - c;
    let a = sp(0), b = a, d = a, e = a, o = <usize>c << 2;
    for (let r = 0; r < rows; r++) {
      a = fma(ld(x + o), ld(z + o), a);
      if (n > 4) b = fma(v128.load(x + o, 16), v128.load(z + o, 16), b);
      if (n > 8) d = fma(v128.load(x + o, 32), v128.load(z + o, 32), d);
      if (n > 12) e = fma(v128.load(x + o, 48), v128.load(z + o, 48), e);
      o += row;
    }
    put16(y + (<usize>c << 2), a, b, d, e, n);
  }
}

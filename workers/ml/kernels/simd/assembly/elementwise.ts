// Element kernels. Flat ones count vectors of four floats (the last may be partly padding: allocations are multiples of 64 bytes);
// the others count rows of C columns.
import { fma, hsum, ld, sp, st, stn, verf, vexp, vsigmoid } from './math';
import { Arithmetic } from './op-codes';

export function swiglu(gate: usize, up: usize, y: usize, lo: i32, hi: i32): void {
  for (let i = <usize>lo << 4, e = <usize>hi << 4; i < e; i += 16) {
    const x = ld(gate + i);
    st(y + i, f32x4.mul(f32x4.mul(x, vsigmoid(x)), ld(up + i)));
  }
}

/** Gate and up side by side in rows of 2 F -> rows of F. */
export function swigluPairs(x: usize, y: usize, F: i32, lo: i32, hi: i32): void {
  const row = <usize>F << 2;
  for (let r = lo; r < hi; r++) {
    const gate = x + <usize>r * 2 * row, up = gate + row, out = y + <usize>r * row;
    for (let c = 0; c < F; c += 4) {
      const o = <usize>c << 2, g = ld(gate + o);
      stn(out + o, f32x4.mul(f32x4.mul(g, vsigmoid(g)), ld(up + o)), F - c);
    }
  }
}

export function swigluGrad(dy: usize, gate: usize, up: usize, dGate: usize, dUp: usize, lo: i32, hi: i32): void {
  for (let i = <usize>lo << 4, e = <usize>hi << 4; i < e; i += 16) {
    const x = ld(gate + i), d = ld(dy + i), s = vsigmoid(x), xs = f32x4.mul(x, s);
    st(dUp + i, f32x4.mul(d, xs));
    st(dGate + i, f32x4.mul(f32x4.mul(d, ld(up + i)), fma(xs, f32x4.sub(sp(1), s), s)));
  }
}

/** Normal distribution function. */
@inline
function phi(z: v128): v128 {
  return fma(sp(0.5), verf(f32x4.mul(z, sp(0.7071067811865476))), sp(0.5));
}

export function biasGelu(x: usize, bias: usize, y: usize, C: i32, lo: i32, hi: i32): void {
  for (let r = lo; r < hi; r++) {
    for (let c = 0; c < C; c += 4) {
      const o = <usize>(r * C + c) << 2, z = f32x4.add(ld(x + o), ld(bias + (<usize>c << 2)));
      stn(y + o, f32x4.mul(z, phi(z)), C - c);
    }
  }
}

/** dy (Phi(z) + z density(z)). */
export function biasGeluGrad(dy: usize, x: usize, bias: usize, dx: usize, C: i32, lo: i32, hi: i32): void {
  for (let r = lo; r < hi; r++) {
    for (let c = 0; c < C; c += 4) {
      const o = <usize>(r * C + c) << 2, z = f32x4.add(ld(x + o), ld(bias + (<usize>c << 2)));
      const density = f32x4.mul(vexp(f32x4.mul(f32x4.mul(z, z), sp(-0.5))), sp(0.3989422804014327));
      stn(dx + o, f32x4.mul(ld(dy + o), fma(z, density, phi(z))), C - c);
    }
  }
}

/** residual + gamma x. */
export function scaleResidual(x: usize, gamma: usize, residual: usize, y: usize, C: i32, lo: i32, hi: i32): void {
  for (let r = lo; r < hi; r++) {
    for (let c = 0; c < C; c += 4) {
      const o = <usize>(r * C + c) << 2;
      stn(y + o, fma(ld(x + o), ld(gamma + (<usize>c << 2)), ld(residual + o)), C - c);
    }
  }
}

export function scaleColumns(x: usize, gamma: usize, y: usize, C: i32, lo: i32, hi: i32): void {
  for (let r = lo; r < hi; r++) {
    for (let c = 0; c < C; c += 4) {
      const o = <usize>(r * C + c) << 2;
      stn(y + o, f32x4.mul(ld(x + o), ld(gamma + (<usize>c << 2))), C - c);
    }
  }
}

/** One partial sum a unit of 4096 floats; the engine adds them up. */
export function sumSquares(x: usize, partial: usize, length: i32, lo: i32, hi: i32): void {
  for (let u = lo; u < hi; u++) {
    const end = min((u + 1) * 4096, length);
    let s = sp(0), i = u * 4096;
    for (; i + 4 <= end; i += 4) {
      const v = ld(x + (<usize>i << 2));
      s = fma(v, v, s);
    }
    let total = hsum(s);
    for (; i < end; i++) {
      const v = load<f32>(x + (<usize>i << 2));
      total += v * v;
    }
    store<f32>(partial + (<usize>u << 2), total);
  }
}

/**
 * rest1, rest2: 1 - beta, rounded from double precision (1 - 0.999 in float32 is 5e-5 off). rate: learning rate / (1 - beta1^t);
 * correction: 1 / (1 - beta2^t); keep: 1 - learning rate * decay.
 */
export function adamw(
  p: usize, g: usize, m: usize, v: usize,
  beta1: f32, rest1: f32, beta2: f32, rest2: f32, rate: f32, correction: f32, epsilon: f32, keep: f32, scale: f32, lo: i32, hi: i32,
): void {
  const b1 = sp(beta1), b2 = sp(beta2), n1 = sp(rest1), n2 = sp(rest2), k = sp(keep), s = sp(scale);
  for (let i = <usize>lo << 4, e = <usize>hi << 4; i < e; i += 16) {
    const x = f32x4.mul(ld(g + i), s);
    const a = fma(b1, ld(m + i), f32x4.mul(n1, x)), b = fma(b2, ld(v + i), f32x4.mul(n2, f32x4.mul(x, x)));
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(b, sp(correction))), sp(epsilon));
    st(m + i, a);
    st(v + i, b);
    st(p + i, f32x4.sub(f32x4.mul(ld(p + i), k), f32x4.div(f32x4.mul(sp(rate), a), root)));
  }
}

export function add(a: usize, b: usize, y: usize, lo: i32, hi: i32): void {
  for (let i = <usize>lo << 4, e = <usize>hi << 4; i < e; i += 16) st(y + i, f32x4.add(ld(a + i), ld(b + i)));
}

export function subtract(a: usize, b: usize, y: usize, lo: i32, hi: i32): void {
  for (let i = <usize>lo << 4, e = <usize>hi << 4; i < e; i += 16) st(y + i, f32x4.sub(ld(a + i), ld(b + i)));
}

export function multiply(a: usize, b: usize, y: usize, lo: i32, hi: i32): void {
  for (let i = <usize>lo << 4, e = <usize>hi << 4; i < e; i += 16) st(y + i, f32x4.mul(ld(a + i), ld(b + i)));
}

export function multiplyScalar(a: usize, k: f32, y: usize, lo: i32, hi: i32): void {
  for (let i = <usize>lo << 4, e = <usize>hi << 4; i < e; i += 16) st(y + i, f32x4.mul(ld(a + i), sp(k)));
}

@inline
function apply(kind: i32, a: v128, b: v128): v128 {
  switch (kind) {
    case Arithmetic.add: return f32x4.add(a, b);
    case Arithmetic.subtract: return f32x4.sub(a, b);
    case Arithmetic.multiply: return f32x4.mul(a, b);
    case Arithmetic.divide: return f32x4.div(a, b);
    case Arithmetic.subtractFrom: return f32x4.sub(b, a);
    default: return f32x4.div(b, a);
  }
}

/** y[o, m, i] = a[o, m, i] (kind) b[o, i]. Unit: one row (o, m); with I 1 one row o, which shares one number. */
export function broadcast(kind: i32, a: usize, b: usize, y: usize, M: i32, I: i32, lo: i32, hi: i32): void {
  const width = I == 1 ? M : I, row = <usize>width << 2;
  for (let u = lo; u < hi; u++) {
    const at = <usize>u * row, same = b + (I == 1 ? <usize>u << 2 : <usize>(u / M) * row), one = v128.load_splat<f32>(same);
    for (let c = 0; c < width; c += 4) {
      const o = <usize>c << 2;
      stn(y + at + o, apply(kind, ld(a + at + o), I == 1 ? one : ld(same + o)), width - c);
    }
  }
}

/** Copies rows of `bytes` bytes between two strides. */
export function copyRows(x: usize, strideX: usize, y: usize, strideY: usize, bytes: usize, lo: i32, hi: i32): void {
  for (let r = lo; r < hi; r++) memory.copy(y + <usize>r * strideY, x + <usize>r * strideX, bytes);
}

/** y[c][r] = x[r][c] for a batch of [R, C] matrices. Unit: one row of y. */
export function transpose(x: usize, y: usize, R: i32, C: i32, lo: i32, hi: i32): void {
  for (let u = lo; u < hi; u++) {
    let p = x + (<usize>(u / C) * <usize>(R * C) << 2) + (<usize>(u % C) << 2), q = y + (<usize>u * <usize>R << 2);
    for (let r = 0; r < R; r++) {
      store<f32>(q, load<f32>(p));
      p += <usize>C << 2;
      q += 4;
    }
  }
}

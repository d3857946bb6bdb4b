// Vector helpers. No static data and no heap: the module writes only its numbers (below), and through the pointers it is given.
// Loads may read up to 60 bytes past a row (the engine keeps slack at the end of memory); stores never do.
import { Control } from './op-codes';

@inline
export function ld(p: usize): v128 {
  return v128.load(p);
}

@inline
export function st(p: usize, v: v128): void {
  v128.store(p, v);
}

@inline
export function sp(x: f32): v128 {
  return f32x4.splat(x);
}

/** a * b + c, fused where the build allows it. */
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** 0, 1, 2, 3. */
@inline
export function laneNumbers(): v128 {
  return v128(0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0);
}

/** All-ones in the lanes below n. */
@inline
export function lanesBelow(n: i32): v128 {
  return i32x4.lt_s(laneNumbers(), i32x4.splat(n));
}

/** Four floats, or the first n with zeros behind them. */
@inline
export function ldn(p: usize, n: i32): v128 {
  return n >= 4 ? v128.load(p) : v128.and(v128.load(p), lanesBelow(n));
}

/** Stores four floats, or only the first n. */
@inline
export function stn(p: usize, v: v128, n: i32): void {
  if (n >= 4) {
    v128.store(p, v);
    return;
  }
  if (n & 2) {
    v128.store_lane<i64>(p, v, 0);
    if (n & 1) v128.store_lane<i32>(p, v, 2, 8);
  } else if (n > 0) v128.store_lane<i32>(p, v, 0);
}

@inline
export function hsum(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3);
}

@inline
export function hmax(v: v128): f32 {
  return max(max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)), max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)));
}

let end: usize = Control.numbers;

function keep(x: f32): void {
  store<f32>(end, x);
  end += 4;
}

// Run by every instance at its start, always with the same result. From 0: exp and its limits; from 12: the error function's; 26: one.
keep(-87.0);
keep(88.0);
keep(1.4426950408889634);
keep(12582912.0);
keep(-0.693359375);
keep(2.1219444e-4);
keep(1.98756915e-4);
keep(1.3981999507e-3);
keep(8.3334519073e-3);
keep(4.1665795894e-2);
keep(1.6666665459e-1);
keep(5.0000001201e-1);
keep(-4.0);
keep(4.0);
keep(-2.72614225801306e-10);
keep(2.77068142495902e-8);
keep(-2.10102402082508e-6);
keep(-5.69250639462346e-5);
keep(-7.34990630326855e-4);
keep(-2.95459980854025e-3);
keep(-1.60960333262415e-2);
keep(-1.45660718464996e-5);
keep(-2.13374055278905e-4);
keep(-1.68282697438203e-3);
keep(-7.37332916720468e-3);
keep(-1.42647390514189e-2);
keep(1);

/** A kept number in all lanes. Where a constant vector stands in a loop, V8 builds it anew in each turn, with four instructions. */
@inline
function kept(i: usize): v128 {
  return v128.load_splat<f32>(<usize>Control.numbers + (i << 2));
}

/**
 * exp to about 1 ulp: x = n ln2 + r, degree-6 polynomial in r, 2^n through the exponent bits. Adding 1.5 * 2^23 rounds to an
 * integer that then sits in the low bits; pmin/pmax avoid the long sequences V8 emits for f32x4.min/max.
 */
@inline
export function vexp(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, kept(0)), kept(1));
  const t = fma(x, kept(2), kept(3)), n = f32x4.sub(t, kept(3));
  const r = fma(n, kept(5), fma(n, kept(4), x));
  let p = fma(kept(6), r, kept(7));
  p = fma(p, r, kept(8));
  p = fma(p, r, kept(9));
  p = fma(p, r, kept(10));
  p = fma(p, r, kept(11));
  p = fma(p, f32x4.mul(r, r), f32x4.add(r, kept(26)));
  return f32x4.mul(p, i32x4.add(i32x4.shl(t, 23), kept(26)));
}

@inline
export function vsigmoid(x: v128): v128 {
  return f32x4.div(kept(26), f32x4.add(kept(26), vexp(f32x4.neg(x))));
}

/** Error function: odd rational function of degree 13/8 on [-4, 4], constant beyond (error about 2e-7). */
@inline
export function verf(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, kept(12)), kept(13));
  const z = f32x4.mul(x, x);
  let p = fma(z, kept(14), kept(15));
  p = fma(z, p, kept(16));
  p = fma(z, p, kept(17));
  p = fma(z, p, kept(18));
  p = fma(z, p, kept(19));
  p = fma(z, p, kept(20));
  let q = fma(z, kept(21), kept(22));
  q = fma(z, q, kept(23));
  q = fma(z, q, kept(24));
  q = fma(z, q, kept(25));
  return f32x4.div(f32x4.mul(x, p), q);
}

/** Natural log of a positive normal number, in double precision: atanh series on the mantissa. */
export function log1(x: f32): f64 {
  const b = reinterpret<i32>(x);
  let e = (b >> 23) - 127;
  let m = <f64>reinterpret<f32>((b & 0x7fffff) | 0x3f800000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    e++;
  }
  const y = (m - 1) / (m + 1);
  const z = y * y;
  const tail = 0.2222222222222222 + z * (0.18181818181818182 + z * 0.15384615384615385);
  return y * (2.0 + z * (0.6666666666666666 + z * (0.4 + z * (0.2857142857142857 + z * tail)))) + <f64>e * 0.6931471805599453;
}

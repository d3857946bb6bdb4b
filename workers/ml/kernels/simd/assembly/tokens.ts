// Token kernels: rotary embedding, table look-up, log-probabilities, sampling. Rows lo..hi unless said.
import { fma, hmax, hsum, lanesBelow, ld, ldn, log1, sp, st, stn, vexp } from './math';
import { Sampling } from './sampling-numbers';

/** Rotates one head by the angles of a table row. x and y may be the same. */
@inline
export function rotateHead(x: usize, cos: usize, sin: usize, y: usize, half: i32, sign: v128): void {
  const h = <usize>half << 2;
  for (let j = 0; j < half; j += 4) {
    const c = <usize>j << 2, n = half - j;
    const a = ld(x + c), b = ld(x + c + h), C = ld(cos + c), S = f32x4.mul(ld(sin + c), sign);
    stn(y + c, f32x4.sub(f32x4.mul(a, C), f32x4.mul(b, S)), n);
    stn(y + c + h, fma(b, C, f32x4.mul(a, S)), n);
  }
}

/** sign -1 rotates backwards: the gradient. x and y may be the same. */
export function rope(
  x: usize, cos: usize, sin: usize, starts: usize, y: usize, T: i32, H: i32, half: i32, sign: f32, lo: i32, hi: i32,
): void {
  const sg = sp(sign);
  for (let r = lo; r < hi; r++) {
    const table = <usize>((load<i32>(starts + (<usize>(r / T) << 2)) + (r % T)) * half) << 2;
    for (let k = 0; k < H; k++) {
      const o = <usize>((r * H + k) * 2 * half) << 2;
      rotateHead(x + o, cos + table, sin + table, y + o, half, sg);
    }
  }
}

export function embedding(table: usize, ids: usize, y: usize, C: i32, lo: i32, hi: i32): void {
  const row = <usize>C << 2;
  for (let r = lo; r < hi; r++) memory.copy(y + <usize>r * row, table + <usize>load<i32>(ids + (<usize>r << 2)) * row, row);
}

/** Adds rows of dy to the table's rows. Unit: 16 columns, so that threads never meet. */
export function embeddingGrad(dy: usize, ids: usize, dTable: usize, rows: i32, V: i32, C: i32, lo: i32, hi: i32): void {
  const row = <usize>C << 2;
  for (let u = lo; u < hi; u++) {
    const first = u * 16, end = min(first + 16, C);
    for (let v = 0; v < V; v++) memory.fill(dTable + <usize>v * row + (<usize>first << 2), 0, <usize>(end - first) << 2);
    for (let r = 0; r < rows; r++) {
      const q = dTable + <usize>load<i32>(ids + (<usize>r << 2)) * row, p = dy + <usize>r * row;
      for (let c = first; c < end; c += 4) {
        const o = <usize>c << 2;
        stn(q + o, f32x4.add(ld(q + o), ld(p + o)), end - c);
      }
    }
  }
}

/** Largest value of a row. */
function rowMax(p: usize, V: i32): f32 {
  let m = sp(-Infinity), n = m, c = 0;
  for (; c + 8 <= V; c += 8) {
    m = f32x4.pmax(m, ld(p + (<usize>c << 2)));
    n = f32x4.pmax(n, v128.load(p + (<usize>c << 2), 16));
  }
  m = f32x4.pmax(m, n);
  let top = hmax(m);
  for (; c < V; c++) top = max(top, load<f32>(p + (<usize>c << 2)));
  return top;
}

/** Log-sum-exp and entropy of scale * row; the results of rowStatistics. */
let rowLogSumExp: f64 = 0;
let rowEntropy: f64 = 0;

/** Returns the largest value. */
function rowStatistics(p: usize, V: i32, scale: f32): f32 {
  const top = rowMax(p, V), m = sp(top), k = sp(scale);
  let s = sp(0), w = sp(0);
  for (let c = 0; c < V; c += 4) {
    const z = f32x4.mul(f32x4.sub(ldn(p + (<usize>c << 2), V - c), m), k);
    let e = vexp(z);
    if (V - c < 4) e = v128.and(e, lanesBelow(V - c));
    s = f32x4.add(s, e);
    w = fma(e, z, w);
  }
  const total = hsum(s), logTotal = log1(total);
  rowLogSumExp = <f64>top * <f64>scale + logTotal;
  rowEntropy = logTotal - <f64>hsum(w) / <f64>total;
  return top;
}

export function tokenLogProbs(
  x: usize, targets: usize, logProbs: usize, entropies: usize, lse: usize, V: i32, scale: f32, lo: i32, hi: i32,
): void {
  for (let r = lo; r < hi; r++) {
    const p = x + (<usize>r * <usize>V << 2), target = load<i32>(targets + (<usize>r << 2)), o = <usize>r << 2;
    rowStatistics(p, V, scale);
    store<f32>(lse + o, <f32>rowLogSumExp);
    store<f32>(entropies + o, <f32>rowEntropy);
    store<f32>(logProbs + o, target < 0 ? 0 : <f32>(<f64>load<f32>(p + (<usize>target << 2)) * <f64>scale - rowLogSumExp));
  }
}

export function tokenLogProbsGrad(dy: usize, x: usize, targets: usize, lse: usize, dx: usize, V: i32, scale: f32, lo: i32, hi: i32): void {
  const k = sp(scale);
  for (let r = lo; r < hi; r++) {
    const at = <usize>r * <usize>V << 2, target = load<i32>(targets + (<usize>r << 2));
    if (target < 0) {
      memory.fill(dx + at, 0, <usize>V << 2);
      continue;
    }
    const g = load<f32>(dy + (<usize>r << 2)) * scale, l = v128.load_splat<f32>(lse + (<usize>r << 2)), factor = sp(-g);
    for (let c = 0; c < V; c += 4) {
      const o = at + (<usize>c << 2);
      stn(dx + o, f32x4.mul(vexp(f32x4.sub(f32x4.mul(ld(x + o), k), l)), factor), V - c);
    }
    const q = dx + at + (<usize>target << 2);
    store<f32>(q, load<f32>(q) + g);
  }
}

@inline
function pcg(v: u32): u32 {
  const s = v * 747796405 + 2891336453, w = ((s >> ((s >> 28) + 4)) ^ s) * 277803737;
  return (w >> 22) ^ w;
}

/** Weights of a row (sample-tokens.ts, point 2) as i32, up to three zeros past the end. */
function sampleWeights(p: usize, V: i32, top: f32, scale: f32, weights: usize): void {
  const m = sp(top), k = sp(scale), least = sp(<f32>Sampling.least), low = i32x4.splat(0xffff), bias = i32x4.splat(127);
  const one = i32x4.splat(Sampling.one), exp1 = i32x4.splat(Sampling.exp1), exp2 = i32x4.splat(Sampling.exp2);
  const exp3 = i32x4.splat(Sampling.exp3), exp4 = i32x4.splat(Sampling.exp4);
  for (let c = 0; c < V; c += 4) {
    const o = <usize>c << 2, q = i32x4.trunc_sat_f32x4_s(f32x4.pmax(f32x4.mul(f32x4.sub(ld(p + o), m), k), least)), f = v128.and(q, low);
    let h = i32x4.add(exp3, i32x4.shr_u(i32x4.mul(exp4, f), 16));
    h = i32x4.add(exp2, i32x4.shr_u(i32x4.mul(h, f), 16));
    h = i32x4.add(exp1, i32x4.shr_u(i32x4.mul(h, f), 16));
    const mantissa = i32x4.add(one, i32x4.shr_u(i32x4.mul(h, f), 10));
    // The shift by lanes: times a power of two, exact, then cut off.
    const power = i32x4.shl(i32x4.add(i32x4.shr_s(q, 16), bias), 23);
    const w = i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.convert_i32x4_s(mantissa), power));
    st(weights + o, V - c >= 4 ? w : v128.and(w, lanesBelow(V - c)));
  }
}

/** Weights whose sums fit into the four lanes: 2^10 of at most 2^22, in lanes of 32 bits. */
const SUM_BLOCK: i32 = 1024;

/** Sum of up to SUM_BLOCK weights >= t. */
function blockMassFrom(weights: usize, n: i32, t: i32): u64 {
  const T = i32x4.splat(t);
  let a = i32x4.splat(0), b = a, c = 0;
  for (; c + 8 <= n; c += 8) {
    const p = weights + (<usize>c << 2);
    a = i32x4.add(a, atLeast(ld(p), T));
    b = i32x4.add(b, atLeast(v128.load(p, 16), T));
  }
  for (; c < n; c += 4) a = i32x4.add(a, atLeast(ldn(weights + (<usize>c << 2), n - c), T));
  const s = i32x4.add(a, b), pairs = i64x2.add(i64x2.extend_low_i32x4_u(s), i64x2.extend_high_i32x4_u(s));
  return i64x2.extract_lane(pairs, 0) + i64x2.extract_lane(pairs, 1);
}

/** The lanes >= t, 0 in the others. */
@inline
function atLeast(w: v128, t: v128): v128 {
  return v128.and(w, i32x4.ge_s(w, t));
}

/** Sum of the weights >= t. */
function massFrom(weights: usize, V: i32, t: i32): u64 {
  let sum: u64 = 0;
  for (let c = 0; c < V; c += SUM_BLOCK) sum += blockMassFrom(weights + (<usize>c << 2), min(SUM_BLOCK, V - c), t);
  return sum;
}

@inline
function shareOf(sum: u64, share: u32): u64 {
  return (sum * <u64>share) >> 24;
}

/** Smallest kept weight of top-p, by bisection (point 3). */
function topPThreshold(weights: usize, V: i32, keptShare: i32): i32 {
  if (keptShare >= Sampling.whole) return 0;
  const wanted = shareOf(massFrom(weights, V, 0), keptShare);
  let low = 0, high = Sampling.one + 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (massFrom(weights, V, middle) >= wanted) low = middle;
    else high = middle;
  }
  return low;
}

/** Weights that are passed over together on the way to the drawn one. */
const DRAW_BLOCK: i32 = 32;

/** Inverse CDF in index order over the kept weights: whole blocks as long as their sum leaves the draw behind them, then one by one. */
function draw(weights: usize, V: i32, threshold: i32, uniform: u32): i32 {
  const goal = shareOf(massFrom(weights, V, threshold), uniform);
  let sum: u64 = 0, i = 0;
  for (; i + DRAW_BLOCK <= V; i += DRAW_BLOCK) {
    const next = sum + blockMassFrom(weights + (<usize>i << 2), DRAW_BLOCK, threshold);
    if (next > goal) break;
    sum = next;
  }
  for (; i < V - 1; i++) {
    const w = load<i32>(weights + (<usize>i << 2));
    if (w < threshold) continue;
    sum += w;
    if (sum > goal) break;
  }
  return i;
}

/** scratch holds one row of weights. greedy: first index of the largest logit. */
export function sampleTokens(
  x: usize, rowIds: usize, ids: usize, logProbs: usize, entropies: usize, V: i32, greedy: i32, seed: usize, step: usize, keptShare: i32,
  scale: f32, weightScale: f32, scratch: usize, lo: i32, hi: i32,
): void {
  for (let r = lo; r < hi; r++) {
    const p = x + (<usize>r * <usize>V << 2), o = <usize>r << 2, top = rowStatistics(p, V, scale);
    let id = 0;
    if (greedy) {
      while (id < V - 1 && load<f32>(p + (<usize>id << 2)) != top) id++;
    } else {
      sampleWeights(p, V, top, weightScale, scratch);
      const hash = pcg(<u32>seed ^ pcg(<u32>step ^ pcg(load<u32>(rowIds + o))));
      id = draw(scratch, V, topPThreshold(scratch, V, keptShare), hash >> 8);
    }
    store<i32>(ids + o, id);
    store<f32>(logProbs + o, <f32>(<f64>load<f32>(p + (<usize>id << 2)) * <f64>scale - rowLogSumExp));
    store<f32>(entropies + o, <f32>rowEntropy);
  }
}

// ConvNeXt kernels on NHWC images: depthwise convolution with its weight gradient, and patch cutting. Four channels at a time are
// copied into a zero-padded plane in scratch, so that the inner loops have no borders and read the first-level cache.
import { fma, ld, ldn, sp, st, stn } from './math';

/** Pads a width so that four pixels (and four taps) can always be read. */
@inline
export function planeWidth(W: i32, k: i32): i32 {
  return ((W + 3) & ~3) + k + 3;
}

/** Channels c..c+3 of one image -> plane [H + k - 1][planeWidth][4], zero outside the image. */
function packPlane(x: usize, H: i32, W: i32, C: i32, c: i32, k: i32, plane: usize): void {
  const reach = k >> 1, width = planeWidth(W, k), row = <usize>width << 4;
  memory.fill(plane, 0, <usize>(H + k - 1) * row);
  for (let r = 0; r < H; r++) {
    let p = x + (<usize>(r * W * C + c) << 2), q = plane + <usize>(r + reach) * row + (<usize>reach << 4);
    for (let i = 0; i < W; i++) {
      st(q, ldn(p, C - c));
      p += <usize>C << 2;
      q += 16;
    }
  }
}

/** Weights [C, 1, k, k] of channels c..c+3 -> [k * k][4]; flipped for the gradient of x. */
function packFilter(weight: usize, C: i32, c: i32, k: i32, flipped: i32, out: usize): void {
  const taps = k * k;
  for (let t = 0; t < taps; t++) {
    const from = flipped ? taps - 1 - t : t;
    for (let e = 0; e < 4; e++) {
      const value: f32 = c + e < C ? load<f32>(weight + (<usize>((c + e) * taps + from) << 2)) : 0;
      store<f32>(out + (<usize>(t * 4 + e) << 2), value);
    }
  }
}

/** y = conv(x) (+ bias). Unit: one image by four channels. bias 0: none. */
export function depthwise(
  x: usize, weight: usize, bias: usize, y: usize, H: i32, W: i32, C: i32, k: i32, flipped: i32, scratch: usize, lo: i32, hi: i32,
): void {
  const groups = (C + 3) >> 2, row = <usize>planeWidth(W, k) << 4, pixel = <usize>C << 2;
  const filter = scratch, plane = scratch + (<usize>(k * k) << 4);
  for (let u = lo; u < hi; u++) {
    const c = (u % groups) * 4, image = <usize>(u / groups) * <usize>(H * W) * pixel, n = C - c;
    packFilter(weight, C, c, k, flipped, filter);
    packPlane(x + image, H, W, C, c, k, plane);
    const start = bias ? ldn(bias + (<usize>c << 2), n) : sp(0);
    for (let r = 0; r < H; r++) {
      for (let i = 0; i < W; i += 4) {
        let a0 = start, a1 = start, a2 = start, a3 = start, f = filter;
        for (let tr = 0; tr < k; tr++) {
          let s = plane + <usize>(r + tr) * row + (<usize>i << 4), v0 = ld(s), v1 = v128.load(s, 16), v2 = v128.load(s, 32);
          for (let tc = 0; tc < k; tc++) {
            const v3 = v128.load(s, 48), w = ld(f);
            a0 = fma(v0, w, a0);
            a1 = fma(v1, w, a1);
            a2 = fma(v2, w, a2);
            a3 = fma(v3, w, a3);
            v0 = v1;
            v1 = v2;
            v2 = v3;
            s += 16;
            f += 16;
          }
        }
        const out = y + image + <usize>(r * W + i) * pixel + (<usize>c << 2);
        stn(out, a0, n);
        if (i + 1 < W) stn(out + pixel, a1, n);
        if (i + 2 < W) stn(out + 2 * pixel, a2, n);
        if (i + 3 < W) stn(out + 3 * pixel, a3, n);
      }
    }
  }
}

/** dw[c][tap] = sum over pixels of dy[p] x[p + tap]. Unit: four channels, all images, so that threads never meet. */
export function depthwiseGradWeight(
  dy: usize, x: usize, dw: usize, B: i32, H: i32, W: i32, C: i32, k: i32, scratch: usize, lo: i32, hi: i32,
): void {
  const row = <usize>planeWidth(W, k) << 4, taps = k * k, pixel = <usize>C << 2;
  const sums = scratch, grads = sums + (<usize>(taps + 4) << 4), plane = grads + <usize>(H * W) * 16;
  for (let u = lo; u < hi; u++) {
    const c = u * 4;
    memory.fill(sums, 0, <usize>(taps + 4) << 4);
    for (let b = 0; b < B; b++) {
      const image = <usize>(b * H * W) * pixel;
      packPlane(x + image, H, W, C, c, k, plane);
      for (let i = 0; i < H * W; i++) st(grads + (<usize>i << 4), ldn(dy + image + <usize>i * pixel + (<usize>c << 2), C - c));
      for (let tr = 0; tr < k; tr++) {
        for (let tc = 0; tc < k; tc += 4) {
          addTaps(plane + <usize>tr * row + (<usize>tc << 4), row, grads, H, W, sums + (<usize>(tr * k + tc) << 4), k - tc);
        }
      }
    }
    for (let e = 0; e < min(4, C - c); e++) {
      for (let t = 0; t < taps; t++) store<f32>(dw + (<usize>((c + e) * taps + t) << 2), load<f32>(sums + (<usize>(t * 4 + e) << 2)));
    }
  }
}

/** Adds the sums of up to four neighbouring taps of one filter row. */
function addTaps(plane: usize, row: usize, grads: usize, H: i32, W: i32, sums: usize, n: i32): void {
  let a0 = ld(sums), a1 = v128.load(sums, 16), a2 = v128.load(sums, 32), a3 = v128.load(sums, 48), g = grads;
  for (let r = 0; r < H; r++) {
    let s = plane + <usize>r * row;
    for (let i = 0; i < W; i++) {
      const d = ld(g);
      a0 = fma(d, ld(s), a0);
      a1 = fma(d, v128.load(s, 16), a1);
      a2 = fma(d, v128.load(s, 32), a2);
      a3 = fma(d, v128.load(s, 48), a3);
      s += 16;
      g += 16;
    }
  }
  st(sums, a0);
  if (n > 1) v128.store(sums, a1, 16);
  if (n > 2) v128.store(sums, a2, 32);
  if (n > 3) v128.store(sums, a3, 48);
}

/** Patches in the order (c, row, column). Unit: one patch. inverse: from patches back to the image. */
export function patchify(image: usize, patches: usize, H: i32, W: i32, C: i32, size: i32, inverse: i32, lo: i32, hi: i32): void {
  const cols = W / size, rows = H / size;
  for (let u = lo; u < hi; u++) {
    const b = u / (rows * cols), top = ((u / cols) % rows) * size, left = (u % cols) * size;
    let q = patches + (<usize>u * <usize>(C * size * size) << 2);
    for (let c = 0; c < C; c++) {
      for (let r = 0; r < size; r++) {
        let p = image + (<usize>(((b * H + top + r) * W + left) * C + c) << 2);
        for (let i = 0; i < size; i++) {
          if (inverse) store<f32>(p, load<f32>(q));
          else store<f32>(q, load<f32>(p));
          p += <usize>C << 2;
          q += 4;
        }
      }
    }
  }
}

// Small pure functions for soft shapes and textures. Only + - * / and Math.sqrt/floor/abs/min/max, which IEEE 754 fixes
// to the bit; Math.sin and Math.exp may differ between engines and are not used.

/** Red, green, blue; 0..1. */
export type Rgb = [number, number, number];

export function clamp01(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

export function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** 0 below `low`, 1 above `high`, smooth between (also for low > high, then falling). */
export function step(low: number, high: number, value: number): number {
  const t = clamp01((value - low) / (high - low));
  return t * t * (3 - 2 * t);
}

/** Length of (x / halfWidth, y / halfHeight): below 1 inside the ellipse. */
export function ellipse(x: number, y: number, halfWidth: number, halfHeight: number): number {
  const u = x / halfWidth;
  const v = y / halfHeight;
  return Math.sqrt(u * u + v * v);
}

/** A soft blob: 1 in the centre, 0 at distance 1 and beyond. */
export function bump(distance: number): number {
  const rest = Math.max(0, 1 - distance * distance);
  return rest * rest;
}

/** A sine-like wave of period 1 and amplitude 1 made of parabolas. */
export function wave(turns: number): number {
  const t = turns - Math.floor(turns) - 0.5;
  return 16 * t * Math.abs(t) - 8 * t;
}

/** A random number in [0, 1) that belongs to a grid point. */
export function latticeNoise(column: number, row: number, seed: number): number {
  let hash = Math.imul(column, 0x27d4eb2d) ^ Math.imul(row, 0x165667b1) ^ seed;
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
}

/** Smooth noise in -1..1 with features of about one unit. */
export function smoothNoise(x: number, y: number, seed: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const u = step(0, 1, x - column);
  const v = step(0, 1, y - row);
  const top = mix(latticeNoise(column, row, seed), latticeNoise(column + 1, row, seed), u);
  const bottom = mix(latticeNoise(column, row + 1, seed), latticeNoise(column + 1, row + 1, seed), u);
  return 2 * mix(top, bottom, v) - 1;
}

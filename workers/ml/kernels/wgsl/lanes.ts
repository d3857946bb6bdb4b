// The two ways a kernel walks memory: four floats at a time where every width allows it, else one at a time.
// A body written with these words serves both.

export interface Lanes {
  /** Floats in one element. */
  size: 4 | 1;
  /** Part of a pipeline's key. */
  key: 'v4' | 'v1';
  element: 'vec4f' | 'f32';
  zero: string;
  /** WGSL text: sum of the parts of one element. */
  sum(value: string): string;
  /** WGSL text: inner product of two elements. */
  dot(a: string, b: string): string;
}

const VEC4: Lanes = {
  size: 4,
  key: 'v4',
  element: 'vec4f',
  zero: 'vec4f()',
  sum: (v) => `dot(${v}, vec4f(1.0))`,
  dot: (a, b) => `dot(${a}, ${b})`,
};
const SCALAR: Lanes = { size: 1, key: 'v1', element: 'f32', zero: '0.0', sum: (v) => `(${v})`, dot: (a, b) => `(${a} * ${b})` };

/** vec4 when every given width is a multiple of 4. */
export const lanesFor = (...widths: number[]): Lanes => (widths.every((w) => w % 4 === 0) ? VEC4 : SCALAR);

/** 0, 1, ..., n - 1: for unrolled WGSL. */
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Unrolls WGSL text over 0..n-1. */
export const unroll = (n: number, line: (i: number) => string): string => range(n).map(line).join('\n');

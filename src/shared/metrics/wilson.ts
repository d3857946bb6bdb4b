// The Wilson score interval of a share: sound for small counts and for shares near 0 and 1 (Wilson 1927).

/** 97.5 % quantile of the normal distribution. */
const Z95 = 1.959963984540054;

/** 95 % interval of `hits` out of `count`; from 0 to 1 without observations. */
export function wilsonInterval(hits: number, count: number, z: number = Z95): { low: number; high: number } {
  if (count === 0) return { low: 0, high: 1 };
  const share = hits / count;
  const spread = 1 + (z * z) / count;
  const centre = (share + (z * z) / (2 * count)) / spread;
  const half = (z / spread) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

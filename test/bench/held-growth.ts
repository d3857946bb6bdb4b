// How much more is held with every 10,000 images that an import has stored. Pure.

/** What was held when so many images were stored. */
export interface HeldBytes {
  done: number;
  bytes: number;
}

/** Bytes per 10,000 images, the slope of the line of least squares; null with fewer than three looks, which any line fits. */
export function growthPerTenThousand(looks: readonly HeldBytes[]): number | null {
  if (looks.length < 3) return null;
  const mean = (of: (look: HeldBytes) => number) => looks.reduce((sum, look) => sum + of(look), 0) / looks.length;
  const [doneMean, bytesMean] = [mean(({ done }) => done), mean(({ bytes }) => bytes)];
  const spread = mean(({ done }) => (done - doneMean) ** 2);
  if (spread === 0) return null;
  return (10_000 * mean(({ done, bytes }) => (done - doneMean) * (bytes - bytesMean))) / spread;
}

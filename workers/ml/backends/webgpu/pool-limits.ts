// How much of tfjs' buffer pool may lie idle. The pool gives memory of one size to requests of that size only and returns nothing to
// the system, so the runner destroys what idles beyond this.

/** Share of the working set that may idle. */
const IDLE_SHARE = 0.5;
/** What may idle in any case. */
export const SPARE_BYTES = 64 * 2 ** 20;

/** The most bytes that a pool may hold beside this working set. */
export function mostPooledBytes(workingBytes: number, spareBytes: number = SPARE_BYTES): number {
  return (1 + IDLE_SHARE) * workingBytes + spareBytes;
}

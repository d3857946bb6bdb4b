// Whether memory grew over many steps. Pure.
import type { EnduranceRow } from './hosts/protocol.ts';

/** Idle memory may differ a little with the order of the lengths. */
const RESERVED_SLACK = 1.01;

/**
 * What grew after the first look, in words; nothing when all is flat. Reserved bytes may rise in the first half, while new lengths
 * come; their peaks of both halves are compared.
 */
export function growthOf(rows: readonly EnduranceRow[]): string[] {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last || rows.length < 4) return ['fewer than four looks at the memory'];
  const half = Math.floor(rows.length / 2);
  const peak = (part: readonly EnduranceRow[]): number => Math.max(...part.map(({ reservedBytes }) => reservedBytes));
  const [before, after] = [peak(rows.slice(0, half)), peak(rows.slice(half))];
  const faults: string[] = [];
  if (last.tensors !== first.tensors) faults.push(`tensors ${first.tensors} -> ${last.tensors}`);
  if (last.liveBytes > first.liveBytes) faults.push(`live bytes ${first.liveBytes} -> ${last.liveBytes}`);
  if (after > before * RESERVED_SLACK) faults.push(`reserved bytes ${before} -> ${after}`);
  return faults;
}

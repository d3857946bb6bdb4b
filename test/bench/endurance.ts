// Many training steps and rollouts with varying lengths: tensors and bytes must not grow.
import type { EnduranceRow } from './hosts/protocol.ts';
import type { Peer } from './peers/peer.ts';
import { prepareEndurance } from './peers/workbench-endurance.ts';

/** Steps between two looks at the memory, each before a trim. */
const INTERVAL = 20;

/** @param steps at least two intervals */
export async function endure(peer: Peer, steps: number): Promise<EnduranceRow[]> {
  const { memory } = peer;
  if (!memory) throw new Error('this peer does not tell its memory');
  const work = prepareEndurance();
  const rows: EnduranceRow[] = [];
  for (let step = 1; step <= steps; step++) {
    await work.step(step);
    if (step % INTERVAL !== 0) continue;
    rows.push({ step, ...pick(memory()) });
    await peer.trim?.();
  }
  work.dispose();
  return rows;
}

const pick = ({ tensors, liveBytes, reservedBytes }: Omit<EnduranceRow, 'step'>) => ({ tensors, liveBytes, reservedBytes });

/**
 * What grew after the first look, in words; nothing when all is flat. Reserved bytes may still rise in the first half, while new
 * lengths come.
 */
export function growthOf(rows: readonly EnduranceRow[]): string[] {
  const [first, last] = [rows[0], rows.at(-1)];
  const middle = rows[Math.floor((rows.length - 1) / 2)];
  if (!first || !middle || !last || rows.length < 3) return ['fewer than three looks at the memory'];
  const faults: string[] = [];
  if (last.tensors !== first.tensors) faults.push(`tensors ${first.tensors} -> ${last.tensors}`);
  if (last.liveBytes > first.liveBytes) faults.push(`live bytes ${first.liveBytes} -> ${last.liveBytes}`);
  if (last.reservedBytes > middle.reservedBytes * 1.01) faults.push(`reserved bytes ${middle.reservedBytes} -> ${last.reservedBytes}`);
  return faults;
}

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

// npm run bench -- memory: 500 training steps with varying lengths and a rollout every tenth; tensors and bytes must stay flat.
import { growthOf } from './growth.ts';
import { HostClient, type Launcher } from './hosts/host-client.ts';
import type { EnduranceRow } from './hosts/protocol.ts';
import type { BenchOptions } from './options.ts';

const STEPS = 500;
const QUICK_STEPS = 120;
/** A software adapter on two shared cores takes about two minutes. */
const LIMIT_MS = 1_200_000;

interface MemoryResult {
  backend: string;
  steps: number;
  rows: EnduranceRow[];
  /** Empty when all is flat. */
  growth: string[];
}

export async function measureMemory(launcher: Launcher, options: BenchOptions): Promise<MemoryResult[]> {
  const results: MemoryResult[] = [];
  for (const backend of options.backends) {
    const host = new HostClient(await launcher.launch());
    try {
      const { description } = await host.open({ id: backend, library: 'workbench', backend }, LIMIT_MS);
      const steps = options.quick ? QUICK_STEPS : STEPS;
      console.log(`\n${backend} (${description}): ${steps} steps of 2 x 20 to 59 tokens, a rollout every tenth`);
      const rows = await host.endure(steps, LIMIT_MS);
      const growth = growthOf(rows);
      for (const row of shown(rows)) console.log(rowText(row));
      console.log(growth.length === 0 ? '  flat' : `  GREW: ${growth.join('; ')}`);
      results.push({ backend, steps, rows, growth });
    } catch (error) {
      console.log(`  ${backend} not measured: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await host.close();
    }
  }
  return results;
}

/** First, last, and a few between. */
const shown = (rows: readonly EnduranceRow[]): EnduranceRow[] =>
  rows.filter((_, i) => i === rows.length - 1 || i % Math.ceil(rows.length / 6) === 0);

const rowText = ({ step, tensors, liveBytes, reservedBytes }: EnduranceRow): string =>
  `  step ${String(step).padStart(4)}: ${tensors} tensors, ${(liveBytes / 1e6).toFixed(2)} MB live, ${(reservedBytes / 1e6).toFixed(1)} MB reserved`;

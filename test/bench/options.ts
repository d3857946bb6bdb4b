// The command line of `npm run bench`.
import { parseArgs } from 'node:util';

export interface BenchOptions {
  command: 'speed' | 'page' | 'data' | 'memory' | 'precision';
  backends: ('simd' | 'webgpu')[];
  where: 'node' | 'chromium';
  quick: boolean;
  /** Use the machine's own graphics adapter in Chromium, not the software one. */
  gpu: boolean;
  /** Full sizes on a software adapter too. */
  full: boolean;
  /** Only cases whose name contains this. */
  only: string;
  /** No new case begins after this. */
  minutes: number;
  /** Rounds of every case, however long they take; null for as many as fit the case's time. */
  rounds: number | null;
  json: string | null;
  /** Files that `data` imports; null for its own few numbers. */
  images: number | null;
  /** `data` collects garbage at each fifth of an import. */
  collect: boolean;
  /** The built page that `page` measures. */
  dist: string;
}

export const USAGE = `npm run bench -- [page | data | memory | precision] [options]
  --backend simd|webgpu|all   all by default
  --where chromium|node       chromium by default: the place where the peers are at their best
  --quick                     one work of each kind, few rounds, about a minute
  --only TEXT                 cases whose name contains TEXT: decode, train, convnext, prpo; with data: filter, gallery, copied, linked
  --minutes N                 no new case begins after N minutes (4.5; 0.7 with --quick)
  --gpu                       the machine's own graphics adapter instead of SwiftShader (chromium)
  --rounds N                  rounds of every case, however long they take: tighter intervals
  --full                      full sizes on a software WebGPU adapter too: many minutes
  --images N                  files that data imports, such as 100000 (1,000 and 5,000)
  --collect                   data says what is held at each fifth of an import, after collecting garbage
  --dist DIR                  the built page that page measures (dist)
  --json FILE                 writes every figure and every single time`;

/** @throws Error with the usage */
export function readOptions(args: string[]): BenchOptions {
  const { values, positionals } = parse(args);
  const [command = 'speed', ...rest] = positionals;
  const backend = values.backend ?? 'all';
  const where = values.where ?? 'chromium';
  if (
    rest.length > 0 ||
    (command !== 'speed' && command !== 'page' && command !== 'data' && command !== 'memory' && command !== 'precision')
  )
    throw new Error(USAGE);
  if (backend !== 'simd' && backend !== 'webgpu' && backend !== 'all') throw new Error(USAGE);
  if (where !== 'node' && where !== 'chromium') throw new Error(USAGE);
  const quick = values.quick === true;
  return {
    command,
    backends: backend === 'all' ? ['simd', 'webgpu'] : [backend],
    where,
    quick,
    gpu: values.gpu === true,
    full: values.full === true,
    only: values.only ?? '',
    minutes: Number(values.minutes ?? (quick ? 0.7 : 4.5)),
    rounds: values.rounds === undefined ? null : Number(values.rounds),
    images: values.images === undefined ? null : Number(values.images),
    collect: values.collect === true,
    json: values.json ?? null,
    dist: values.dist ?? 'dist',
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        backend: { type: 'string' },
        where: { type: 'string' },
        quick: { type: 'boolean' },
        gpu: { type: 'boolean' },
        full: { type: 'boolean' },
        only: { type: 'string' },
        minutes: { type: 'string' },
        rounds: { type: 'string' },
        images: { type: 'string' },
        collect: { type: 'boolean' },
        json: { type: 'string' },
        dist: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}

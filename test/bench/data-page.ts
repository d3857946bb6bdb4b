// npm run bench -- data: the page's own filter and counting over 100,000 samples. A change of the filter runs all of it once.
import { countFacet, FACETS, filterRows, readFilter, type RowFilter } from '../../src/features/datasets/filter.ts';
import { RandomStream } from '../../src/shared/random.ts';
import type { SampleRow } from '../../src/state/samples.ts';
import { median } from './statistics.ts';

const COUNT = 100_000;
const ROUNDS = 15;
const GOAL_MS = 100;
const DOMAINS = ['aster', 'birch', 'cedar', 'dahlia', 'elm'];
const SPLITS = ['train', 'val', 'test'] as const;
const LABELS = ['real', 'fake', null] as const;
const ANSWERS = ['real', 'fake', 'unparsed', 'none'] as const;

function sampleRows(): SampleRow[] {
  const random = RandomStream.fromText('bench/rows');
  return Array.from({ length: COUNT }, (_, i) => {
    const [domain, split, label] = [random.pick(DOMAINS), random.pick(SPLITS), random.pick(LABELS)];
    const path = `${domain}/${split}/${label ?? 'unlabelled'}/${String(i).padStart(6, '0')}.png`;
    return { id: `bench/${path}`, path, domain, split, label, predicted: random.pick(ANSWERS), problems: 0 };
  });
}

interface FilterResult {
  query: string;
  shown: number;
  filterMs: number;
  /** Counts of all four facets. */
  countMs: number;
  worstMs: number;
}

const QUERIES = ['', 'domain=aster', 'domain=aster&domain=elm&split=test&label=fake', 'q=0042', 'split=train&predicted=real&q=ELM'];

/** Processor time, not wall time: the figure then hardly depends on what else the machine does. */
function timed<T>(work: () => T): { ms: number; value: T } {
  const began = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(began);
  return { ms: (user + system) / 1000, value };
}

function measureQuery(rows: readonly SampleRow[], query: string): FilterResult {
  const filter: RowFilter = readFilter(new URLSearchParams(query));
  const filters = Array.from({ length: ROUNDS }, () => timed(() => filterRows(rows, filter)));
  const counts = Array.from({ length: ROUNDS }, () => timed(() => FACETS.map(({ name }) => countFacet(rows, filter, name))));
  return {
    query,
    shown: filters[0]?.value.length ?? 0,
    filterMs: median(filters.map(({ ms }) => ms)),
    countMs: median(counts.map(({ ms }) => ms)),
    worstMs: Math.max(...filters.map(({ ms }, i) => ms + (counts[i]?.ms ?? 0))),
  };
}

export function measureDataPage(): { count: number; goalMs: number; queries: FilterResult[] } {
  const rows = sampleRows();
  const queries = QUERIES.map((query) => measureQuery(rows, query));
  console.log(`\n${COUNT} samples, goal ${GOAL_MS} ms for filter and counts together; medians of ${ROUNDS}, processor time in Node`);
  for (const { query, shown, filterMs, countMs, worstMs } of queries) {
    const total = filterMs + countMs;
    console.log(
      `  ${total.toFixed(1).padStart(6)} ms ${total < GOAL_MS ? 'within' : 'OVER  '}  (filter ${filterMs.toFixed(1)}, four facets ${countMs.toFixed(1)}, worst ${worstMs.toFixed(1)})  ${shown} shown  ${query || 'no filter'}`,
    );
  }
  return { count: COUNT, goalMs: GOAL_MS, queries };
}

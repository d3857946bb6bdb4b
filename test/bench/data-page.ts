// npm run bench -- data: the page's own filter and counting over 100,000 samples, and the data worker's text search. A change of
// the filter runs all of the first once; a change of the search words runs the second too.
import { applyFilter, readFilter } from '../../src/features/datasets/browse/filter.ts';
import type { SampleRecord } from '../../src/shared/domain/sample.ts';
import { median } from '../../src/shared/metrics/averages.ts';
import { RandomStream } from '../../src/shared/random.ts';
import { toRow, type Predicted, type SampleRow } from '../../src/state/samples.ts';
import { demoKeys, trainRow } from '../../workers/data/demo/rows.ts';
import { TextIndex } from '../../workers/data/text-index.ts';

const COUNT = 100_000;
const ROUNDS = 15;
const GOAL_MS = 100;
const DOMAINS = ['aster', 'birch', 'cedar', 'dahlia', 'elm'];
const SPLITS = ['train', 'val', 'test'] as const;
const LABELS = ['real', 'fake', null] as const;
const ANSWERS: readonly Predicted[] = ['real', 'fake', 'unparsed', 'none'];
const TAG_SETS = [[], [], [], ['review'], ['odd', 'review'], ['excluded']];

/** Samples with texts of the demo generator, some with tags. */
function sampleRecords(): SampleRecord[] {
  const random = RandomStream.fromText('bench/rows');
  const texts = [...demoKeys(7, 20)].map((key) => trainRow(key).conversations[1]?.value ?? '');
  return Array.from({ length: COUNT }, (_, i) => {
    const [domain, split, label] = [random.pick(DOMAINS), random.pick(SPLITS), random.pick(LABELS)];
    const path = `${domain}/${split}/${label ?? 'unlabelled'}/${String(i).padStart(6, '0')}.png`;
    const file = { width: 128, height: 128, sizeBytes: 9000 + (i % 977), format: 'png', exifOrientation: 1, sha256: '' } as const;
    // A word of its own per text: real annotations repeat less than the generator's.
    const annotation = { question: '', answer: `${random.pick(texts)} item${(i * 7919) % COUNT}`, source: 'bench' };
    return {
      id: `bench/${path}`,
      datasetId: 'bench',
      path,
      domain,
      split,
      label,
      ...file,
      annotation,
      problems: [],
      tags: random.pick(TAG_SETS),
    };
  });
}

interface FilterResult {
  query: string;
  shown: number;
  /** Rows that pass and counts of all facets. */
  filterMs: number;
  worstMs: number;
}

const QUERIES = [
  '',
  'domain=aster',
  'domain=aster&domain=elm&split=test&label=fake',
  'tag=review&correct=wrong',
  'q=0042',
  'split=train&predicted=real&q=ELM',
  'sort=-bytes&label=fake',
];

/** Processor time, not wall time: the figure then hardly depends on what else the machine does. */
function timed<T>(work: () => T): { ms: number; value: T } {
  const began = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(began);
  return { ms: (user + system) / 1000, value };
}

function line(ms: number, worstMs: number, text: string): string {
  return `  ${ms.toFixed(1).padStart(6)} ms ${ms < GOAL_MS ? 'within' : 'OVER  '}  (worst ${worstMs.toFixed(1)})  ${text}`;
}

function measureQuery(rows: readonly SampleRow[], query: string): FilterResult {
  const filter = readFilter(new URLSearchParams(query));
  const rounds = Array.from({ length: ROUNDS }, () => timed(() => applyFilter(rows, filter)));
  const times = rounds.map(({ ms }) => ms);
  return { query, shown: rounds[0]?.value.shown.length ?? 0, filterMs: median(times), worstMs: Math.max(...times) };
}

interface SearchResult {
  words: string;
  found: number;
  searchMs: number;
  worstMs: number;
}

const SEARCHES = ['waxy', 'e', 'skin waxy', 'item4242', 'aster test 0099', 'nothing-like-this'];

function measureSearch(index: TextIndex, words: string): SearchResult {
  const rounds = Array.from({ length: ROUNDS }, () => timed(() => index.search(words)));
  const times = rounds.map(({ ms }) => ms);
  const found = rounds[0]?.value.reduce((sum, hit) => sum + hit, 0) ?? 0;
  return { words, found, searchMs: median(times), worstMs: Math.max(...times) };
}

export interface DataPageFigures {
  count: number;
  goalMs: number;
  queries: FilterResult[];
  indexMs: number;
  searches: SearchResult[];
}

export function measureDataPage(): DataPageFigures {
  const records = sampleRecords();
  const random = RandomStream.fromText('bench/answers');
  const rows = records.map((record) => toRow(record, random.pick(ANSWERS)));
  console.log(`\n${COUNT} samples, goal ${GOAL_MS} ms; medians of ${ROUNDS}, processor time in Node`);
  console.log('filter and counts of all six facets together');
  const queries = QUERIES.map((query) => measureQuery(rows, query));
  for (const { query, shown, filterMs, worstMs } of queries)
    console.log(line(filterMs, worstMs, `${shown} shown  ${query || 'no filter'}`));
  const index = new TextIndex();
  const { ms: indexMs } = timed(() => {
    for (const record of records) index.add(record);
  });
  console.log(`full-text search; the index was built once in ${(indexMs / 1000).toFixed(1)} s without reading from disk`);
  const searches = SEARCHES.map((words) => measureSearch(index, words));
  for (const { words, found, searchMs, worstMs } of searches) console.log(line(searchMs, worstMs, `${found} found  ${words}`));
  return { count: COUNT, goalMs: GOAL_MS, queries, indexMs, searches };
}

// Which samples of a dataset a job uses: a filter, then a seeded choice. The official question builder's order, which follows
// Python's random.sample, is in official-subset.ts.
import type { SampleFilter } from './config/config.ts';
import type { CountRow, SampleRecord, Split } from './domain/sample.ts';
import { RandomStream } from './random.ts';

/** Tag of samples that no evaluation and no training uses; they stay in the gallery. */
export const EXCLUDED_TAG = 'excluded';

/** Tag that the key `f` sets: to be looked at again. */
export const REVIEW_TAG = 'review';

type Facets = Pick<SampleRecord, 'domain' | 'split' | 'label'> & Partial<Pick<SampleRecord, 'tags'>>;

/** Whether domain, split, label and, where they are known, tags pass the filter; predictions and search belong to the gallery. */
export function passesFilter({ domain, split, label, tags }: Facets, filter: SampleFilter): boolean {
  const pass = <T>(wanted: readonly T[], value: T): boolean => wanted.length === 0 || wanted.includes(value);
  const hasTag = !tags || !filter.tags?.length || filter.tags.some((tag) => tags.includes(tag));
  return pass(filter.domains, domain) && pass(filter.splits, split) && pass(filter.labels, label ?? 'none') && hasTag;
}

const SPLITS: readonly Split[] = ['train', 'val', 'test', 'none'];

/** The filter with what an address names in its place: `?domain=a&domain=b&split=test&tag=odd`; `split=all` means every split. */
export function filterFromAddress(params: URLSearchParams, filter: SampleFilter): SampleFilter {
  const [domains, tags, wanted] = [params.getAll('domain'), params.getAll('tag'), params.getAll('split')];
  const splits = SPLITS.filter((split) => wanted.includes(split));
  return {
    ...filter,
    domains: domains.length > 0 ? domains : filter.domains,
    splits: wanted.length > 0 ? splits : filter.splits,
    ...(tags.length > 0 && { tags }),
  };
}

/** How many samples pass, from a dataset's counts alone; tags are not looked at, so that it is the most there can be. */
export function countPassing(counts: readonly CountRow[], filter: SampleFilter): number {
  return counts.filter((row) => passesFilter(row, filter)).reduce((sum, row) => sum + row.count, 0);
}

/**
 * Ids in a seeded random order, so that the first n are a fair part of the whole. Excluded samples are left out.
 * @param size 0 = all
 */
export function chooseSampleIds(samples: readonly SampleRecord[], filter: SampleFilter, size: number, seed: number): string[] {
  const usable = samples.filter((sample) => !sample.tags.includes(EXCLUDED_TAG));
  const ids = usable.filter((sample) => passesFilter(sample, filter)).map((sample) => sample.id);
  const shuffled = RandomStream.fromText(`${seed}/sample-choice`).shuffle(ids);
  return size > 0 ? shuffled.slice(0, size) : shuffled;
}

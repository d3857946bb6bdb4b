// Which answers of a step are shown, and in which order. Pure.
import type { CompletionRecord } from '../../../shared/domain/run.ts';

export type CompletionFilter = 'all' | 'real' | 'fake' | 'unparsed' | 'wrong' | 'cut';
export type CompletionSort = 'image' | 'reward' | 'advantage' | 'length' | 'paragraphs';

export interface CompletionView {
  filter: CompletionFilter;
  /** `image` groups by image, best reward first. */
  sort: CompletionSort;
  isAscending: boolean;
  /** Part of an answer's text or path; case does not matter. */
  search: string;
}

export const ALL_COMPLETIONS: CompletionView = { filter: 'all', sort: 'image', isAscending: false, search: '' };

const TESTS: Record<CompletionFilter, (row: CompletionRecord) => boolean> = {
  all: () => true,
  real: ({ predict }) => predict === 'real',
  fake: ({ predict }) => predict === 'fake',
  unparsed: ({ predict }) => predict === null,
  wrong: ({ predict, label }) => label !== null && predict !== label,
  cut: ({ terminated }) => !terminated,
};

/** How many answers each filter would show. */
export function filterCounts(rows: readonly CompletionRecord[]): Record<CompletionFilter, number> {
  const count = (filter: CompletionFilter): number => rows.filter(TESTS[filter]).length;
  return {
    all: rows.length,
    real: count('real'),
    fake: count('fake'),
    unparsed: count('unparsed'),
    wrong: count('wrong'),
    cut: count('cut'),
  };
}

const KEYS: Record<CompletionSort, (row: CompletionRecord) => number> = {
  image: ({ index }) => -index,
  reward: ({ reward }) => reward,
  advantage: ({ advantage }) => advantage,
  length: ({ tokenCount }) => tokenCount,
  paragraphs: ({ paragraphs }) => paragraphs.length,
};

/** The rows that pass, in order; rows are not changed. */
export function viewCompletions(
  rows: readonly CompletionRecord[],
  { filter, sort, isAscending, search }: CompletionView,
): CompletionRecord[] {
  const wanted = search.trim().toLowerCase();
  const found = rows.filter((row) => TESTS[filter](row) && (wanted === '' || `${row.path}\n${row.text}`.toLowerCase().includes(wanted)));
  const key = KEYS[sort];
  const sign = isAscending && sort !== 'image' ? 1 : -1;
  return found.sort((a, b) => sign * (key(a) - key(b)) || a.index - b.index);
}

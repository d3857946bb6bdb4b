// The shown images as the choice of a job: by address where a job's filter can say it, else by a tag that is put on them. Pure.
import { readFilter, viewQuery } from './filter.ts';
import { tagFrom } from './tags.ts';

export interface JobChoice {
  /** Query of `/eval/new` and `/train/new`, without its question mark. */
  query: string;
  /** To be put on exactly the shown images first; null where the filter says it all. */
  tag: string | null;
}

/** Tags of views are short enough to be read in an address. */
const MOST_TAG_LETTERS = 40;

/**
 * @param params of the gallery
 * @param views saved ones, whose names make good tags
 */
export function jobChoice(datasetId: string, params: URLSearchParams, views: readonly { name: string; query: string }[]): JobChoice {
  const { facets, search } = readFilter(params);
  const { domain, split, label, predicted, correct, tag } = facets;
  const query = new URLSearchParams({ dataset: datasetId });
  const isPlain =
    search.trim() === '' && label.size + predicted.size + correct.size === 0 && !tag.has('none') && !split.has('none') && split.size < 2;
  if (isPlain) {
    for (const name of domain) query.append('domain', name);
    query.set('split', [...split][0] ?? 'all');
    for (const name of tag) query.append('tag', name);
    return { query: query.toString(), tag: null };
  }
  const view = viewQuery(params);
  const words = views.find((saved) => saved.query === view)?.name ?? [...new URLSearchParams(view).values()].join(' ');
  const own = tagFrom(`view ${words}`).slice(0, MOST_TAG_LETTERS);
  query.set('split', 'all');
  query.append('tag', own);
  return { query: query.toString(), tag: own };
}

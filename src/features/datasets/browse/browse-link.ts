// What a link to the gallery may ask for: values of facets and orders. Pure.
import type { LinkRule } from '../../../components/link-values.ts';
import { FACETS, type FacetName } from './facet-names.ts';
import { ORDERS, type FilteredRows } from './filter.ts';

const WORDS: Record<FacetName, string> = {
  domain: 'the domain',
  split: 'the split',
  label: 'the label',
  predicted: 'the model answer',
  correct: 'the comparison of answer and label',
  tag: 'the tag',
};

/** A value that no image has is named, because it empties the gallery without being in a facet. */
export function browseLinkRules(counts: FilteredRows['counts']): LinkRule[] {
  const facets = FACETS.map(({ name }): LinkRule => {
    const missing = new Set(counts[name].flatMap(({ value, isMissing }) => (isMissing ? [value] : [])));
    return { parameter: name, what: WORDS[name], isKnown: (value) => !missing.has(value), why: 'no image of this dataset has' };
  });
  const isOrder = (value: string) => ORDERS.some((order) => order.value === value);
  return [...facets, { parameter: 'sort', what: 'the order', isKnown: isOrder, instead: 'the order by path' }];
}

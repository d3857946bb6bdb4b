// The facets by which a dataset is cut.

/** The facets; their names are the address parameters. */
export const FACETS = [
  { name: 'domain', title: 'Domain' },
  { name: 'split', title: 'Split' },
  { name: 'label', title: 'Label' },
  { name: 'predicted', title: 'Model answer' },
  { name: 'correct', title: 'Answer and label' },
  { name: 'tag', title: 'Tag' },
] as const;

export type FacetName = (typeof FACETS)[number]['name'];

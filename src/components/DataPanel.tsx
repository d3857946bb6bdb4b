// The panel in which evaluations and training runs choose their images, with the further settings of either below.
import type { ReactNode } from 'react';
import type { DatasetRecord } from '../shared/domain/sample.ts';
import { DataFilter, SPLITS, type DataFilterProps } from './DataFilter.tsx';
import { formatHash, formatPlural } from './format.ts';
import { oneOf, type LinkRule } from './link-values.ts';
import { LinkNotes } from './LinkNotes.tsx';
import { Panel } from './Page.tsx';
import styles from './DataFilter.module.css';

/** A link may name the split and the domains. */
function linkRules({ counts }: DatasetRecord): LinkRule[] {
  return [
    { parameter: 'split', what: 'the split', isKnown: (value) => value === 'all' || oneOf(SPLITS, value) !== null, instead: 'every split' },
    {
      parameter: 'domain',
      what: 'the domain',
      isKnown: (value) => counts.some(({ domain }) => domain === value),
      why: 'is not in this dataset',
    },
  ];
}

export interface DataPanelProps extends Omit<DataFilterProps, 'error'> {
  /** Images that pass the filter. */
  imageCount: number;
  children: ReactNode;
}

/** Dataset, split, domains and how many images that makes. */
export function DataPanel({ imageCount, children, ...filter }: DataPanelProps) {
  return (
    <Panel title="Data" aside={`hash ${formatHash(filter.dataset.contentHash)}`}>
      <LinkNotes rules={linkRules(filter.dataset)} />
      <DataFilter {...filter} error={imageCount === 0 ? 'No image passes: choose another split or domain.' : null} />
      <p className={styles.count}>{formatPlural(imageCount, 'image')} pass.</p>
      {children}
    </Panel>
  );
}

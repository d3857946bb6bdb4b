import { useMediaQuery } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { formatCount } from '../../../components/format.ts';
import styles from '../DatasetPage.module.css';

/** As in DatasetPage.module.css, where the facets stop standing beside the images. */
const NARROW = '(max-width: 860px)';

/** The facets as they are; on a phone folded away, so that the images are near. @param active filters that are on */
export function FilterFold({ active, children }: { active: number; children: ReactNode }) {
  const isNarrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false });
  if (!isNarrow) return children;
  return (
    <details className={styles.fold} data-testid="filter-fold">
      <summary>Filters and views{active > 0 ? `, ${formatCount(active)} on` : ''}</summary>
      <div className={styles.side}>{children}</div>
    </details>
  );
}

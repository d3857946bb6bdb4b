import { formatCount } from '../../components/format.ts';
import type { SampleRow } from '../../state/samples.ts';
import styles from './Facets.module.css';
import { countFacet, FACETS, toggleFacet, type RowFilter } from './filter.ts';

export interface FacetsProps {
  rows: readonly SampleRow[];
  filter: RowFilter;
  params: URLSearchParams;
  onChange: (params: URLSearchParams) => void;
}

/** One group of check boxes per facet; each count says how many images the box would show. */
export function Facets({ rows, filter, params, onChange }: FacetsProps) {
  return FACETS.map(({ name, title }) => {
    const counts = countFacet(rows, filter, name);
    const largest = Math.max(1, ...counts.map(({ count }) => count));
    return (
      <fieldset key={name} className={styles.facet} data-testid={`filter-${name}`}>
        <legend>{title}</legend>
        {counts.map(({ value, count, selected }) => (
          <label key={value} className={styles.value} data-value={value} data-count={count} data-empty={count === 0 || undefined}>
            <input type="checkbox" checked={selected} value={value} onChange={() => onChange(toggleFacet(params, name, value))} />
            <span className={styles.name}>{value}</span>
            <span className={styles.number}>{formatCount(count)}</span>
            <span className={styles.bar} style={{ width: `${(count / largest) * 100}%` }} aria-hidden />
          </label>
        ))}
      </fieldset>
    );
  });
}

import { formatCount } from '../../../components/format.ts';
import styles from './Facets.module.css';
import { FACETS } from './facet-names.ts';
import { toggleFacet, type AddressChange, type FilteredRows } from './filter.ts';

export interface FacetsProps {
  counts: FilteredRows['counts'];
  onChange: (change: AddressChange) => void;
}

const HIDDEN_WHEN_EMPTY: ReadonlySet<string> = new Set(['correct', 'tag']);

/** One group of check boxes per facet; each count says how many images the box would show. */
export function Facets({ counts: all, onChange }: FacetsProps) {
  return FACETS.map(({ name, title }) => {
    const counts = all[name];
    // Where no image has a tag or an answer there is nothing to choose.
    if (HIDDEN_WHEN_EMPTY.has(name) && counts.every(({ value, selected }) => value === 'none' && !selected)) return null;
    const largest = Math.max(1, ...counts.map(({ count }) => count));
    return (
      <fieldset key={name} className={styles.facet} data-testid={`filter-${name}`}>
        <legend>{title}</legend>
        {counts.map(({ value, count, selected }) => (
          <label key={value} className={styles.value} data-value={value} data-count={count} data-empty={count === 0 || undefined}>
            <input type="checkbox" checked={selected} value={value} onChange={() => onChange((now) => toggleFacet(now, name, value))} />
            <span className={styles.name}>{value}</span>
            <span className={styles.number}>{formatCount(count)}</span>
            <span className={styles.bar} data-drawn style={{ width: `${(count / largest) * 100}%` }} aria-hidden />
          </label>
        ))}
      </fieldset>
    );
  });
}

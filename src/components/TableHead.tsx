// The head row of a table of records or figures.
import styles from './Table.module.css';

/** A column's name; `hidden` ones are for screen readers, over cells that speak for themselves. */
export type ColumnName = string | { hidden: string };

/** One row of column heads. */
export function TableHead({ columns }: { columns: readonly ColumnName[] }) {
  return (
    <thead>
      <tr>
        {columns.map((column, i) => (
          <th key={i} scope="col">
            {typeof column === 'string' ? column : <span className={styles.srOnly}>{column.hidden}</span>}
          </th>
        ))}
      </tr>
    </thead>
  );
}

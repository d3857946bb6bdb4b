// The head row of a table of records or figures.
import styles from './Table.module.css';

/** A column's name; `figure`: its cells are numbers, set to the right; `hidden`: for screen readers, over cells that speak for themselves. */
export type ColumnName = string | { figure: string } | { hidden: string };

/** Heads of columns of numbers. */
export const numberHeads = (...names: readonly string[]): ColumnName[] => names.map((figure) => ({ figure }));

function Name({ column }: { column: ColumnName }) {
  if (typeof column === 'string') return column;
  return 'figure' in column ? column.figure : <span className={styles.srOnly}>{column.hidden}</span>;
}

/** One row of column heads. */
export function TableHead({ columns }: { columns: readonly ColumnName[] }) {
  return (
    <thead>
      <tr>
        {columns.map((column, i) => (
          <th key={i} scope="col" data-figure={(typeof column === 'object' && 'figure' in column) || undefined}>
            <Name column={column} />
          </th>
        ))}
      </tr>
    </thead>
  );
}

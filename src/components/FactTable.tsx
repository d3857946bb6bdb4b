// Names and values in two columns.

export interface FactTableProps {
  rows: readonly (readonly [name: string, value: string])[];
  className?: string;
}

/** A table without a head: each row is a name and its value. */
export function FactTable({ rows, className }: FactTableProps) {
  return (
    <table className={className}>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

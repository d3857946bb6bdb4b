import { Link } from 'react-router';
import { formatBytes } from '../components/format.ts';
import { useStoredItems } from '../state/stored-items.ts';

const SHOWN = 3;

/** Beside "no storage left": what deleting would free most. */
export function LargestItems() {
  const items = useStoredItems().slice(0, SHOWN);
  if (items.length === 0) return null;
  return (
    <p data-testid="largest-items">
      Largest here:{' '}
      {items.map(({ id, kind, name, to, sizeBytes }, index) => (
        <span key={id}>
          {index > 0 ? ', ' : ''}
          {kind} <Link to={to}>{name}</Link> ({formatBytes(sizeBytes)})
        </span>
      ))}
      .
    </p>
  );
}

import { formatCount } from '../../../components/format.ts';
import styles from './ImportDialog.module.css';

const SHOWN_PATHS = 200;

export interface PathListProps {
  title: string;
  paths: readonly string[];
  /** How many there are where `paths` are only the first. */
  total?: number | undefined;
}

/** A folded list of paths; a long one says how many more there are. */
export function PathList({ title, paths, total = paths.length }: PathListProps) {
  if (paths.length === 0) return null;
  return (
    <details className={styles.paths}>
      <summary>
        {title} <span className={styles.count}>{formatCount(total)}</span>
      </summary>
      <ul>
        {paths.slice(0, SHOWN_PATHS).map((path) => (
          <li key={path}>
            <code>{path}</code>
          </li>
        ))}
      </ul>
      {total > SHOWN_PATHS ? <p className={styles.note}>and {formatCount(total - SHOWN_PATHS)} more</p> : null}
    </details>
  );
}

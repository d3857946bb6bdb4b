import { formatCount } from '../../../components/format.ts';
import styles from './ImportDialog.module.css';

const SHOWN_PATHS = 200;

/** A folded list of paths; a long one says how many more there are. */
export function PathList({ title, paths }: { title: string; paths: readonly string[] }) {
  if (paths.length === 0) return null;
  return (
    <details className={styles.paths}>
      <summary>
        {title} <span className={styles.count}>{formatCount(paths.length)}</span>
      </summary>
      <ul>
        {paths.slice(0, SHOWN_PATHS).map((path) => (
          <li key={path}>
            <code>{path}</code>
          </li>
        ))}
      </ul>
      {paths.length > SHOWN_PATHS ? <p className={styles.note}>and {formatCount(paths.length - SHOWN_PATHS)} more</p> : null}
    </details>
  );
}

import { Link } from 'react-router';
import { formatDate } from '../../components/format.ts';
import { Panel } from '../../components/Page.tsx';
import { useStoredWork } from '../../state/use-stored-work.ts';
import styles from './HomePage.module.css';

interface RecentItem {
  to: string;
  name: string;
  kind: string;
  at: number;
}

const SHOWN = 6;

/** What was done last in this browser, newest first; unfinished work says so. Nothing before the first dataset. */
export function RecentItems() {
  const items = useRecentItems();
  if (items.length === 0) return null;
  return (
    <Panel title="Recent" className={styles.wide}>
      <ul className={styles.list}>
        {items.map(({ to, name, kind, at }) => (
          <li key={to}>
            <Link to={to}>{name}</Link>
            <span>
              {kind}, {formatDate(at)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function useRecentItems(): RecentItem[] {
  const { datasets, evals, runs } = useStoredWork();
  const waiting = (state: string) => (state === 'done' ? '' : ` (${state})`);
  return [
    ...datasets.map(({ id, name, createdAt }) => ({ to: `/data/${encodeURIComponent(id)}`, name, kind: 'dataset', at: createdAt })),
    ...evals.map(({ id, name, state, updatedAt }) => ({
      to: `/eval/${id}`,
      name,
      kind: `evaluation${waiting(state)}`,
      at: updatedAt,
    })),
    ...runs.map(({ id, name, state, updatedAt }) => ({ to: `/run/${id}`, name, kind: `training run${waiting(state)}`, at: updatedAt })),
  ]
    .sort((a, b) => b.at - a.at)
    .slice(0, SHOWN);
}

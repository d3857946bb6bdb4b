import { useForeignRequests } from '../state/use-foreign-requests.ts';
import styles from './TopBar.module.css';

/** How many requests page and workers have sent to other hosts; meant to read 0 for ever. */
export function NetworkCounter() {
  const requests = useForeignRequests();
  const sent = requests.filter(({ blocked }) => !blocked).length;
  const blocked = requests.length - sent;
  const hosts = [...new Set(requests.map(({ host, from }) => `${host} (${from})`))];
  return (
    <span
      className={`${styles.chip} ${styles.wideOnly}`}
      title={[
        "Requests to any other host since the page was opened, in the page and in its workers: sent ones by the browser's resource timing, stopped ones by the content security policy.",
        ...hosts,
      ].join('\n')}
      data-testid="network-counter"
      data-value={sent}
      data-blocked={blocked}
    >
      <span className={styles.dot} data-level={sent > 0 ? 'bad' : blocked > 0 ? 'warn' : 'good'} aria-hidden />
      <span>
        {sent === 0 ? 'Nothing sent out' : `${sent} requests to other hosts`}
        {blocked > 0 ? `, ${blocked} stopped` : ''}
      </span>
    </span>
  );
}

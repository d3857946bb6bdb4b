// Whether anything went out: requests to other hosts of the page and of its workers, as the browser itself counts them.
import { formatPlural } from '../../components/format.ts';
import { Panel } from '../../components/Page.tsx';
import table from '../../components/Table.module.css';
import { TableHead } from '../../components/TableHead.tsx';
import { useForeignRequests } from '../../state/use-foreign-requests.ts';
import styles from './DevicePage.module.css';

/** One row per host and thread; meant to have none. */
export function NetworkPanel() {
  const requests = useForeignRequests();
  const sent = requests.filter(({ blocked }) => !blocked).length;
  const rows = Object.entries(Object.groupBy(requests, ({ host, from }) => `${host} ${from}`));
  return (
    <Panel title="Network" aside="since the page was opened">
      <p className={sent > 0 ? styles.failed : styles.passed} data-testid="network-meter" data-value={sent}>
        {sent === 0 ? 'Nothing was sent to another host' : `${formatPlural(sent, 'request')} went to other hosts`}
        {requests.length > sent ? `; ${formatPlural(requests.length - sent, 'request')} stopped by the content security policy` : ''}.
      </p>
      {rows.length > 0 ? (
        <div className={table.scroll} role="region" aria-label="Requests to other hosts" tabIndex={0}>
          <table className={table.table}>
            <TableHead columns={['host', 'asked by', 'sent', 'stopped']} />
            <tbody>
              {rows.map(([key, of = []]) => (
                <tr key={key}>
                  <th scope="row">{of[0]?.host}</th>
                  <td>{of[0]?.from}</td>
                  <td>{of.filter(({ blocked }) => !blocked).length}</td>
                  <td>{of.filter(({ blocked }) => blocked).length}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      <p className={styles.quiet}>
        The browser counts these itself: sent ones by resource timing, stopped ones by the content security policy, in the page and in its
        workers. The page is loaded from its own server, which is not another host.
      </p>
    </Panel>
  );
}

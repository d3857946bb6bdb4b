// What the settings of the runs differ in, and only that.
import { Panel } from '../../../components/Page.tsx';
import { TableHead } from '../../../components/TableHead.tsx';
import type { RunRecord } from '../../../shared/domain/run.ts';
import { settingsDiff } from './settings-diff.ts';
import styles from './Compare.module.css';

/** Runs that saw different data stand under a warning: their figures are not those of one experiment. */
export function DataWarning({ runs }: { runs: readonly RunRecord[] }) {
  const byHash = new Map<string, RunRecord[]>();
  for (const run of runs) byHash.set(run.datasetHash, [...(byHash.get(run.datasetHash) ?? []), run]);
  if (byHash.size < 2) return null;
  return (
    <div className={styles.warning} role="note" data-testid="data-warning" data-hashes={byHash.size}>
      These runs saw different data, so a difference of their figures may be one of the data. Compare with care.
      <ul>
        {[...byHash].map(([hash, group]) => (
          <li key={hash}>
            {group[0]?.datasetName}, content {hash === '' ? 'unknown' : <code>{hash.slice(0, 12)}</code>}:{' '}
            {group.map(({ name }) => name).join(', ')}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** One row per setting that is not the same in all. */
export function SettingsDiff({ runs }: { runs: readonly RunRecord[] }) {
  const rows = settingsDiff(runs);
  const elsewhere = runs.filter(({ importedFrom }) => importedFrom !== undefined);
  return (
    <Panel title="What differs in the settings" aside={`${rows.length} of all settings`}>
      {elsewhere.length > 0 ? (
        <p className={styles.muted}>
          The settings of {elsewhere.map(({ name }) => name).join(', ')} are not known: the log was made elsewhere. What stands here for it
          are placeholders.
        </p>
      ) : null}
      {rows.length === 0 ? (
        <p className={styles.muted}>{runs.length < 2 ? 'One run alone differs from nothing.' : 'All settings are the same.'}</p>
      ) : (
        <div className={styles.scroll} role="region" aria-label="Settings that differ" tabIndex={0}>
          <table className={styles.table}>
            <TableHead columns={['setting', ...runs.map(({ name }) => name)]} />
            <tbody>
              {rows.map(({ name, values }) => (
                <tr key={name} data-testid="settings-row" data-setting={name}>
                  <th scope="row">
                    <code>{name}</code>
                  </th>
                  {values.map((value, i) => (
                    <td key={runs[i]?.id ?? i}>
                      <code>{value}</code>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

// Every number that a run logs: its name here and in TRL, its meaning, its name in verl.
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { formatPlural } from '../../components/format.ts';
import { METRIC_GROUPS, verlNameOf, type MetricNote } from '../../components/metric-notes.ts';
import { Panel } from '../../components/Page.tsx';
import { TableHead } from '../../components/TableHead.tsx';
import { usePrinting } from '../../components/use-printing.ts';
import table from '../../components/Table.module.css';
import styles from './LearnPage.module.css';

interface GroupProps {
  title: string;
  notes: readonly MetricNote[];
  asked: string | null;
}

/** Its table is drawn when it is opened, and on paper. */
function Group({ title, notes, asked }: GroupProps) {
  const isPrinting = usePrinting();
  const [isOpen, setIsOpen] = useState(notes.some(({ name }) => name === asked));
  return (
    <details
      className={styles.fold}
      open={isOpen || isPrinting}
      onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}
      data-testid="metric-group"
    >
      <summary>
        {title} <small>{formatPlural(notes.length, 'metric')}</small>
      </summary>
      {isOpen || isPrinting ? <Notes title={title} notes={notes} asked={asked} /> : null}
    </details>
  );
}

function Notes({ title, notes, asked }: GroupProps) {
  return (
    <div className={table.scroll} role="region" aria-label={title} tabIndex={0}>
      <table className={`${table.table} ${styles.words}`}>
        <TableHead columns={['name, as in TRL where it has one', 'meaning', 'verl']} />
        <tbody>
          {notes.map(({ name, meaning }) => (
            <tr key={name} data-asked={name === asked || undefined}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>{meaning}</td>
              <td>
                <code>{verlNameOf(name) ?? '–'}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Folded by subject; `#/learn?metric=prpo/clipfrac` opens the one that is asked for. */
export function MetricList() {
  const [params] = useSearchParams();
  const asked = params.get('metric');
  return (
    <Panel title="Metrics" aside="a * stands for mean, std, min, max or a number; eval_ before a name: the same on the probe images">
      {METRIC_GROUPS.map((group) => (
        <Group key={group.title} {...group} asked={asked} />
      ))}
    </Panel>
  );
}

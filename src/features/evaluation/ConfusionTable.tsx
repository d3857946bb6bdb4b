// Truth against answer. Each cell opens its samples.
import type { Label } from '../../shared/domain/sample.ts';
import type { Confusion } from '../../shared/metrics/classification.ts';
import type { SampleList } from './report.ts';
import { cellCount } from './report.ts';
import styles from './Evaluation.module.css';

export interface ConfusionTableProps {
  confusion: Confusion;
  open: SampleList | null;
  onOpen: (list: SampleList) => void;
}

const LABELS: Label[] = ['real', 'fake'];
const ANSWERS = ['real', 'fake', 'unparsed'] as const;

/** Rows and columns in the order real, fake, as in the official file. */
export function ConfusionTable({ confusion, open, onOpen }: ConfusionTableProps) {
  const total = Object.values(confusion).reduce((sum, count) => sum + count, 0);
  return (
    <table className={styles.confusion}>
      <caption>Truth against the parsed answer; choose a cell to list its samples</caption>
      <thead>
        <tr>
          <td />
          {ANSWERS.map((predict) => (
            <th key={predict} scope="col">
              {predict === 'unparsed' ? 'unparsed' : `says ${predict}`}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {LABELS.map((label) => (
          <tr key={label}>
            <th scope="row">is {label}</th>
            {ANSWERS.map((predict) => {
              const count = cellCount(confusion, { label, predict });
              const list: SampleList = `cell-${label}-${predict}`;
              const share = total === 0 ? 0 : count / total;
              return (
                <td key={predict}>
                  <button
                    type="button"
                    className={styles.cell}
                    data-kind={predict === 'unparsed' ? 'unparsed' : predict === label ? 'right' : 'wrong'}
                    aria-pressed={open === list}
                    onClick={() => onOpen(list)}
                    style={count === 0 ? undefined : { borderBottomWidth: `${1 + Math.round(5 * share)}px` }}
                  >
                    <b>{count}</b>
                    <small>{total === 0 ? '' : `${(100 * share).toFixed(0)} %`}</small>
                    <span className={styles.srOnly}>
                      {label} images, answer {predict}: list them
                    </span>
                  </button>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

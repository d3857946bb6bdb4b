// Truth against answer. Each cell opens its samples.
import { formatPercent } from '../../../components/format.ts';
import { TableHead } from '../../../components/TableHead.tsx';
import type { Label } from '../../../shared/domain/sample.ts';
import type { Confusion } from '../../../shared/metrics/classification.ts';
import type { SampleList } from './sample-lists.ts';
import { cellCount } from './report.ts';
import styles from '../Evaluation.module.css';

export interface ConfusionTableProps {
  confusion: Confusion;
  open: SampleList | null;
  onOpen: (list: SampleList) => void;
}

const LABELS: Label[] = ['real', 'fake'];
const ANSWERS = ['real', 'fake', 'unparsed'] as const;

interface CellProps {
  label: Label;
  predict: (typeof ANSWERS)[number];
  count: number;
  total: number;
  isOpen: boolean;
  onOpen: () => void;
}

/** A cell as a button; a thicker lower edge for a larger share. */
function CellButton({ label, predict, count, total, isOpen, onOpen }: CellProps) {
  const share = total === 0 ? 0 : count / total;
  return (
    <button
      type="button"
      className={styles.cell}
      data-kind={predict === 'unparsed' ? 'unparsed' : predict === label ? 'right' : 'wrong'}
      aria-pressed={isOpen}
      onClick={onOpen}
      style={count === 0 ? undefined : { borderBottomWidth: `${1 + Math.round(5 * share)}px` }}
    >
      <b>{count}</b>
      <small>{total === 0 ? '' : formatPercent(share, 0)}</small>
      <span className={styles.srOnly}>
        {label} images, answer {predict}: list them
      </span>
    </button>
  );
}

/** Rows and columns in the order real, fake, as in the official file. */
export function ConfusionTable({ confusion, open, onOpen }: ConfusionTableProps) {
  const total = Object.values(confusion).reduce((sum, count) => sum + count, 0);
  return (
    <table className={styles.confusion}>
      <caption>Truth against the parsed answer; choose a cell to list its images</caption>
      <TableHead columns={['truth', ...ANSWERS.map((predict) => (predict === 'unparsed' ? 'unparsed' : `says ${predict}`))]} />
      <tbody>
        {LABELS.map((label) => (
          <tr key={label}>
            <th scope="row">is {label}</th>
            {ANSWERS.map((predict) => {
              const list: SampleList = `cell-${label}-${predict}`;
              const count = cellCount(confusion, { label, predict });
              return (
                <td key={predict}>
                  <CellButton
                    label={label}
                    predict={predict}
                    count={count}
                    total={total}
                    isOpen={open === list}
                    onOpen={() => onOpen(list)}
                  />
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

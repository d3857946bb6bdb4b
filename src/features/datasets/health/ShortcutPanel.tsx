// What a detector could learn instead of looking at faces: how often one property of the file alone gives the label.
import { Panel } from '../../../components/Page.tsx';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import { formatCount, formatPercent, formatPoints } from '../../../components/format.ts';
import type { ShortcutFinding } from '../../../shared/domain/health.ts';
import styles from './Health.module.css';

const LEVELS: Record<ShortcutFinding['level'], { mark: string; words: string }> = {
  strong: { mark: '▲', words: 'gives the label away' },
  some: { mark: '△', words: 'helps a little' },
  none: { mark: '○', words: 'no better than always guessing the commoner label' },
};

/** One row per property, the most telling first. The bars are the table's own: every number stands beside its bar. */
export function ShortcutPanel({ findings }: { findings: readonly ShortcutFinding[] }) {
  const telling = findings.filter(({ level }) => level !== 'none');
  return (
    <Panel title="Shortcuts" aside="guessing the label from one property of the file">
      {findings.length === 0 ? (
        <p className={styles.quiet}>
          Nothing to compare: the files are alike in every property that is known, or fewer than 20 images have a label.
        </p>
      ) : (
        <>
          {telling.length > 0 ? (
            <Warning findings={telling} />
          ) : (
            <p className={styles.fine}>No single property of the files tells fake from real.</p>
          )}
          <div className={styles.scroll}>
            <table className={styles.table}>
              <TableHead
                columns={['property', 'right guesses', ...numberHeads('95 % interval', 'by chance', 'images'), 'verdict', 'rule']}
              />
              <tbody>
                {findings.map((finding) => (
                  <FindingRow key={finding.property} finding={finding} />
                ))}
              </tbody>
            </table>
          </div>
          <p className={styles.quiet}>
            Each guess is made with a rule that was fitted on the other half of the images (Wilson interval). By chance: always guessing the
            commoner label. JPEG quality is estimated from the quantisation table, on the scale of libjpeg.
          </p>
        </>
      )}
    </Panel>
  );
}

function FindingRow({ finding }: { finding: ShortcutFinding }) {
  const { property, words, accuracy, low, high, baseline, count, level, rule } = finding;
  return (
    <tr data-testid="shortcut-row" data-property={property} data-level={level} data-accuracy={accuracy}>
      <th scope="row">{words}</th>
      <td>
        <span className={styles.bar} aria-hidden>
          <span data-drawn style={{ width: `${accuracy * 100}%` }} />
          <i style={{ left: `${baseline * 100}%` }} />
        </span>{' '}
        {formatPercent(accuracy)}
      </td>
      <td>
        {formatPoints(low, 1)} to {formatPoints(high, 1)}
      </td>
      <td>{formatPercent(baseline)}</td>
      <td>{formatCount(count)}</td>
      <td data-level={level}>
        {LEVELS[level].mark} {LEVELS[level].words}
      </td>
      <td className={styles.rule}>{rule}</td>
    </tr>
  );
}

const STRONG_ADVICE =
  'A high accuracy on this dataset does not show that a model looks at faces. Re-encode all images in one way before you compare.';
const SOME_ADVICE = 'Keep it in mind when a model is only a little better than chance.';

function Warning({ findings }: { findings: readonly ShortcutFinding[] }) {
  const isStrong = findings.some(({ level }) => level === 'strong');
  return (
    <div className={styles.warning} data-testid="shortcut-warning">
      <p>
        {isStrong ? 'The label can be guessed without looking at the picture:' : 'Something besides the picture helps to guess the label:'}
      </p>
      <ul>
        {findings.map((finding) => (
          <li key={finding.property}>{sentenceOf(finding)}</li>
        ))}
      </ul>
      <p>{isStrong ? STRONG_ADVICE : SOME_ADVICE}</p>
    </div>
  );
}

function sentenceOf({ words, accuracy, low, high, baseline, rule }: ShortcutFinding): string {
  const interval = `95 % interval ${formatPoints(low)} to ${formatPoints(high)}; ${formatPercent(baseline, 0)} by chance`;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} alone is right for ${formatPercent(accuracy)} (${interval}): ${rule}.`;
}

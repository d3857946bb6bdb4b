// Several answers per image: what the vote gains over one answer, and whether agreement says how far to trust it.
import { useMemo } from 'react';
import { formatPercent } from '../../../components/format.ts';
import { intervalText } from '../../../components/interval-words.ts';
import { Panel } from '../../../components/Page.tsx';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import type { AnswerRecord } from '../../../shared/domain/answer.ts';
import { intervalKey, type IntervalRequest } from '../../../shared/metrics/intervals.ts';
import { majorityVote, TIE_RULE, VOTE_FIGURES, votedSamples, voteFigures, type VotedSample } from '../../../shared/metrics/majority.ts';
import { wilsonInterval } from '../../../shared/metrics/proportion.ts';
import { useIntervals } from '../../../state/use-intervals.ts';
import styles from '../Evaluation.module.css';

const LABELS: Record<(typeof VOTE_FIGURES)[number]['name'], string> = {
  maj: 'maj@k: the vote is right',
  mean: 'mean@k: one answer is right, on average',
  any: 'pass@k: at least one of the k answers is right',
  agreement: 'Agreement: share of the k answers with the winner',
};

interface AgreementRow {
  agreement: number;
  images: number;
  right: number;
}

/** Images by how many answers agreed, most first. */
function byAgreement(samples: readonly VotedSample[]): AgreementRow[] {
  const rows = new Map<number, AgreementRow>();
  for (const { label, answers } of samples) {
    const { predict, agreement } = majorityVote(answers);
    const row = rows.get(agreement) ?? { agreement, images: 0, right: 0 };
    rows.set(agreement, { agreement, images: row.images + 1, right: row.right + (predict === label ? 1 : 0) });
  }
  return [...rows.values()].sort((a, b) => b.agreement - a.agreement);
}

function AgreementTable({ samples }: { samples: readonly VotedSample[] }) {
  return (
    <table className={styles.table}>
      <TableHead columns={['answers that agree', ...numberHeads('images', 'vote is right', '95 % interval')]} />
      <tbody>
        {byAgreement(samples).map(({ agreement, images, right }) => {
          const interval = wilsonInterval(right, images);
          return (
            <tr key={agreement}>
              <th scope="row">{formatPercent(agreement, 0)}</th>
              <td>{images}</td>
              <td>{formatPercent(right / images)}</td>
              <td className={styles.bounds}>{intervalText(interval, true)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The panel; nothing where each image was asked once. */
export function VotePanel({ answers, isLive }: { answers: readonly AnswerRecord[]; isLive: boolean }) {
  const samples = useMemo(() => votedSamples(answers), [answers]);
  const request = useMemo((): IntervalRequest => ({ kind: 'vote', samples }), [samples]);
  const intervals = useIntervals(isLive || samples.length === 0 ? null : request);
  const figures = useMemo(() => voteFigures(samples), [samples]);
  if (!figures) return null;
  return (
    <Panel title="Majority vote" aside={`k = ${figures.k} answers per image, ${figures.images} images`}>
      <div className={styles.two}>
        <div className={styles.scroll} role="region" aria-label="Vote figures" tabIndex={0}>
          <table className={styles.table}>
            <TableHead columns={['figure, unparsed = wrong', ...numberHeads('share', '95 % interval')]} />
            <tbody>
              {VOTE_FIGURES.map(({ key, name }) => {
                const interval = intervals[intervalKey(name, 'vote')];
                return (
                  <tr key={name}>
                    <th scope="row">{LABELS[name]}</th>
                    <td className={styles.figure} data-testid="vote-figure" data-name={name} data-value={figures[key]}>
                      {formatPercent(figures[key])}
                    </td>
                    <td className={styles.bounds}>{intervalText(interval, true)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
        <div className={styles.scroll} role="region" aria-label="Right votes by agreement" tabIndex={0}>
          <AgreementTable samples={samples} />
        </div>
      </div>
      <p className={styles.muted}>
        {TIE_RULE} Ties here: {figures.ties}. With two classes pass@k rises by luck alone: it says what a perfect choice among the answers
        could reach, not what the model knows. The answer in the lists is the first of the majority; the token probability is the mean over
        the answers.
      </p>
    </Panel>
  );
}

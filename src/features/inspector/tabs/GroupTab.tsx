// G answers to one image, ranked by reward, with the advantages that training would give them.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { formatDuration, formatFigure, formatSigned } from '../../../components/format.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import type { Explanation } from '../../../shared/protocol.ts';
import type { ExplainState } from '../../../state/inspection.ts';
import { readingOfExplanation } from '../reading.ts';
import type { AskedWith } from '../reading.ts';
import { ReadingView } from '../ReadingView.tsx';
import { TableHead } from '../../../components/TableHead.tsx';
import styles from '../Inspector.module.css';

export interface GroupTabProps {
  state: ExplainState | undefined;
  askedWith: AskedWith;
  canRun: boolean;
  onRun: () => void;
}

/** Answers paired with their index, best reward first. */
export function rankCompletions(explanation: Explanation): { index: number; completion: Explanation['completions'][number] }[] {
  return explanation.completions
    .map((completion, index) => ({ index, completion }))
    .sort((a, b) => b.completion.reward - a.completion.reward || a.index - b.index);
}

function GroupRow({
  index,
  rank,
  completion,
  isOpen,
  onToggle,
}: ReturnType<typeof rankCompletions>[number] & { rank: number; isOpen: boolean; onToggle: () => void }) {
  const { reward, advantage, predict, paragraphs, tokenCount } = completion;
  return (
    <tr data-open={isOpen || undefined}>
      <td>{rank}</td>
      <td>
        <button type="button" className={styles.rowButton} data-testid="group-answer" aria-expanded={isOpen} onClick={onToggle}>
          Answer {index + 1}
        </button>
      </td>
      <td>
        <LabelMark label={predict ?? 'unparsed'} />
      </td>
      <td>{formatFigure(reward)}</td>
      <td data-sign={advantage < 0 ? 'below' : 'above'} className={styles.signedCell}>
        {formatSigned(advantage, 2)}
      </td>
      <td className={styles.advantages}>
        {paragraphs.map((paragraph) => (
          <span
            key={paragraph.index}
            data-sign={(paragraph.advantage ?? 0) < 0 ? 'below' : 'above'}
            title={`${paragraph.keyword}: reward ${formatFigure(paragraph.reward)}`}
          >
            {formatSigned(paragraph.advantage, 1)}
          </span>
        ))}
      </td>
      <td>{tokenCount}</td>
    </tr>
  );
}

function Ranking({ explanation, askedWith }: { explanation: Explanation; askedWith: AskedWith }) {
  const [open, setOpen] = useState<number | null>(null);
  const reading = open === null ? null : readingOfExplanation(explanation, askedWith, open);
  return (
    <>
      <div className={styles.scroll} role="region" aria-label="Answers of the group" tabIndex={0}>
        <table className={styles.groupTable}>
          <TableHead columns={['rank', 'answer', 'states', 'mean reward', 'advantage', 'by paragraph', 'tokens']} />
          <tbody>
            {rankCompletions(explanation).map((row, i) => (
              <GroupRow
                key={row.index}
                {...row}
                rank={i + 1}
                isOpen={open === row.index}
                onToggle={() => setOpen(open === row.index ? null : row.index)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {reading ? <ReadingView reading={reading} activeParagraph={null} onSelect={() => undefined} /> : null}
    </>
  );
}

/** The group view, with its own run button: it samples, so it differs from the greedy answer. */
export function GroupTab({ state, askedWith, canRun, onRun }: GroupTabProps) {
  const isBusy = state?.phase === 'loading' || state?.phase === 'generating';
  return (
    <div className={styles.tab}>
      <p className={styles.facts}>
        Training samples several answers to one image and asks which paragraphs did better than the others. Here are 8, at temperature 1.
        {state?.result ? ` Made in ${formatDuration(state.result.elapsedMs)}.` : ''}
      </p>
      <Button data-testid="group-run" onClick={onRun} disabled={!canRun} loading={isBusy} variant={state?.result ? 'default' : undefined}>
        {state?.result ? 'Sample again' : 'Sample 8 answers'}
      </Button>
      {state?.error ? <ErrorNotice error={state.error} /> : null}
      {state?.result ? <Ranking explanation={state.result} askedWith={askedWith} /> : null}
    </div>
  );
}

// G answers to one image, ranked by reward, with the advantages that training would give them.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { formatDuration, formatFigure, formatSigned } from '../../../components/format.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import type { Explanation } from '../../../shared/engine-api.ts';
import type { ExplainState } from '../../../state/inspection.ts';
import { Pills } from '../../../components/Pills.tsx';
import { readingOfExplanation } from '../reading.ts';
import type { AskedWith, Reading } from '../reading.ts';
import { ReadingView } from '../ReadingView.tsx';
import { TokensTab } from './TokensTab.tsx';
import { numberHeads, TableHead } from '../../../components/TableHead.tsx';
import { GROUP_SIZE } from '../use-explanation.ts';
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

/** Which side a figure is on as it is written; null where it rounds to 0. */
function signOf(value: number, digits: number): 'below' | 'above' | undefined {
  if (Math.abs(value) < 0.5 / 10 ** digits) return undefined;
  return value < 0 ? 'below' : 'above';
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
      <td data-sign={signOf(advantage, 2)} className={styles.signedCell}>
        {formatSigned(advantage, 2)}
      </td>
      <td className={styles.advantages}>
        {paragraphs.map((paragraph) => (
          <span
            key={paragraph.index}
            data-sign={signOf(paragraph.advantage ?? 0, 1)}
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

type Shown = 'paragraphs' | 'tokens';
const SHOWN: { value: Shown; label: string }[] = [
  { value: 'paragraphs', label: 'Paragraphs' },
  { value: 'tokens', label: 'Tokens' },
];

/** One answer of the group: its cards, or its tokens shaded by advantage. */
function OpenAnswer({ reading, name }: { reading: Reading; name: string }) {
  const [shown, setShown] = useState<Shown>('paragraphs');
  return (
    <section className={styles.tab} aria-label={name} data-testid="group-open">
      <Pills label={`Show ${name} as`} value={shown} onChange={setShown} options={SHOWN} />
      {shown === 'paragraphs' ? <ReadingView reading={reading} /> : <TokensTab reading={reading} first="advantage" />}
    </section>
  );
}

function Ranking({ explanation, askedWith }: { explanation: Explanation; askedWith: AskedWith }) {
  const [open, setOpen] = useState<number | null>(null);
  const reading = open === null ? null : readingOfExplanation(explanation, askedWith, { index: open });
  return (
    <>
      <div className={styles.scroll} role="region" aria-label="Answers of the group" tabIndex={0}>
        <table className={styles.groupTable}>
          <TableHead
            columns={['rank', 'answer', 'states', ...numberHeads('mean reward', 'advantage'), 'by paragraph', ...numberHeads('tokens')]}
          />
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
      {reading ? <OpenAnswer reading={reading} name={`Answer ${(open ?? 0) + 1}`} /> : null}
    </>
  );
}

/** The group view, with its own run button: it samples, so it differs from the greedy answer. */
export function GroupTab({ state, askedWith, canRun, onRun }: GroupTabProps) {
  const isBusy = state?.phase === 'loading' || state?.phase === 'generating';
  return (
    <div className={styles.tab}>
      <p className={styles.facts}>
        Training samples several answers to one image and asks which paragraphs did better than the others. Here are {GROUP_SIZE}, at
        temperature 1, best mean reward first. A paragraph’s advantage is how many standard deviations its reward lies above or below the
        mean of all paragraphs of all {GROUP_SIZE}; an answer’s is the mean over its tokens.
        {state?.result
          ? ` Made in ${formatDuration(state.result.elapsedMs)}. They are not stored: seed ${askedWith.decoding.seed} gives the same ones again on this engine.`
          : ''}
      </p>
      <Button data-testid="group-run" onClick={onRun} disabled={!canRun} loading={isBusy} variant={state?.result ? 'default' : undefined}>
        {state?.result ? 'Sample again' : `Sample ${GROUP_SIZE} answers`}
      </Button>
      {state?.error ? <ErrorNotice error={state.error} /> : null}
      {state?.result ? <Ranking explanation={state.result} askedWith={askedWith} /> : null}
    </div>
  );
}

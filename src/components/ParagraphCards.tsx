// All of an answer in order: its paragraphs as cards, what the reward left out between and after them, and where it was cut off.
import { Fragment } from 'react';
import type { ScoredCompletion } from '../shared/domain/answer.ts';
import type { RewardConfig } from '../shared/config/config.ts';
import { readAnswer } from '../shared/rewards/paragraph-reward.ts';
import { countVotes } from '../shared/rewards/pcr.ts';
import { unscoredPieces, type UnscoredPiece } from '../shared/text/unscored.ts';
import { ParagraphCard } from './ParagraphCard.tsx';
import { cutText, unscoredText } from './reward-words.ts';
import styles from './ParagraphCard.module.css';

export interface ParagraphCardsProps {
  text: string;
  completion: Pick<ScoredCompletion, 'paragraphs'>;
  reward: RewardConfig;
  /** The answer reached its length limit, after this many tokens. */
  cutAfter: number | null;
  activeParagraph?: number | null;
  /** Without it no paragraph can be chosen. */
  onSelect?: (index: number) => void;
}

function Unscored({ pieces }: { pieces: readonly UnscoredPiece[] }) {
  return pieces.map(({ start, text, reason }) => (
    <p key={start} className={styles.unscored} data-testid="unscored-piece" data-reason={reason}>
      <q>{text.replace(/^#+\s*/, '').replaceAll('**', '')}</q> {unscoredText(reason)}
    </p>
  ));
}

/** A mark follows each card where the reward left something out. */
export function ParagraphCards({ text, completion, reward, cutAfter, activeParagraph = null, onSelect }: ParagraphCardsProps) {
  const { paragraphs } = completion;
  const answer = readAnswer(text, reward);
  const hasGroup = paragraphs.some(({ advantage }) => advantage !== null);
  const unscored = unscoredPieces(text, completion, reward);
  const between = (from: number, to: number) => unscored.filter(({ start }) => start >= from && start < to);
  return (
    <>
      <Unscored pieces={between(0, paragraphs[0]?.start ?? 0)} />
      {paragraphs.map((paragraph, i) => (
        <Fragment key={paragraph.index}>
          <ParagraphCard
            paragraph={paragraph}
            votes={countVotes(paragraphs.slice(0, i).map(({ vote }) => vote))}
            answer={answer}
            weights={reward}
            isActive={activeParagraph === paragraph.index}
            hasGroup={hasGroup}
            {...(onSelect ? { onSelect: () => onSelect(paragraph.index) } : {})}
          />
          <Unscored pieces={between(paragraph.end, paragraphs[i + 1]?.start ?? Infinity)} />
        </Fragment>
      ))}
      {cutAfter === null ? null : (
        <p className={styles.cut} data-testid="cut-answer">
          {cutText(cutAfter)}
        </p>
      )}
    </>
  );
}

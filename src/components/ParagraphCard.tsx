// One paragraph of an answer as the reward sees it: text with evidence words, keyword, VCR, PCR, reward, vote, advantage.
import type { ReactNode } from 'react';
import type { RewardConfig } from '../shared/config/config.ts';
import type { ParagraphRecord } from '../shared/domain/answer.ts';
import type { Label } from '../shared/domain/sample.ts';
import type { VoteCount } from '../shared/rewards/pcr.ts';
import { formatFigure, formatPlural, formatSigned } from './format.ts';
import { LabelMark } from './LabelMark.tsx';
import { lexiconHints } from './lexicon-hints.ts';
import { describeHit } from './lexicon-segments.ts';
import { LexiconText } from './LexiconText.tsx';
import styles from './ParagraphCard.module.css';

export interface ParagraphCardProps {
  paragraph: ParagraphRecord;
  /** How the paragraphs before this one voted; a conclusion shows it. */
  votes: VoteCount;
  /** The answer that PCR compares with, which the chosen parser may read otherwise; null = none found. */
  answer: Label | null;
  weights: Pick<RewardConfig, 'alpha' | 'beta' | 'tieVote'>;
  isActive?: boolean;
  /** The completion belongs to a group, so that a missing advantage means: left out of it. */
  hasGroup?: boolean;
  /** Without it the number is no button. */
  onSelect?: () => void;
  /** More rows under the scores, such as a similarity map switch. */
  children?: ReactNode;
}

/** A share of 1 as a bar with its figure. */
function Bar({ value }: { value: number }) {
  return (
    <span className={styles.bar} aria-hidden>
      <span data-drawn style={{ width: `${100 * Math.min(1, Math.max(0, value))}%` }} />
    </span>
  );
}

/** A signed figure around a middle line; 3 deviations fill a side. */
function SignedBar({ value }: { value: number }) {
  const share = Math.min(1, Math.abs(value) / 3) * 50;
  return (
    <span className={styles.signed} aria-hidden>
      <span data-negative={value < 0 || undefined} style={{ left: value < 0 ? `${50 - share}%` : '50%', width: `${share}%` }} />
    </span>
  );
}

function Score({ name, title, children }: { name: string; title: string; children: ReactNode }) {
  return (
    <div className={styles.score} title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function pcrText({ isFinal, index, pcr }: ParagraphRecord, answer: Label | null): string {
  if (!isFinal) return 'not a conclusion';
  if (index === 0) return 'nothing before it';
  if (answer === null) return 'no answer found';
  return pcr === 1 ? 'agrees with the majority' : 'contradicts the majority';
}

/** What a tie does, after "a tie, which". */
function tieText({ tieVote }: ParagraphCardProps['weights']): string {
  if (tieVote === 'vcr') return 'counts for the side that fits the picture better (not in the paper)';
  if (tieVote === 'vcr-worst') return 'counts for the majority without the paragraph that fits worst (not in the paper)';
  return 'counts as agreement';
}

interface VoteLineProps {
  votes: VoteCount;
  answer: Label | null;
  pcr: number;
  /** What a tie does. */
  tie: string;
}

/** How the paragraphs before the conclusion voted, and whether it follows them. */
function VoteLine({ votes, answer, pcr, tie }: VoteLineProps) {
  const isTie = votes.real === votes.fake;
  const majority = votes.real > votes.fake ? 'real' : 'fake';
  return (
    <p className={styles.votes} data-contradiction={pcr === 0 || undefined}>
      Paragraphs before voted <b>{votes.fake} fake</b>, <b>{votes.real} real</b>
      {isTie ? `: a tie, which ${tie}` : `: majority ${majority}`}. Stated: {answer ?? 'no clear answer'}.{' '}
      {pcr === 1 ? null : answer === null ? (
        <b>No answer that could follow from them.</b>
      ) : (
        <b>Contradiction: the conclusion differs from {isTie ? 'that side' : 'the majority of paragraphs'}.</b>
      )}
    </p>
  );
}

function Trace({ paragraph }: { paragraph: ParagraphRecord }) {
  const { text, hits, vote, realScore, fakeScore } = paragraph;
  if (hits.length === 0) return <p className={styles.trace}>No evidence words: counted as {vote}.</p>;
  return (
    <details className={styles.trace}>
      <summary>
        {formatPlural(hits.length, 'hit')} in the word lists: real {formatFigure(realScore, 1)}, fake {formatFigure(fakeScore, 1)}
      </summary>
      <ul>
        {hits
          .toSorted((a, b) => a.start - b.start || b.end - a.end)
          .map((hit) => (
            <li key={`${hit.start}-${hit.term}-${hit.list}`}>{describeHit(hit, text)}</li>
          ))}
      </ul>
      {lexiconHints(paragraph).map((hint) => (
        <p key={hint} className={styles.hint}>
          {hint}
        </p>
      ))}
    </details>
  );
}

const isSame = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9;

function vcrFormula({ vcr, cosine, hasImage }: ParagraphRecord): string {
  if (!hasImage) return 'No image';
  if (cosine === null) return 'The image or the keyword could not be encoded: 0.5';
  if (isSame(vcr, (cosine + 1) / 2)) return `Cosine ${formatFigure(cosine)} of image and keyword; VCR = (cosine + 1) / 2`;
  return `Mean VCR of the paragraphs before, as the run's settings say; own cosine ${formatFigure(cosine)}`;
}

function rewardFormula({ vcr, pcr, reward, hasImage }: ParagraphRecord, { alpha, beta }: ParagraphCardProps['weights']): string {
  if (!isSame(reward, hasImage ? alpha * vcr + beta * pcr : pcr)) return 'The answer is unparsed: 0';
  return hasImage ? `${alpha} × ${formatFigure(vcr)} + ${beta} × ${pcr}` : 'No image: PCR alone';
}

function Scores({ paragraph, answer, weights, hasGroup }: Pick<ParagraphCardProps, 'paragraph' | 'answer' | 'weights' | 'hasGroup'>) {
  const { vcr, pcr, reward, vote, advantage, hasImage } = paragraph;
  return (
    <dl className={styles.scores}>
      <Score name="VCR" title={vcrFormula(paragraph)}>
        {hasImage ? <Bar value={vcr} /> : null} {hasImage ? formatFigure(vcr) : 'no image'}
      </Score>
      <Score name="PCR" title={`Prediction consistency: ${pcrText(paragraph, answer)}`}>
        <span className={styles.badge} data-zero={pcr === 0 || undefined}>
          {pcr}
        </span>{' '}
        <span className={styles.faint}>{pcrText(paragraph, answer)}</span>
      </Score>
      <Score name="Reward" title={rewardFormula(paragraph, weights)}>
        {formatFigure(reward)}
      </Score>
      <Score name="Vote" title={`Confidence ${formatFigure(paragraph.confidence, 2)}`}>
        <LabelMark label={vote} />
      </Score>
      {advantage !== null || hasGroup ? (
        <Score name="Advantage" title="Deviations above or below the group's mean reward">
          {advantage === null ? <span className={styles.faint}>left out of the group</span> : <SignedBar value={advantage} />}
          {advantage === null ? null : ` ${formatSigned(advantage, 2)}`}
        </Score>
      ) : null}
    </dl>
  );
}

/** A numbered card; all figures are also in data attributes (spec/hooks.md). */
export function ParagraphCard(props: ParagraphCardProps) {
  const { paragraph, votes, answer, weights, isActive = false, hasGroup = false, onSelect, children } = props;
  const { index, text, keyword, hits, isFinal } = paragraph;
  return (
    <article
      className={styles.card}
      data-testid="paragraph-card"
      data-index={index}
      data-keyword={keyword}
      data-vcr={paragraph.vcr}
      data-pcr={paragraph.pcr}
      data-reward={paragraph.reward}
      data-advantage={paragraph.advantage ?? ''}
      data-vote={paragraph.vote}
      data-final={isFinal}
      data-active={isActive || undefined}
    >
      {onSelect ? (
        <button type="button" className={styles.number} onClick={onSelect} aria-pressed={isActive} aria-label={`Paragraph ${index + 1}`}>
          {index + 1}
        </button>
      ) : (
        <span className={styles.plainNumber}>{index + 1}</span>
      )}
      <div className={styles.body}>
        <p className={styles.text}>
          <LexiconText text={text} hits={hits} keyword={keyword} />
        </p>
        <p className={styles.keywordLine}>
          Keyword <q>{keyword}</q>
          {isFinal ? <span className={styles.final}>conclusion</span> : null}
        </p>
        <Scores paragraph={paragraph} answer={answer} weights={weights} hasGroup={hasGroup} />
        {isFinal && index > 0 ? <VoteLine votes={votes} answer={answer} pcr={paragraph.pcr} tie={tieText(weights)} /> : null}
        <Trace paragraph={paragraph} />
        {children}
      </div>
    </article>
  );
}

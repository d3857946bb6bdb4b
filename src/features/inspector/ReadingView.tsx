// A finished answer: legend, paragraph cards, what was cut, and how it was made.
import { useMemo } from 'react';
import { LexiconLegend, LexiconText } from '../../components/LexiconText.tsx';
import { ParagraphCards } from '../../components/ParagraphCards.tsx';
import { ParserReadings } from '../../components/ParserReadings.tsx';
import { SampledAnswers } from '../../components/SampledAnswers.tsx';
import { PCR_SENTENCE, VCR_SENTENCE } from '../../components/reward-words.ts';
import { formatDuration, formatFigure, formatPlural } from '../../components/format.ts';
import { findHits } from '../../shared/text/lexicon.ts';
import { splitParagraphs } from '../../shared/text/paragraphs.ts';
import type { Reading } from './reading.ts';
import styles from './Inspector.module.css';

export interface ReadingViewProps {
  reading: Reading;
  /** Tells it from another one on the page. */
  label?: string;
  activeParagraph?: number | null;
  /** Without it no paragraph can be chosen. */
  onSelect?: (index: number) => void;
}

function Facts({ reading }: { reading: Reading }) {
  const { tokenCount, elapsedMs, source, completion, truncated, precision } = reading;
  const parts = [
    source,
    ...(precision ? [`${precision} weights`] : []),
    ...(tokenCount > 0 ? [formatPlural(tokenCount, 'token')] : []),
    ...(elapsedMs > 0 ? [`${formatDuration(elapsedMs)}, ${formatFigure(tokenCount / (elapsedMs / 1000), 0)} tokens/s`] : []),
    `mean reward ${formatFigure(completion.reward)}`,
  ];
  return (
    <p className={styles.facts}>
      {parts.join(' · ')}
      {truncated ? <b> · cut off at the length limit</b> : null}
      {completion.cutParagraphs > 0 ? (
        <b>
          {' '}
          · {formatPlural(completion.cutParagraphs, 'paragraph')} after the {completion.paragraphs.length}th without figures
        </b>
      ) : null}
    </p>
  );
}

/** All paragraphs of an answer, as the reward sees them. */
export function ReadingView({ reading, label = 'Reasoning by paragraph', activeParagraph = null, onSelect }: ReadingViewProps) {
  const { completion, weights, predict } = reading;
  const hasGroup = completion.paragraphs.some(({ advantage }) => advantage !== null);
  return (
    <section className={styles.reading} aria-label={label}>
      <div className={styles.readingHead}>
        <LexiconLegend />
        <Facts reading={reading} />
      </div>
      {reading.change ? (
        <p className={styles.warning} data-testid="changed-picture">
          <b>About a changed picture.</b> It was changed before the model saw it: {reading.change}.
        </p>
      ) : null}
      {reading.isEarlier ? (
        <p className={styles.warning} data-testid="earlier-image">
          <b>About the image as it was.</b> A re-scan has changed its picture, label or text since. Run the model to ask about it as it is.
        </p>
      ) : null}
      {reading.sampled ? (
        <div className={styles.readings} data-testid="voted-answer">
          <b>Majority vote.</b> Below is the first answer of the majority.
          <SampledAnswers sampled={reading.sampled} />
        </div>
      ) : null}
      {predict === null ? (
        <p className={styles.warning}>
          <b>Unparsed.</b> No clear answer was found, so all paragraph rewards are 0. The raw text is shown in pieces below.
        </p>
      ) : null}
      <ParagraphCards
        text={reading.text}
        completion={completion}
        reward={weights}
        cutAfter={reading.truncated ? reading.tokenCount : null}
        activeParagraph={activeParagraph}
        {...(onSelect ? { onSelect } : {})}
      />
      <div className={styles.readings}>
        <ParserReadings text={reading.text} counted={predict} />
      </div>
      <p className={styles.formula}>
        {completion.paragraphs.some(({ hasImage }) => hasImage)
          ? `Reward of a paragraph = ${weights.alpha} × VCR + ${weights.beta} × PCR. ${VCR_SENTENCE}`
          : 'No image was compared, so the reward of a paragraph is its PCR.'}{' '}
        {PCR_SENTENCE}{' '}
        {hasGroup
          ? 'Advantage: how many standard deviations a reward lies above or below the mean of all paragraphs of the group.'
          : 'No advantages: they compare with other answers to the same image, and this answer stands alone.'}
      </p>
    </section>
  );
}

/** Evidence words are found again only when the piece grows. */
function StreamedPiece({ text, index, isLast }: { text: string; index: number; isLast: boolean }) {
  const hits = useMemo(() => findHits(text), [text]);
  return (
    <p className={styles.streamed} data-last={isLast || undefined}>
      <span className={styles.streamedNumber}>{index + 1}</span>
      <LexiconText text={text} hits={hits} keyword="" />
    </p>
  );
}

/** Text that is still being written: paragraphs and evidence words appear as they come, scores when the answer is complete. */
export function StreamingView({ text, tokenCount, label }: { text: string; tokenCount: number; label: string }) {
  const pieces = text.trim() === '' ? [] : splitParagraphs(text, { splitter: 'blank-line', minCharacters: 0 });
  return (
    <section className={styles.reading} aria-label="Answer being written" aria-busy>
      <p className={styles.readingHead}>
        {label}
        {tokenCount > 0 ? ` · ${formatPlural(tokenCount, 'token')}` : ''}
      </p>
      {pieces.map((piece, i) => (
        <StreamedPiece key={piece.start} text={piece.text} index={i} isLast={i === pieces.length - 1} />
      ))}
    </section>
  );
}

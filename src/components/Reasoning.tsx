// A model's or annotator's text as it reads: paragraphs, bold titles, nothing else of Markdown.
import { Fragment } from 'react';
import styles from './Reasoning.module.css';

/** Text with `**Title**` in bold and blank lines as paragraphs. Links and images are never made. */
export function Reasoning({ text }: { text: string }) {
  const paragraphs = text.split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== '');
  return (
    <div className={styles.text}>
      {paragraphs.map((paragraph, index) => (
        // Paragraphs of one text never move, so the position is a stable key.
        // oxlint-disable-next-line react/no-array-index-key
        <p key={index} data-answer={/^#+\s*answer/i.test(paragraph.trim()) || undefined}>
          <Bold text={paragraph} />
        </p>
      ))}
    </div>
  );
}

/** Text with `**Title**` in bold. */
export function Bold({ text }: { text: string }) {
  // Odd pieces of the split are the captured titles.
  return text
    .split(/\*\*([^*]+)\*\*/)
    .map((piece, index) => <Fragment key={`${index}-${piece}`}>{index % 2 === 1 ? <b>{piece}</b> : piece}</Fragment>);
}

// A paragraph with its evidence words: terms that count as real or fake, negators that flipped them, and the keyword.
import type { LexiconHit } from '../shared/domain/answer.ts';
import type { Segment } from './lexicon-segments.ts';
import { describeHit, effectiveSide, lexiconSegments } from './lexicon-segments.ts';
import styles from './LexiconText.module.css';

export interface LexiconTextProps {
  text: string;
  hits: readonly LexiconHit[];
  keyword: string;
}

/** Without the signs of Markdown. */
function plainTitle(text: string, isFirst: boolean): string {
  const plain = text.replace(/[*#]/g, '');
  return isFirst ? plain.trimStart() : plain;
}

function SegmentMark({ segment }: { segment: Segment }) {
  const { start, text, hits, negates, isKeyword, isTitle } = segment;
  const first = hits[0];
  const shown = isTitle ? <b>{plainTitle(text, start === 0)}</b> : text;
  const content = isKeyword ? <span className={styles.keyword}>{shown}</span> : shown;
  if (!first && negates.length === 0) return content;
  const title = [
    ...hits.map((hit) => describeHit(hit)),
    ...(negates.length > 0 ? [`Negator of ${negates.map((hit) => `"${hit.term}"`).join(', ')}`] : []),
  ];
  return (
    <mark
      className={styles.mark}
      data-side={first ? effectiveSide(first) : 'none'}
      data-both={new Set(hits.map(effectiveSide)).size > 1 || undefined}
      data-flipped={first?.negator ? true : undefined}
      data-negator={negates.length > 0 ? true : undefined}
      title={title.join('\n')}
    >
      {content}
    </mark>
  );
}

/** Marked text; colours are doubled by underline styles, and each mark says in its title what it does. */
export function LexiconText({ text, hits, keyword }: LexiconTextProps) {
  const segments = lexiconSegments(text, hits, keyword);
  return (
    <span className={styles.text}>
      {segments.map((segment) => (
        <SegmentMark key={segment.start} segment={segment} />
      ))}
    </span>
  );
}

/** What the marks mean; one per list of paragraphs. */
export function LexiconLegend() {
  return (
    <p className={styles.legend}>
      <mark className={styles.mark} data-side="real">
        counts as real
      </mark>
      <mark className={styles.mark} data-side="fake">
        counts as fake
      </mark>
      <mark className={styles.mark} data-side="fake" data-flipped>
        flipped by a negator
      </mark>
      <mark className={styles.mark} data-side="none" data-negator>
        negator
      </mark>
      <span className={styles.keyword}>keyword (VCR)</span>
    </p>
  );
}

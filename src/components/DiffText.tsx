// Two texts as one: what went is struck out, what came is underlined; both also have words for those who do not see it.
import { useMemo } from 'react';
import { countDiff, wordDiff, type DiffPart } from '../shared/text/word-diff.ts';
import styles from './DiffText.module.css';

export interface DiffTextProps {
  before: string;
  after: string;
  /** What the two are, for the line above: `step 5`, `step 10`. */
  names: { before: string; after: string };
}

function Part({ kind, text }: DiffPart) {
  if (kind === 'same') return text;
  const Tag = kind === 'added' ? 'ins' : 'del';
  return (
    <Tag className={styles[kind]}>
      <span className={styles.srOnly}>{kind === 'added' ? ' [added: ' : ' [removed: '}</span>
      {text}
      <span className={styles.srOnly}>] </span>
    </Tag>
  );
}

/** Without the signs of bold text and headings, which are no words. */
function plainText(text: string): string {
  return text.replaceAll('**', '').replace(/^#+ */gm, '').trim();
}

/** A word diff with its counts. Equal texts say so. */
export function DiffText({ before, after, names }: DiffTextProps) {
  const parts = useMemo(() => wordDiff(plainText(before), plainText(after)), [before, after]);
  const { same, added, removed } = countDiff(parts);
  const isEqual = added === 0 && removed === 0;
  return (
    <section
      className={styles.diff}
      data-testid="text-diff"
      data-added={added}
      data-removed={removed}
      aria-label={`From ${names.before} to ${names.after}`}
    >
      <p className={styles.counts}>
        {isEqual ? (
          `Word for word the same as ${names.before}.`
        ) : (
          <>
            Against {names.before}: <ins className={styles.added}>{added} words added</ins>,{' '}
            <del className={styles.removed}>{removed} removed</del>, {same} the same.
          </>
        )}
      </p>
      <div className={styles.text}>
        {parts.map((part, i) => (
          // Parts have no identity of their own; the list is made anew with the texts.
          <Part key={i} {...part} />
        ))}
      </div>
    </section>
  );
}

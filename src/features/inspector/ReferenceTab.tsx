// The annotation of the dataset beside the generated answer. Overlap of words is a weak measure and is labelled so.
import { useMemo } from 'react';
import { LexiconText } from '../../components/LexiconText.tsx';
import type { Annotation } from '../../shared/domain/sample.ts';
import { textOverlap } from '../../shared/metrics/text-overlap.ts';
import { lexiconVote } from '../../shared/text/lexicon.ts';
import { splitParagraphs } from '../../shared/text/paragraphs.ts';
import type { Reading } from './reading.ts';
import styles from './Inspector.module.css';

export interface ReferenceTabProps {
  annotation: Annotation | undefined;
  reading: Reading | null;
}

function MarkedParagraphs({ text }: { text: string }) {
  const paragraphs = useMemo(() => splitParagraphs(text).map((paragraph) => ({ ...paragraph, ...lexiconVote(paragraph.text) })), [text]);
  return paragraphs.map(({ text, start, hits }) => (
    <p key={start} className={styles.referenceText}>
      <LexiconText text={text} hits={hits} keyword="" />
    </p>
  ));
}

function Overlap({ generated, reference }: { generated: string; reference: string }) {
  const { rougeL_f, token_f1 } = useMemo(() => textOverlap(generated, reference), [generated, reference]);
  return (
    <p className={styles.facts}>
      ROUGE-L {rougeL_f.toFixed(3)}, token F1 {token_f1.toFixed(3)}. <b>Weak measures:</b> they count shared words, not whether the
      reasoning is right.
    </p>
  );
}

/** Side by side; on narrow pages one above the other. */
export function ReferenceTab({ annotation, reading }: ReferenceTabProps) {
  if (!annotation) return <p className={styles.facts}>The dataset has no reference reasoning for this image.</p>;
  return (
    <div className={styles.tab}>
      {reading ? <Overlap generated={reading.text} reference={annotation.answer} /> : null}
      <div className={styles.sideBySide}>
        <section>
          <h3>Reference</h3>
          <p className={styles.facts}>{annotation.source}</p>
          <MarkedParagraphs text={annotation.answer} />
        </section>
        <section>
          <h3>Generated</h3>
          <p className={styles.facts}>{reading ? reading.source : ''}</p>
          {reading ? <MarkedParagraphs text={reading.text} /> : <p>No answer yet: run the model on this image.</p>}
        </section>
      </div>
    </div>
  );
}

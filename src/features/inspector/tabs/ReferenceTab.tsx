// The annotation of the dataset beside the generated answer. Overlap of words is a weak measure and is labelled so.
import { useMemo } from 'react';
import { formatFigure } from '../../../components/format.ts';
import { DiffText } from '../../../components/DiffText.tsx';
import { LexiconText } from '../../../components/LexiconText.tsx';
import type { Annotation } from '../../../shared/domain/sample.ts';
import { Pills } from '../../../components/Pills.tsx';
import { sentenceBleu } from '../../../shared/metrics/bleu.ts';
import { textOverlap } from '../../../shared/metrics/text-overlap.ts';
import { lexiconVote } from '../../../shared/text/lexicon.ts';
import { splitParagraphs } from '../../../shared/text/paragraphs.ts';
import type { Reading } from '../reading.ts';
import type { InspectAddress } from '../use-address.ts';
import styles from '../Inspector.module.css';

export interface ReferenceTabProps {
  annotation: Annotation | undefined;
  reading: Reading | null;
  address: Pick<InspectAddress, 'read' | 'patch'>;
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
  const { rougeL_f, token_f1, bleu } = useMemo(
    () => ({ ...textOverlap(generated, reference), bleu: sentenceBleu(generated, reference) }),
    [generated, reference],
  );
  return (
    <p className={styles.facts} data-testid="text-overlap" data-rouge={rougeL_f} data-f1={token_f1} data-bleu={bleu}>
      ROUGE-L {formatFigure(rougeL_f)}, token F1 {formatFigure(token_f1)}, BLEU {formatFigure(bleu)}. <b>Weak measures:</b> they count
      shared words, not whether the reasoning is right.
    </p>
  );
}

type Layout = 'beside' | 'diff';
const LAYOUTS: { value: Layout; label: string }[] = [
  { value: 'beside', label: 'Both texts' },
  { value: 'diff', label: 'As a diff' },
];

function Beside({ annotation, reading }: { annotation: Annotation; reading: Reading | null }) {
  return (
    <div className={styles.sideBySide}>
      <section>
        <h2 className={styles.subhead}>Reference</h2>
        <p className={styles.facts}>{annotation.source}</p>
        <MarkedParagraphs text={annotation.answer} />
      </section>
      <section>
        <h2 className={styles.subhead}>Generated</h2>
        <p className={styles.facts}>{reading ? reading.source : ''}</p>
        {reading ? <MarkedParagraphs text={reading.text} /> : <p>No answer yet: run the model on this image.</p>}
      </section>
    </div>
  );
}

/** Reference and answer side by side or as one text; on narrow pages one above the other. The layout is part of the address. */
export function ReferenceTab({ annotation, reading, address }: ReferenceTabProps) {
  const layout: Layout = address.read('layout') === 'diff' ? 'diff' : 'beside';
  if (!annotation) return <p className={styles.firstLine}>The dataset has no reference reasoning for this image.</p>;
  return (
    <div className={styles.tab}>
      {reading ? <Overlap generated={reading.text} reference={annotation.answer} /> : null}
      {reading ? (
        <Pills
          label="Layout"
          value={layout}
          onChange={(next) => address.patch({ layout: next === 'diff' ? next : null })}
          options={LAYOUTS}
        />
      ) : null}
      {reading && layout === 'diff' ? (
        <DiffText before={annotation.answer} after={reading.text} names={{ before: 'the reference', after: 'the answer' }} />
      ) : (
        <Beside annotation={annotation} reading={reading} />
      )}
    </div>
  );
}

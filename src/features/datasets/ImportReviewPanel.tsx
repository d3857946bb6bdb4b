import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { formatBytes, formatCount, formatPlural } from '../../components/format.ts';
import type { ImportReview, RecognisedFile } from '../../shared/protocol.ts';
import { hasAnswers, ImportsStore } from '../../state/imports.ts';
import { CountMatrix } from './CountMatrix.tsx';
import styles from './ImportDialog.module.css';
import { PathList } from './PathList.tsx';
import { ProblemList } from './ProblemList.tsx';

/** Three numbered parts, all visible: folders, annotations, checks. Then name and start. */
export function ImportReviewPanel({ review }: { review: ImportReview }) {
  const store = ImportsStore.useApi();
  const [name, setName] = useState(review.suggestedName);
  const [fixes, setFixes] = useState(() => new Set(review.problems.flatMap(({ code, action }) => (action === 'fixed' ? [code] : []))));
  const onFix = (code: string, accepted: boolean) => {
    const next = new Set(fixes);
    if (accepted) next.add(code);
    else next.delete(code);
    setFixes(next);
  };
  const start = () => void store.getState().start(name.trim() || review.suggestedName, [...fixes]);
  return (
    <div
      className={styles.review}
      data-testid="import-review"
      data-found={review.imagesFound}
      data-matched={review.matched}
      data-problems={review.problems.length}
    >
      <FoldersPart review={review} />
      <AnnotationsPart review={review} />
      <section>
        <h3>
          <span className={styles.step}>3</span> Checks{' '}
          <span className={styles.count}>{formatPlural(review.problems.length, 'problem')}</span>
        </h3>
        <ProblemList problems={review.problems} fixes={fixes} onFix={onFix} />
        <PathList title="Neither image nor annotation, not imported" paths={review.ignored} />
      </section>
      <footer className={styles.footer}>
        <TextInput className={styles.name} label="Name of the dataset" value={name} onChange={(event) => setName(event.target.value)} />
        <Button variant="default" onClick={store.getState().cancel} data-testid="import-cancel">
          Cancel
        </Button>
        {hasAnswers(review) ? (
          <Button variant="default" onClick={() => void store.getState().scoreAnswers()} data-testid="import-score">
            Score the answers only
          </Button>
        ) : null}
        <Button onClick={start} disabled={review.imagesFound === 0} data-testid="import-start">
          Import {formatPlural(review.imagesFound, 'image')}
        </Button>
      </footer>
    </div>
  );
}

function FoldersPart({ review }: { review: ImportReview }) {
  const { usedBytes, quotaBytes, neededBytes } = review.quota;
  const isTight = quotaBytes > 0 && usedBytes + neededBytes > quotaBytes;
  return (
    <section>
      <h3>
        <span className={styles.step}>1</span> Folders <span className={styles.count}>{formatPlural(review.imagesFound, 'image')}</span>
      </h3>
      <p>
        <WithCode text={review.layout} />
      </p>
      {review.tree.length > 0 ? <CountMatrix rows={review.tree} /> : null}
      <p className={isTight ? styles.caution : styles.note}>
        Needs {formatBytes(neededBytes)} of browser storage; {formatBytes(Math.max(0, quotaBytes - usedBytes))} are free.
        {isTight ? ' It does not fit: take a smaller folder or delete data on Device & storage.' : ''}
      </p>
    </section>
  );
}

const KIND_WORDS: Record<RecognisedFile['kind'], string> = {
  'train-json': 'LLaVA annotations',
  'question-jsonl': 'questions',
  'answers-jsonl': 'answers of a model',
  unknown: 'not recognised',
};

function AnnotationsPart({ review }: { review: ImportReview }) {
  return (
    <section>
      <h3>
        <span className={styles.step}>2</span> Annotations <span className={styles.count}>{formatCount(review.matched)} matched</span>
      </h3>
      {review.files.length === 0 ? (
        <p className={styles.note}>No JSON or JSONL file was in the drop. Labels come from the folders alone.</p>
      ) : null}
      <ul className={styles.files}>
        {review.files.map(({ path, kind, rows, matched }) => (
          <li key={path}>
            <code>{path}</code>
            <span>
              {KIND_WORDS[kind]}
              {kind === 'unknown' ? '' : `: ${formatPlural(rows, 'row')}, ${formatCount(matched)} matched to an image`}
            </span>
          </li>
        ))}
      </ul>
      <PathList title="Text without an image" paths={review.textWithoutImage} />
      <PathList title="Images without text" paths={review.imagesWithoutText} />
    </section>
  );
}

/** Text with `names` between backticks set as code. */
function WithCode({ text }: { text: string }) {
  return text.split('`').map((piece, index) => (index % 2 === 1 ? <code key={`${index}-${piece}`}>{piece}</code> : piece));
}

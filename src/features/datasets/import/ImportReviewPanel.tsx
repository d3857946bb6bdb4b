import { Button, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { formatBytes, formatCount, formatPlural } from '../../../components/format.ts';
import type { ImportReview, JoinRule, RecognisedFile } from '../../../shared/data-api.ts';
import { hasAnswers, ImportsStore } from '../../../state/imports.ts';
import { CountMatrix } from '../CountMatrix.tsx';
import styles from './ImportDialog.module.css';
import { PathList } from './PathList.tsx';
import { fittingImages, picturesOptions, proposedPictures } from './pictures-choice.ts';
import { PicturesChoice } from './PicturesChoice.tsx';
import { ProblemList } from '../ProblemList.tsx';
import { countProblems } from '../problems.ts';

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
  const canLink = ImportsStore.use((state) => state.canLink);
  const [pictures, setPictures] = useState(() => proposedPictures(review, canLink));
  const fitting = fittingImages(review, pictures);
  const [chosenSample, setSample] = useState<string | null>(null);
  const sample = chosenSample ?? (fitting < review.imagesFound ? String(fitting) : '');
  const sampleSize = sample.trim() === '' ? review.imagesFound : Number(sample);
  const isSampleFine = Number.isSafeInteger(sampleSize) && sampleSize >= 1 && sampleSize <= review.imagesFound;
  const start = () => {
    void store.getState().start(name.trim() || review.suggestedName, [...fixes], {
      ...(sampleSize < review.imagesFound && { sampleSize }),
      ...(pictures !== 'copied' && { pictures }),
    });
  };
  return (
    <div
      className={styles.review}
      data-testid="import-review"
      data-found={review.imagesFound}
      data-matched={review.matched}
      data-problems={countProblems(review.problems)}
    >
      <FoldersPart review={review} sampleSize={isSampleFine ? sampleSize : review.imagesFound}>
        {review.imagesFound > 0 ? (
          <PicturesChoice
            options={picturesOptions(review, isSampleFine ? sampleSize : review.imagesFound, canLink)}
            value={pictures}
            onChange={setPictures}
          />
        ) : null}
      </FoldersPart>
      <AnnotationsPart review={review} />
      <section>
        <h3>
          <span className={styles.step}>3</span> Checks{' '}
          <span className={styles.count}>{formatPlural(countProblems(review.problems), 'problem')}</span>
        </h3>
        <ProblemList problems={review.problems} fixes={fixes} onFix={onFix} />
        <PathList title="Neither image nor annotation, not imported" paths={review.ignored} total={review.totals?.ignored} />
      </section>
      <footer className={styles.footer}>
        {review.imagesFound > 0 ? (
          <>
            <TextInput className={styles.name} label="Name of the dataset" value={name} onChange={(event) => setName(event.target.value)} />
            <TextInput
              className={styles.sample}
              label="Only a sample of"
              placeholder="all images"
              inputMode="numeric"
              data-testid="import-sample"
              value={sample}
              onChange={(event) => setSample(event.target.value)}
              error={isSampleFine ? null : `1 to ${formatCount(review.imagesFound)}`}
            />
          </>
        ) : null}
        <Button variant="default" onClick={store.getState().cancel} data-testid="import-cancel">
          Cancel
        </Button>
        {hasAnswers(review) ? (
          <Button variant="default" onClick={() => void store.getState().scoreAnswers()} data-testid="import-score">
            Score the answers only
          </Button>
        ) : null}
        <Button onClick={start} disabled={review.imagesFound === 0 || !isSampleFine} data-testid="import-start">
          Import {formatPlural(isSampleFine ? sampleSize : review.imagesFound, 'image')}
        </Button>
      </footer>
    </div>
  );
}

interface FoldersPartProps {
  review: ImportReview;
  sampleSize: number;
  /** Where the pictures stay. */
  children: ReactNode;
}

function FoldersPart({ review, sampleSize, children }: FoldersPartProps) {
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
        {quotaBytes > 0 ? `${formatBytes(Math.max(0, quotaBytes - usedBytes))} of browser storage are free.` : ''}
        {isTight
          ? ' Copies of all pictures do not fit: link the folder, keep thumbnails only, take a sample (below), or delete data on Device & storage.'
          : ''}
        {sampleSize < review.imagesFound
          ? ` A seeded sample of ${formatCount(sampleSize)} images is taken; the same folder gives the same sample.`
          : ''}
      </p>
      {children}
    </section>
  );
}

const KIND_WORDS: Record<RecognisedFile['kind'], string> = {
  'train-json': 'LLaVA annotations',
  'question-jsonl': 'questions',
  'answers-jsonl': 'answers of a model',
  'tags-jsonl': 'tags and notes',
  'metadata-jsonl': 'imagefolder metadata',
  unknown: 'not recognised',
};

const RULE_WORDS: Record<JoinRule, string> = {
  image: 'by their path',
  id: 'by their id',
  name: 'by their file name',
  extension: 'by a name with another extension',
};

/** How rows found their images; nothing where all of them named the path. */
function JoinRules({ joins }: Pick<ImportReview, 'joins'>) {
  const rules = (['image', 'id', 'name', 'extension'] as const).filter((rule) => joins[rule] > 0);
  if (rules.every((rule) => rule === 'image')) return null;
  return (
    <p
      className={styles.note}
      data-testid="import-joins"
      data-image={joins.image}
      data-id={joins.id}
      data-name={joins.name}
      data-extension={joins.extension}
    >
      Rows joined: {rules.map((rule) => `${formatCount(joins[rule])} ${RULE_WORDS[rule]}`).join(', ')}.
    </p>
  );
}

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
      <JoinRules joins={review.joins} />
      <PathList title="Text without an image" paths={review.textWithoutImage} total={review.totals?.textWithoutImage} />
      <PathList title="Images without text" paths={review.imagesWithoutText} total={review.totals?.imagesWithoutText} />
    </section>
  );
}

/** Text with `names` between backticks set as code. */
function WithCode({ text }: { text: string }) {
  return text.split('`').map((piece, index) => (index % 2 === 1 ? <code key={`${index}-${piece}`}>{piece}</code> : piece));
}

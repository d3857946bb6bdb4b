import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { formatBytes, formatCount, formatDate, formatHash, formatPlural } from '../../components/format.ts';
import type { DatasetRecord, PicturePlace } from '../../shared/domain/sample.ts';
import { CountMatrix } from './CountMatrix.tsx';
import styles from './DatasetListPage.module.css';
import { countProblems } from './problems.ts';

/** Said of datasets whose pictures are not stored here. */
export const PICTURE_WORDS: Record<PicturePlace, string> = {
  linked: 'pictures stay in the linked folder',
  thumbnails: 'thumbnails only',
};

const STATE_WORDS: Record<DatasetRecord['state'], string> = {
  importing: 'import not finished',
  partial: 'import was stopped; what is here is whole',
  ready: '',
};

export interface DatasetCardProps {
  dataset: DatasetRecord;
  /** Its import runs right now. */
  isGrowing?: boolean;
  onDelete: () => void;
  onRescan: () => void;
}

/** One dataset of the list. */
export function DatasetCard({ dataset, isGrowing = false, onDelete, onRescan }: DatasetCardProps) {
  const { id, name, imageCount, annotationCount, sizeBytes, synthetic, state, counts, contentHash, createdAt, summary, pictures } = dataset;
  const to = `/data/${encodeURIComponent(id)}`;
  const problems = countProblems(summary?.problems ?? []);
  return (
    <article className={styles.card} data-testid="dataset-card" data-dataset-id={id} data-images={imageCount}>
      <header className={styles.head}>
        <h2>
          <Link to={to}>{name}</Link>
        </h2>
        <span className={styles.badges}>
          {synthetic ? <span className={styles.badge}>synthetic</span> : null}
          {pictures ? (
            <span className={styles.badge} data-testid="dataset-pictures" data-value={pictures}>
              {PICTURE_WORDS[pictures]}
            </span>
          ) : null}
          {state === 'ready' ? null : (
            <span className={styles.badge} data-tone="warn">
              {STATE_WORDS[state]}
            </span>
          )}
          {problems > 0 ? (
            <Link className={styles.badge} data-tone="warn" to={`${to}?tab=health`}>
              {formatPlural(problems, 'problem')}
            </Link>
          ) : null}
        </span>
      </header>
      <p className={styles.facts}>
        <b>{formatCount(imageCount)}</b> images, <b>{formatCount(annotationCount)}</b> with annotation, {formatBytes(sizeBytes)}
      </p>
      {counts.length > 0 ? <CountMatrix rows={counts} /> : null}
      <footer className={styles.foot}>
        <span>
          {formatDate(createdAt)}, content <code title={contentHash}>{formatHash(contentHash)}</code>
        </span>
        <span className={styles.buttons}>
          {synthetic ? null : (
            <Button variant="subtle" onClick={onRescan} disabled={isGrowing} data-testid="dataset-rescan">
              Re-scan
            </Button>
          )}
          <Button variant="subtle" onClick={onDelete} disabled={isGrowing}>
            Delete
          </Button>
          <Button variant="default" component={Link} to={`/eval/new?dataset=${encodeURIComponent(id)}`}>
            Evaluate
          </Button>
          <Button component={Link} to={to}>
            Browse
          </Button>
        </span>
      </footer>
    </article>
  );
}

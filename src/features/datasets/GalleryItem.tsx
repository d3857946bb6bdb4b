import { memo } from 'react';
import type { SampleRow } from '../../state/samples.ts';
import styles from './Gallery.module.css';

export interface GalleryItemProps {
  row: SampleRow;
  column: number;
  index: number;
  /** Undefined while loading, null where the image could not be shown. */
  url: string | null | undefined;
  isTabStop: boolean;
  isSelected: boolean;
  onSelect: (id: string, index: number) => void;
}

const LABEL_SHAPES: Record<string, string> = { real: '○', fake: '◆', none: '·', unparsed: '–' };

/** One frame of the contact sheet: picture, file name, label; a model answer that differs from the label is marked. */
export const GalleryItem = memo(function GalleryItem({ row, column, index, url, isTabStop, isSelected, onSelect }: GalleryItemProps) {
  const { id, path, domain, split, label, predicted } = row;
  const isWrong = label !== null && predicted !== 'none' && predicted !== label;
  return (
    <div role="gridcell" aria-colindex={column + 1} aria-selected={isSelected} className={styles.cell}>
      <button
        type="button"
        className={styles.item}
        tabIndex={isTabStop ? 0 : -1}
        onClick={() => onSelect(id, index)}
        title={path}
        aria-label={`${path}, ${label ?? 'no label'}${predicted === 'none' ? '' : `, model answer ${predicted}`}`}
        data-index={index}
        data-selected={isSelected || undefined}
        data-testid="gallery-item"
        data-path={path}
        data-domain={domain}
        data-split={split}
        data-label={label ?? ''}
        data-predicted={predicted}
      >
        <span className={styles.picture}>
          {url ? (
            <img src={url} alt="" loading="lazy" decoding="async" />
          ) : (
            <span className={styles.missing}>{url === null ? 'no picture' : ''}</span>
          )}
          {isWrong ? <span className={styles.wrong}>answer: {predicted}</span> : null}
        </span>
        <span className={styles.caption}>
          <span className={styles.file}>{path.slice(path.lastIndexOf('/') + 1)}</span>
          <span data-label={label ?? 'none'}>
            {LABEL_SHAPES[label ?? 'none']} {label ?? 'none'}
          </span>
        </span>
      </button>
    </div>
  );
});

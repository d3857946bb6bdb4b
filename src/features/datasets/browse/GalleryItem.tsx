import { memo } from 'react';
import { EXCLUDED_TAG } from '../../../shared/sample-choice.ts';
import type { SampleRow } from '../../../state/samples.ts';
import styles from './Gallery.module.css';

export interface GalleryItemProps {
  row: SampleRow;
  column: number;
  index: number;
  /** Undefined while loading, null where the image could not be shown. */
  url: string | null | undefined;
  isTabStop: boolean;
  isSelected: boolean;
  isPicked: boolean;
  onSelect: (id: string, index: number) => void;
  onPick: (index: number, isRange: boolean) => void;
}

const LABEL_SHAPES: Record<string, string> = { real: '○', fake: '◆', none: '·', unparsed: '–' };

const answersWrong = ({ label, predicted }: SampleRow): boolean => label !== null && predicted !== 'none' && predicted !== label;

/** What is spoken: first the words that are seen, in their order, then the rest (WCAG 2.5.3). */
function nameOf(row: SampleRow, isPicked: boolean): string {
  const { path, label, predicted, tags } = row;
  const cut = path.lastIndexOf('/');
  const answer = predicted === 'none' ? [] : [`answer: ${predicted}`];
  const seen = [...(answersWrong(row) ? answer : []), path.slice(cut + 1), label ?? 'none'];
  const rest = [...(answersWrong(row) ? [] : answer), ...(cut > 0 ? [`in ${path.slice(0, cut)}`] : [])];
  return [...seen, ...rest, ...(tags.length > 0 ? [`tags ${tags.join(' ')}`] : []), ...(isPicked ? ['picked'] : [])].join(', ');
}

/** One frame of the contact sheet: picture, file name, label, tags; a model answer that differs from the label is marked. */
export const GalleryItem = memo(function GalleryItem(props: GalleryItemProps) {
  const { row, column, index, url, isTabStop, isSelected, isPicked, onSelect, onPick } = props;
  const { id, path, domain, split, label, predicted, tags, note } = row;
  const isWrong = answersWrong(row);
  return (
    <div role="gridcell" aria-colindex={column + 1} aria-selected={isSelected} className={styles.cell} data-picked={isPicked || undefined}>
      <input
        type="checkbox"
        className={styles.pick}
        checked={isPicked}
        tabIndex={-1}
        aria-label={`Pick ${path}`}
        data-testid="gallery-pick"
        onChange={(event) => onPick(index, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)}
      />
      {tags.length > 0 || note ? (
        <span className={styles.tags} aria-hidden>
          {tags.map((tag) => (
            <span key={tag}>{tag}</span>
          ))}
          {note ? <span>note</span> : null}
        </span>
      ) : null}
      <button
        type="button"
        className={styles.item}
        tabIndex={isTabStop ? 0 : -1}
        onClick={() => onSelect(id, index)}
        title={path}
        aria-label={nameOf(row, isPicked)}
        data-index={index}
        data-selected={isSelected || undefined}
        data-testid="gallery-item"
        data-path={path}
        data-domain={domain}
        data-split={split}
        data-label={label ?? ''}
        data-predicted={predicted}
        data-tags={tags.join(' ')}
        data-excluded={tags.includes(EXCLUDED_TAG) || undefined}
      >
        <span className={styles.picture}>
          {url ? (
            <img src={url} alt="" loading="lazy" decoding="async" />
          ) : (
            <span className={styles.missing}>{url === null ? 'no picture' : ''}</span>
          )}
          {isWrong ? <span className={styles.wrong}>answer: {predicted} </span> : null}
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

// A contact sheet of any length: only the rows on screen exist. One tab stop; arrows (and j, k) move through the images, x picks
// one, f marks it for review.
import { useElementSize } from '@mantine/hooks';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import type { FocusEvent, KeyboardEvent, RefObject } from 'react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { KeyboardStore, meantKey } from '../../../state/keyboard.ts';
import type { SampleRow } from '../../../state/samples.ts';
import { useThumbnails } from '../../../state/use-thumbnails.ts';
import styles from './Gallery.module.css';
import { GalleryItem } from './GalleryItem.tsx';
import { moveInGrid } from './grid-keys.ts';

export interface GalleryProps {
  rows: readonly SampleRow[];
  selectedId: string | null;
  onSelect: (id: string) => void;
  /** Picked by hand, for tags. */
  picked: ReadonlySet<string>;
  onPick: (ids: Iterable<string>) => void;
  onMark: (row: SampleRow) => void;
}

/** Smallest tile and the caption under it, pixels. */
const TILE_WIDTH = 118;
const CAPTION_HEIGHT = 24;
const GAP = 10;

/** The virtual grid. */
export function Gallery({ rows, selectedId, onSelect, picked, onPick, onMark }: GalleryProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: sizeRef, width } = useElementSize();
  const columns = Math.max(1, Math.floor((width + GAP) / (TILE_WIDTH + GAP)));
  const tile = (width - GAP * (columns - 1)) / columns;
  const [wanted, setIndex] = useState(() =>
    Math.max(
      0,
      rows.findIndex(({ id }) => id === selectedId),
    ),
  );
  const index = Math.min(wanted, rows.length - 1);
  const virtual = useVirtualizer({
    count: Math.ceil(rows.length / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => Math.max(1, tile) + CAPTION_HEIGHT + GAP,
    overscan: 3,
    // The tab stop stays in the page even when it is scrolled out of sight.
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), Math.floor(index / columns)])].sort((a, b) => a - b),
  });
  useEffect(() => virtual.measure(), [virtual, tile]);
  const { focusWhenThere, onFocus, onBlur } = useTileFocus(scroller, index, columns);

  const lines = width > 0 ? virtual.getVirtualItems() : [];
  const visible = lines.flatMap(({ index: line }) => rows.slice(line * columns, (line + 1) * columns));
  const thumbnails = useThumbnails(visible.map(({ id }) => id));
  const select = (id: string, at: number) => {
    setIndex(at);
    onSelect(id);
  };
  const { singleKeys, map } = KeyboardStore.use((state) => state);
  const { pickAt } = usePicking(rows, picked, onPick);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[index];
    const key = meantKey(event.key, map);
    if (key === null || (key.length === 1 && !singleKeys)) return;
    if (row && key === 'x') return pickAt(index, false);
    if (row && key === 'f') return onMark(row);
    const next = moveInGrid(key, index, columns, rows.length);
    if (next === null) return;
    event.preventDefault();
    setIndex(next);
    virtual.scrollToIndex(Math.floor(next / columns));
    focusWhenThere();
  };

  return (
    <div ref={scroller} className={styles.scroller} data-gallery-scroller>
      {/* The grid owns the arrow keys; the buttons inside own Enter and clicks. */}
      {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus */}
      <div
        ref={sizeRef}
        role="grid"
        aria-label="Images"
        aria-rowcount={Math.ceil(rows.length / columns)}
        aria-colcount={columns}
        className={styles.grid}
        style={{ height: virtual.getTotalSize() }}
        onKeyDown={onKeyDown}
        onFocus={onFocus}
        onBlur={onBlur}
      >
        {lines.map(({ index: line, start, key }) => (
          <div
            key={key}
            role="row"
            aria-rowindex={line + 1}
            className={styles.row}
            style={{ transform: `translateY(${start}px)`, gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
          >
            {rows.slice(line * columns, (line + 1) * columns).map((row, column) => (
              <GalleryItem
                key={row.id}
                row={row}
                column={column}
                index={line * columns + column}
                url={thumbnails.get(row.id)}
                isTabStop={line * columns + column === index}
                isSelected={row.id === selectedId}
                isPicked={picked.has(row.id)}
                onSelect={select}
                onPick={pickAt}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Picks single images, and with Shift everything since the last one. */
function usePicking(rows: readonly SampleRow[], picked: ReadonlySet<string>, onPick: GalleryProps['onPick']) {
  const state = useRef({ rows, picked, onPick, last: 0 });
  useEffect(() => {
    state.current = { ...state.current, rows, picked, onPick };
  }, [rows, picked, onPick]);
  const pickAt = useCallback((index: number, isRange: boolean) => {
    const { rows, picked, onPick, last } = state.current;
    const [from, to] = isRange ? [Math.min(last, index), Math.max(last, index)] : [index, index];
    const ids = rows.slice(from, to + 1).map(({ id }) => id);
    const next = new Set(picked);
    const isOff = !isRange && ids.every((id) => picked.has(id));
    for (const id of ids) {
      if (isOff) next.delete(id);
      else next.add(id);
    }
    state.current.last = index;
    onPick(next);
  }, []);
  return { pickAt };
}

/**
 * Gives the focus to the tile of `index` once the scroll has made it, and gives it back when another number of columns has
 * put the tile into another row, which takes the focused element away.
 */
function useTileFocus(scroller: RefObject<HTMLDivElement | null>, index: number, columns: number) {
  const isAsked = useRef(false);
  const isInside = useRef(false);
  useEffect(() => {
    if (isInside.current && !scroller.current?.contains(document.activeElement)) isAsked.current = true;
    // Runs when the number of columns has changed, which is what moves the tiles.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [scroller, columns]);
  useEffect(() => {
    const tile = isAsked.current ? scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`) : null;
    if (!tile) return;
    isAsked.current = false;
    tile.focus();
  });
  return {
    focusWhenThere: () => {
      isAsked.current = true;
    },
    onFocus: () => {
      isInside.current = true;
    },
    onBlur: (event: FocusEvent) => {
      if (event.relatedTarget) isInside.current = false;
    },
  };
}

// A rectangle on a picture: drawn with the pointer, moved and sized with arrow keys, or typed as numbers.
import type { CSSProperties, KeyboardEvent, PointerEvent } from 'react';
import { useRef } from 'react';
import type { Region } from '../../../shared/image/rgb-image.ts';
import { clampRegion } from '../../../shared/image/edit.ts';
import type { PatchGrid } from '../tabs/edit-text.ts';
import { snapToPatches } from '../tabs/edit-text.ts';
import { NumberField } from '../tabs/NumberField.tsx';
import { seenSquare, type PictureSize } from './picture-frame.ts';
import styles from '../tabs/WhatIf.module.css';

export interface RegionPickerProps {
  url: string | null;
  /** Stored size, pixels. */
  width: number;
  height: number;
  region: Region;
  /** Whole patches only; null for any rectangle. */
  grid: PatchGrid | null;
  /** The model sees the middle square of the region instead of that of the picture. */
  isCrop?: boolean;
  onChange: (region: Region) => void;
}

/** Patches of a fraction of a pixel have rounded edges: a step from one to the next may land a pixel beside it. */
const EDGE_SLACK = 1.5;

const ARROWS: Record<string, readonly [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The region after an arrow key: moved, or with Shift another size. Null for other keys. */
export function regionAfterKey(
  region: Region,
  { key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>,
  step: number,
  size: { width: number; height: number },
): Region | null {
  const arrow = ARROWS[key];
  if (!arrow) return null;
  const [dx, dy] = [arrow[0] * step, arrow[1] * step];
  if (shiftKey) return clampRegion({ ...region, width: region.width + dx, height: region.height + dy }, size);
  const left = Math.min(size.width - region.width, Math.max(0, region.left + dx));
  const top = Math.min(size.height - region.height, Math.max(0, region.top + dy));
  return { ...region, left: Math.round(left), top: Math.round(top) };
}

/** Where a part of the picture lies over it. */
function placed({ left, top, width, height }: Region, picture: PictureSize): CSSProperties {
  const share = (value: number, of: number): string => `${(100 * value) / of}%`;
  return {
    left: share(left, picture.width),
    top: share(top, picture.height),
    width: share(width, picture.width),
    height: share(height, picture.height),
  };
}

/** A square as a region. */
const squareAt = ({ left, top, side }: { left: number; top: number; side: number }): Region => ({ left, top, width: side, height: side });

/** The picture as stored with the rectangle over it. */
export function RegionPicker({ url, width, height, region, grid, isCrop = false, onChange }: RegionPickerProps) {
  const size = { width, height };
  const isCut = width !== height && !isCrop;
  const start = useRef<{ x: number; y: number } | null>(null);
  const put = (next: Region, slack = 0) => onChange(clampRegion(grid ? snapToPatches(next, grid, slack) : next, size));
  const placeOf = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: ((event.clientX - box.left) / box.width) * width, y: ((event.clientY - box.top) / box.height) * height };
  };
  const drawTo = (event: PointerEvent) => {
    const from = start.current;
    if (!from) return;
    const to = placeOf(event);
    put({ left: Math.min(from.x, to.x), top: Math.min(from.y, to.y), width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) });
  };
  const endDrawing = () => {
    start.current = null;
  };
  const step = grid ? grid.side : Math.max(1, Math.round(Math.min(width, height) / 32));
  return (
    <div
      className={styles.picker}
      data-testid="region-picker"
      style={{ aspectRatio: `${width} / ${height}` }}
      onPointerDown={(event) => {
        if (event.button !== 0) return; // another button opens a menu
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = placeOf(event);
        if (grid) drawTo(event);
      }}
      onPointerMove={drawTo}
      onPointerUp={endDrawing}
      onPointerCancel={endDrawing}
    >
      {url ? <img src={url} alt="" draggable={false} style={{ imageOrientation: 'none' }} /> : null}
      {isCut ? <span className={styles.seen} aria-hidden style={placed(squareAt(seenSquare(size)), size)} /> : null}
      {grid ? (
        <span
          className={styles.grid}
          aria-hidden
          style={{
            ...placed(squareAt({ ...grid, side: grid.side * grid.count }), size),
            backgroundSize: `${100 / grid.count}% ${100 / grid.count}%`,
          }}
        />
      ) : null}
      <button
        type="button"
        className={styles.region}
        data-own-arrows
        aria-label={`Region: ${region.width} × ${region.height} pixels at ${region.left}, ${region.top}. Arrows move it, Shift and arrows change its size.`}
        style={placed(region, size)}
        onKeyDown={(event) => {
          const next = regionAfterKey(region, event, step, size);
          if (!next) return;
          event.preventDefault();
          put(next, EDGE_SLACK);
        }}
      />
    </div>
  );
}

const FIELDS = ['left', 'top', 'width', 'height'] as const;

/** The same rectangle as numbers. */
export function RegionFields({ width, height, region, onChange }: Omit<RegionPickerProps, 'url' | 'grid' | 'isCrop'>) {
  return (
    <div className={styles.fields}>
      {FIELDS.map((field) => (
        <NumberField
          key={field}
          label={field}
          min={field === 'left' || field === 'top' ? 0 : 1}
          max={field === 'left' || field === 'width' ? width : height}
          value={region[field]}
          onChange={(value) => onChange(clampRegion({ ...region, [field]: value }, { width, height }))}
        />
      ))}
    </div>
  );
}

// The picture: zoom, pan, flip, and the model's similarity map over it.
import { ActionIcon } from '@mantine/core';
import { IconArrowsMaximize, IconFlipVertical, IconMinus, IconPlus } from '@tabler/icons-react';
import type { PointerEvent, WheelEvent } from 'react';
import { useRef, useState } from 'react';
import styles from './ImageStage.module.css';

/** Cosines of one paragraph with each patch, row-major. */
export interface PatchMap {
  gridSize: number;
  cosines: readonly number[];
  caption: string;
}

export interface ImageStageProps {
  url: string | null;
  path: string;
  /** Stored size; the model sees the middle square. */
  width: number;
  height: number;
  map: PatchMap | null;
}

interface View {
  zoom: number;
  x: number;
  y: number;
  flipped: boolean;
}

const HOME: View = { zoom: 1, x: 0, y: 0, flipped: false };
const MAX_ZOOM = 16;

function MapOverlay({ map, width, height }: { map: PatchMap; width: number; height: number }) {
  const low = Math.min(...map.cosines);
  const high = Math.max(...map.cosines);
  const side = Math.min(width, height);
  const box = { width: `${(100 * side) / width}%`, height: `${(100 * side) / height}%` };
  return (
    <div className={styles.map} style={{ ...box, gridTemplateColumns: `repeat(${map.gridSize}, 1fr)` }} aria-hidden>
      {map.cosines.map((cosine, i) => {
        const share = high > low ? (cosine - low) / (high - low) : 0;
        // The order of patches never changes, so the index is the key.
        return <span key={i} style={{ opacity: 0.8 * (1 - share) }} title={`cosine ${cosine.toFixed(3)}`} />;
      })}
    </div>
  );
}

/** Pointer and wheel handling of a view that stays inside sensible limits. */
function useView() {
  const [view, setView] = useState(HOME);
  const drag = useRef<{ x: number; y: number } | null>(null);
  const zoomBy = (factor: number) =>
    setView((old) => {
      const zoom = Math.min(MAX_ZOOM, Math.max(1, old.zoom * factor));
      return zoom === 1 ? { ...HOME, flipped: old.flipped } : { ...old, zoom, x: (old.x * zoom) / old.zoom, y: (old.y * zoom) / old.zoom };
    });
  const handlers = {
    onWheel: (event: WheelEvent) => zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2),
    onDoubleClick: () => zoomBy(view.zoom > 1 ? 0 : 3),
    onPointerDown: (event: PointerEvent) => {
      if (view.zoom === 1) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      drag.current = { x: event.clientX - view.x, y: event.clientY - view.y };
    },
    onPointerMove: (event: PointerEvent) => {
      const from = drag.current;
      if (from) setView((old) => ({ ...old, x: event.clientX - from.x, y: event.clientY - from.y }));
    },
    onPointerUp: () => {
      drag.current = null;
    },
  };
  return { view, zoomBy, handlers, reset: () => setView(HOME), flip: () => setView((old) => ({ ...old, flipped: !old.flipped })) };
}

/** The image with its controls; the map is labelled as what it is. */
export function ImageStage({ url, path, width, height, map }: ImageStageProps) {
  const { view, zoomBy, handlers, reset, flip } = useView();
  const transform = `translate(${view.x}px, ${view.y}px) scale(${view.zoom * (view.flipped ? -1 : 1)}, ${view.zoom})`;
  return (
    <figure className={styles.stage}>
      <div className={styles.frame} data-zoomed={view.zoom > 1 || undefined} {...handlers}>
        {url ? (
          <div className={styles.content} style={{ transform, aspectRatio: `${width} / ${height}` }}>
            <img
              src={url}
              alt={path}
              draggable={false}
              data-testid="inspect-image"
              data-path={path}
              data-pixels={view.zoom >= 2 || undefined}
            />
            {map ? <MapOverlay map={map} width={width} height={height} /> : null}
          </div>
        ) : (
          <span className={styles.waiting}>Reading the image</span>
        )}
      </div>
      <figcaption className={styles.controls}>
        <span className={styles.zoom}>{Math.round(100 * view.zoom)} %</span>
        <ActionIcon aria-label="Zoom out" onClick={() => zoomBy(1 / 1.5)}>
          <IconMinus size={16} />
        </ActionIcon>
        <ActionIcon aria-label="Zoom in" onClick={() => zoomBy(1.5)}>
          <IconPlus size={16} />
        </ActionIcon>
        <ActionIcon aria-label="Mirror" aria-pressed={view.flipped} onClick={flip}>
          <IconFlipVertical size={16} />
        </ActionIcon>
        <ActionIcon aria-label="Whole image" onClick={reset}>
          <IconArrowsMaximize size={16} />
        </ActionIcon>
      </figcaption>
      {map ? <MapCaption map={map} /> : null}
    </figure>
  );
}

function MapCaption({ map }: { map: PatchMap }) {
  const low = Math.min(...map.cosines).toFixed(2);
  const high = Math.max(...map.cosines).toFixed(2);
  return (
    <p className={styles.mapCaption} role="status">
      <b>Model similarity, not proof of tampering.</b> {map.caption}: cosine {low} (dark) to {high} (bright) over {map.gridSize} ×{' '}
      {map.gridSize} patches.
    </p>
  );
}
